"""The pages of a comparison: the answer first, the words that go with it, and names of any kind."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from experiments.evaluation.comparison.comparison_record import ComparedTest, Comparison, NoTest
from experiments.evaluation.records.analysis_record import PictureRecord
from experiments.reports.comparison.differences import ALLOWS
from experiments.reports.comparison.page import comparison_latex, render_comparison
from experiments.reports.comparison.reasons import SENTENCES, sentence_of
from support.comparisons import compared_pair, compared_study, comparison, difference
from support.page import Page

HOSTILE = '<script>alert(1)</script> | `x` *b* [l](e) שלום \u202eabc {{ 7*7 }} "q" & ' + "n" * 200


def text_of(made: Comparison) -> str:
    return " ".join(Page(render_comparison(made).html).text.split())


def test_a_claimed_difference_is_the_answer_and_the_better_study_comes_first() -> None:
    text = text_of(comparison(difference(0.02, 0.01, 0.03)))
    assert (
        "one is better than two: accuracy 0.0200 better on new rows, 95% interval [0.0100 better, 0.0300 better]."
        in text
    )
    assert f"The test {ALLOWS}." in text
    reverse = text_of(comparison(difference(-0.02, -0.03, -0.01)))
    assert "two is better than one: accuracy 0.0200 better on new rows" in reverse
    assert "[0.0100 better, 0.0300 better]" in reverse


def test_an_open_difference_is_not_claimed() -> None:
    text = text_of(comparison(difference(0.02, -0.01, 0.05)))
    assert "No difference is shown. one over two: accuracy 0.0200 better on new rows, 95% interval" in text
    assert "is better than" not in text
    assert f"The test {ALLOWS}." in text
    assert "both chose what scores the same in every draw" in text_of(comparison(difference(0.0, 0.0, 0.0)))


def test_without_a_test_the_reasons_are_the_answer() -> None:
    text = text_of(comparison(None, NoTest(code="other_metric"), NoTest(code="other_members", detail="1 and 5")))
    assert (
        "The difference is not tested: they choose by different metrics (--metric NAME scores both by one); their "
        "final models are the mean of different networks: 1 and 5." in text
    )
    assert ALLOWS not in text


def test_every_reason_has_a_sentence() -> None:
    for code in SENTENCES:
        said = sentence_of(NoTest(code=code, detail="accuracy"))
        assert said
        assert "{" not in said


def test_scores_are_written_with_their_metrics_and_test_scores_stand_apart() -> None:
    made = comparison(
        difference(0.5, 0.2, 0.8), **{"metric": "neg_log_loss", "best": -0.25, "corrected": -0.3, "ci95": (-0.4, -0.2)}
    )
    text = text_of(made)
    assert "two log loss 0.3000 [0.2000, 0.4000] 0.2500 iris 120 a" in text
    assert "one tpe median portable 40 30 9 1 1,234 12" in text
    assert "choosing by these uses up the test set" in text
    assert "one accuracy 0.9333 [0.8000, 0.9800] 30 3" in text
    assert text.index("Differences") < text.index("Test scores")
    assert "search.sampler tpe random" in text
    assert "space.l2 – 0.5" in text


def test_a_nested_score_is_said_to_be_of_the_procedure() -> None:
    said = "the score of nested cross-validation, of the whole procedure with its search, and of no single model"
    assert said not in text_of(comparison(difference(0.5, 0.2, 0.8)))
    test = ComparedTest(score=0.9333, ci95=(0.8, 0.98), rows=150, looks=1, own=1, times_scored=1, nested=True)
    assert f"two: {said}" in text_of(comparison(difference(0.5, 0.2, 0.8), test=test))


def test_a_second_test_is_no_score_of_a_model_fixed_beforehand() -> None:
    fixed = "Each score is of a final model that was fixed before its test rows were read"
    assert f"{fixed}. They" in text_of(comparison(difference(0.5, 0.2, 0.8)))
    test = ComparedTest(score=0.9333, ci95=(0.8, 0.98), rows=30, looks=2, own=2, times_scored=2, nested=False)
    said = text_of(comparison(difference(0.5, 0.2, 0.8), test=test))
    assert f"{fixed}, but that of two, whose rows had been scored before. They" in said


def test_test_scores_of_other_rows_are_said_to_be_no_comparison() -> None:
    said = "The test rows of one and two are not all the same, so their scores do not say which model is better"
    made = comparison(difference(0.5, 0.2, 0.8))
    test = made.studies[0].test
    assert test is not None

    def page(one: str, two: str) -> str:
        cells = zip(made.studies, (one, two), strict=True)
        return text_of(replace(made, studies=tuple(replace(of, test=replace(test, cells=its)) for of, its in cells)))

    assert said in page("ab", "cd")
    assert said not in page("ab", "ab")
    assert said not in page("ab", "")  # not known


def test_errors_are_counted_and_shown_with_values() -> None:
    text = text_of(comparison(difference(0.02, 0.01, 0.03)))
    assert "one and two 110 4 3 3 120" in text
    assert "Right means that the most probable class is the row's own, whatever the metric" in text
    assert "Only one is right: row truth one two fold petal width 3 setosa setosa virginica 1 0.2" in text
    assert "Only two is right: row truth one two fold petal width 99 setosa virginica setosa 1 0.2" in text


def test_rows_that_are_pictures_are_shown_as_such() -> None:
    made = comparison(difference(0.02, 0.01, 0.03))
    errors = made.pairs[0].errors
    assert errors is not None
    picture = PictureRecord(width=2, height=1, colour=False, pixels="AP8=")
    shown = tuple(replace(one, picture=picture, values=()) for one in errors.examples)
    pages = render_comparison(replace(made, pairs=(replace(made.pairs[0], errors=replace(errors, examples=shown)),)))
    assert Page(pages.html).tags.count("img") == 2
    assert "| 3 | setosa | setosa | virginica | 1 |" in pages.markdown
    assert "Rows are numbered as in the data, from 0." in pages.markdown
    files = tuple(replace(one, values=(("file", f"cat/{one.row}.png"),)) for one in shown)
    pages = render_comparison(replace(made, pairs=(replace(made.pairs[0], errors=replace(errors, examples=files)),)))
    assert "file cat/99.png" in Page(pages.html).text
    assert "| 3 | setosa | setosa | virginica | 1 | cat/3.png |" in pages.markdown
    assert "Rows are numbered among the pictures that were read, by class and then by path, from 0." in pages.markdown


def test_what_is_missing_leaves_no_empty_part() -> None:
    bare = {"test": None, "search": None, "learning": None, "corrected": None, "ci95": None, "best": None}
    bare |= {"winner": None, "seconds": None, "epochs": None, "development": None, "sharing": ""}
    studies = tuple(compared_study(name, **bare, notes=("it was interrupted",)) for name in ("one", "two"))
    pair = replace(compared_pair(0, 1, None, NoTest(code="not_finished", detail="one")), errors=None)
    pages = render_comparison(Comparison(studies=studies, pairs=(pair,), settings=()))
    text = " ".join(Page(pages.html).text.split())
    for title in ("Test scores", "Searches", "Learning curves", "Where the winners"):
        assert title not in text.replace("Their searches", "")
    assert "one: it was interrupted." in text
    assert "The study files differ in nothing but their names." in text
    assert pages.pictures == {}


def test_each_metric_has_pictures_of_its_own() -> None:
    pages = render_comparison(comparison(None, NoTest(code="other_metric"), metric="neg_log_loss", best=-0.2))
    assert set(pages.pictures) == {
        f"{kind}_{metric}" for kind in ("trials", "seconds", "winners") for metric in ("accuracy", "neg_log_loss")
    }
    for svg in pages.pictures.values():
        ElementTree.fromstring(svg)
    claimed = render_comparison(comparison(difference(0.02, 0.01, 0.03)))
    assert "← two better" in claimed.pictures["differences_accuracy"]
    assert "one better →" in claimed.pictures["differences_accuracy"]


@pytest.mark.parametrize("where", ["name", "data", "configuration"])
def test_names_of_any_kind_are_text(where: str) -> None:
    made = comparison(difference(0.02, 0.01, 0.03), **{where: HOSTILE})
    pages = render_comparison(made)
    assert "script" not in Page(pages.html).tags
    assert "<script" not in pages.html
    assert "<script" not in pages.markdown
    for svg in pages.pictures.values():
        ElementTree.fromstring(svg)
    assert json.loads(json.dumps(made.document()))["studies"][1][where] == HOSTILE


def test_the_answer_and_the_tables_of_a_comparison_are_written_for_a_paper() -> None:
    text = comparison_latex(comparison(difference(0.02, 0.01, 0.03)))
    assert "one is better than two: accuracy 0.0200 better on new rows, 95\\% interval [0.0100 better" in text
    captions = ["Scores", "Searches", "Best configurations", "Differences", "Test scores"]
    assert [line[9:-1] for line in text.splitlines() if line.startswith("\\caption{")] == captions
    assert "one over two & 0.0200 better & [0.0100 better, 0.0300 better] & 95\\% & yes \\\\" in text
    assert "The test allows for the luck of selection, and not for that of training" in text


def test_the_metric_of_a_strangers_results_leads_to_no_other_folder() -> None:
    made = comparison(difference(0.02, 0.01, 0.03))
    named = tuple(replace(study, metric="../../../x/../evil") for study in made.studies)
    pages = render_comparison(replace(made, studies=named))
    assert len(pages.pictures) == 4
    for name in pages.pictures:
        assert re.fullmatch(r"[\w-]+", name)
        assert f"compare_files/{name}.svg" in pages.markdown
