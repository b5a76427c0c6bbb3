from __future__ import annotations

from dataclasses import replace

import numpy as np

from experiments.evaluation.comparison.comparison_record import Comparison
from experiments.evaluation.comparison.finalists import Finalist, FinalistsPlan, compare_finalists
from experiments.reports.blocks import Figures, Table, plain
from experiments.reports.comparison.finalists import claims, finalists
from support.sections import paragraph
from support.svg import words

BASE = np.random.default_rng(0).normal(0.9, 0.01, size=(6, 5))
LESS = BASE - np.random.default_rng(2).normal(0.05, 1e-7, size=(6, 5))
ONES = tuple(
    Finalist(study=name, trial=trial, selection=score, configuration="8 ReLU", epochs=3, members=5)
    for name, trial, score in (("wide", 7, 0.95), ("deep", 2, 0.94), ("wide", 3, 0.93))
)
PLAN = FinalistsPlan(metric="accuracy", finalists=ONES, seeds=6, splitter="StratifiedKFold", folds=5, rows="f")


def _comparison(*scores):
    plan = replace(PLAN, finalists=ONES[: len(scores)])
    return Comparison(studies=(), pairs=(), settings=(), finalists=compare_finalists(plan, scores, 0.25))


def _rows(section, title):
    (table,) = [block for block in section.blocks if isinstance(block, Table) and block.title == title]
    return [tuple(map(plain, row.cells)) for row in table.rows]


def test_the_page_says_what_was_fixed_and_that_it_was_chosen_on_these_rows():
    section = finalists(_comparison(BASE, LESS))
    said = paragraph(section)
    assert said.startswith("The best 2 configurations of the study were fixed first, in finalists.json")
    assert "trained again in 6 repetitions. A repetition splits the development rows anew into 5 folds" in said
    assert "They were chosen on these rows: all scores here are of the rows that chose them." in said
    assert "over the 30 trainings of each finalist" in said
    assert "bootstrap of whole repetitions (10,000 draws)" in said


def test_each_finalist_has_both_scores_and_each_pair_its_test():
    section = finalists(_comparison(BASE, LESS, BASE + np.random.default_rng(1).normal(0, 0.02, (6, 5))))
    first, *_ = _rows(section, "Finalists")
    deviation = BASE.mean(axis=1).std(ddof=1)
    assert first == ("wide", "7", "0.9500", f"{BASE.mean():.4f}", f"{deviation:.4f}", "5")
    assert _rows(section, "Configurations of the finalists")[0] == ("wide trial 7", "8 ReLU")
    pairs = _rows(section, "Differences of finalists")
    assert [row[0] for row in pairs] == [
        "wide trial 7 over deep trial 2",
        "wide trial 7 over wide trial 3",
        "deep trial 2 over wide trial 3",
    ]
    assert pairs[0][1:3] == ("0.0500 better", "[0.0500 better, 0.0500 better]")
    assert pairs[0][3:] == ("<\xa00.0001", "<\xa00.0001", "100.0%", "[100.0%, 100.0%]", "yes")
    assert pairs[1][-1] == "no"
    (figures,) = [block for block in section.blocks if isinstance(block, Figures)]
    assert {"← deep 2 better", "wide 7 better →"} <= words(figures.pictures[0].svg)


def test_what_is_claimed_stands_at_the_top():
    (line,) = claims(_comparison(LESS, BASE))
    said = "Trained again, deep trial 2 is better than wide trial 7: accuracy 0.0500, p\xa0<\xa00.0001 "
    assert plain(line) == said + "(chosen on these rows)."
    (none,) = claims(_comparison(BASE, BASE))
    assert plain(none) == "Between the finalists no difference is shown (chosen on these rows)."
    assert claims(Comparison(studies=(), pairs=(), settings=())) == []


def test_a_finalist_that_diverged_says_how_often():
    lost = BASE.copy()
    lost[2, 3] = lost[4, 0] = np.nan
    section = finalists(_comparison(BASE, lost))
    assert _rows(section, "Finalists")[1][3] == "diverged in 2"
    assert not [block for block in section.blocks if isinstance(block, Figures)]


def test_without_finalists_there_is_no_section():
    assert finalists(Comparison(studies=(), pairs=(), settings=())) is None
