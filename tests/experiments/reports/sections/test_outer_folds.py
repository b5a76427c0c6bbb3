from __future__ import annotations

from dataclasses import replace

from experiments.evaluation.records.outer_record import OuterBaseline, OuterFold, OuterRecord
from experiments.reports.blocks import Figures, Table, plain
from experiments.reports.headline import answer
from experiments.reports.sections.outer_folds import outer_folds
from support.results import replaced
from support.sections import paragraph


def _nested(result, scored=True):
    params = [{**result.best.params, "learning_rate": 0.001 * (at + 1)} for at in range(2)]
    folds = tuple(
        OuterFold(development=900, rows=897 + at, test_fingerprint="t", digest="d", trials=40 + at, number=at,
                  params=params[at], epochs=5 + at, cv_mean=0.98, score=0.96 + 0.02 * at if scored else None,
                  default=0.95 if scored else None)
        for at in range(2)
    )  # fmt: skip
    baselines = (OuterBaseline(id="logistic_regression", version=1, scores=(0.9, 0.94), score=0.92),)
    outer = OuterRecord(splitter="StratifiedKFold", folds=folds, baselines=baselines if scored else ())
    return replace(result, outer=outer) if scored else replace(result, outer=outer, test=None)


def _tables(section):
    tables = [block for block in section.blocks if isinstance(block, Table)]
    return {one.title: [tuple(map(plain, row.cells)) for row in one.rows] for one in tables}


def test_each_fold_has_its_score_and_the_last_row_is_all(full):
    rows = _tables(outer_folds(_nested(full[0])))["Scores of the outer folds"]
    assert rows == [
        ("1", "0.9600", "0.9500", "0.9800", "897", "900", "40"),
        ("2", "0.9800", "0.9500", "0.9800", "898", "900", "41"),
        ("all", "0.9722", "0.9583", "–", "360", "–", "–"),
    ]


def test_the_choices_stand_side_by_side_with_the_one_that_is_kept(full):
    rows = {name: cells for name, *cells in _tables(outer_folds(_nested(full[0])))["Choices of the searches"]}
    kept = full[0].best.params["learning_rate"]
    assert rows["learning rate"] == ["0.001", "0.002", f"{kept:.3g}"]
    assert rows["epochs"] == ["5", "6", str(full[0].best.epochs)]
    assert len(set(rows["network"])) == 1


def test_searches_in_a_time_order_had_the_rows_before_the_fold_alone(full):
    nested = _nested(full[0])
    ordered = replace(nested, spec={**nested.spec, "data": {**nested.spec["data"], "time": "day"}})
    assert "had only the rows before it" in paragraph(outer_folds(ordered))
    assert "had the other rows only" not in paragraph(outer_folds(ordered))


def test_it_is_said_that_the_score_is_of_the_procedure(full):
    said = paragraph(outer_folds(_nested(full[0])))
    assert said.startswith("The rows were dealt into 2 outer folds by StratifiedKFold. For each, a search with a seed")
    assert "2 outer folds by StratifiedKFold" in said
    assert "The interval is approximate." in said
    shown = answer(_nested(full[0]))
    assert plain(shown.title) == "accuracy of the procedure, by nested cross-validation"
    assert plain(shown.meaning).startswith(
        "This is the score of the procedure, its search included, and not of this one"
    )
    assert plain(shown.difference).startswith("Procedure against the default")


def test_what_is_not_compared_says_why(full):
    chosen = replaced(_nested(full[0]), "test", default=None, difference=None, verdict="not compared")
    found = answer(chosen)
    assert (found.difference, plain(found.verdict)) == ((), "not compared")
    assert "The two were not compared: every outer search chose the default configuration." in plain(found.meaning)
    folds = tuple(replace(fold, default=None) for fold in chosen.outer.folds)
    no_default = replace(chosen, outer=replace(chosen.outer, folds=folds))
    assert plain(answer(no_default).meaning).endswith("not compared: the default has no score in some outer fold.")


def test_baselines_of_the_folds_stand_beside_the_procedure(full):
    assert _tables(outer_folds(_nested(full[0])))["Baselines in the outer folds"] == [
        ("procedure", "0.9722"),
        ("logistic regression", "0.9200"),
    ]


def test_before_the_look_there_are_choices_and_no_scores(full):
    section = outer_folds(_nested(full[0], scored=False))
    assert "No score yet. The outer folds have not been scored." in paragraph(section)
    assert "approximate" not in paragraph(section)
    assert not [block for block in section.blocks if isinstance(block, Figures)]
    tables = _tables(section)
    assert list(tables) == ["Scores of the outer folds", "Choices of the searches"]
    assert tables["Scores of the outer folds"][0][1:3] == ("–", "–")


def test_rows_in_time_order_have_words_of_their_own(full):
    result = _nested(full[0])
    ordered = replace(result, spec={**result.spec, "data": {**result.spec["data"], "time": "day"}})
    assert "Rows are in time order: each fold is tested by a search that had only earlier rows" in paragraph(
        outer_folds(ordered)
    )


def test_a_study_without_outer_folds_has_no_section(full):
    assert outer_folds(full[0]) is None
    assert "outer" not in full[0].document()


def test_a_baseline_of_the_outer_folds_that_is_not_beaten_is_named(full):
    nested = replaced(_nested(full[0]), "test", score=0.92, references=())
    said = plain(answer(nested).meaning)
    assert said.endswith(" On these rows logistic regression (0.9200) did as well as the procedure or better.")
    assert "did as well" not in plain(answer(replaced(nested, "test", score=0.93)).meaning)


def test_a_kept_default_is_not_called_the_tuned_model(full):
    nested = _nested(full[0])
    assert "use the tuned model" in plain(answer(nested).meaning)
    said = plain(answer(replace(nested, best=replace(nested.best, number=nested.default.number))).meaning)
    assert "use the" not in said
    assert "The last search, over all rows, chose the default itself" in said
