from __future__ import annotations

import re
from dataclasses import replace

from experiments.data.hints.chosen_with import TOO_GOOD
from experiments.evaluation.records.results import LedgerRecord, ReadingRecord
from experiments.reports.latex import latex
from support.results import replaced


def test_the_methods_name_data_search_choice_test_and_software(full):
    text = latex(full[0], full[0].ledger)
    for words in (
        "The models predict one of 10 classes, from 64 numbers, in the 1,797 rows of digits.",
        "The test set is 360 rows, split off first; the development set has the other 1,437 rows.",
        "everything fitted is fitted on training rows only.",
        "learning rate 0.0001 to 0.1 (log scale)",
        "is its mean accuracy over 5 folds",
        "The configuration with the best score was chosen.",
        "the tuned model, the default, majority class, logistic regression, were fixed before the test rows were read, "
        "and scored on them together, once.",
        "tested, two-sided, at the level 5\\% (exact McNemar test",
        "By studies/ledger.jsonl, these test rows were used in 1 test, by this study alone.",
        "Software: python 3.11.9, numpy 2.4.6, optuna 5.0.0.",
    ):
        assert words in text


def test_the_table_has_every_score_with_its_interval(full):
    tested = replaced(full[0], "test", default=replace(full[0].test.default, ci95=(0.9331, 0.9744)))
    table = latex(tested, full[0].ledger).partition("\\begin{table}")[2]
    assert "0.0139 better, 95\\% interval [0.0028 worse, 0.0304 better], p~=~0.23" in table
    rows = re.findall(r"^(.*) & (.*) & (.*) \\\\$", table, re.MULTILINE)
    assert rows[:3] == [
        ("model", "accuracy", "95\\% interval"),
        ("tuned model", "0.9722", "[0.9494, 0.9850]"),
        ("default", "0.9583", "[0.9331, 0.9744]"),
    ]
    assert [name for name, _, _ in rows[3:]] == ["majority class", "logistic regression"]


def test_a_second_test_and_a_missing_one_are_said(full):
    again = latex(replaced(full[0], "test", times_scored=2), None)
    assert "were scored on the test rows together. This study was changed after its test rows had been scored" in again
    assert "fixed before the test rows were read" not in again
    notes = "the interval is about 1.7 times as wide as that of independent blocks."
    assert notes in latex(replaced(full[0], "test", ci_widened=1.7), None)
    untested = latex(replace(full[0], test=None), LedgerRecord(looks=0, largest_overlap=0.0, head="h"))
    assert "The final model was not tested." in untested
    assert "\\begin{table}" not in untested
    assert "trained on all" not in untested


def test_the_columns_of_a_time_are_named(full):
    spec = full[0].spec
    for time, named in (("day", "day"), (["year", "month"], "year, month")):
        given = spec | {"data": spec["data"] | {"time": time}, "cv": spec["cv"] | {"splitter": "TimeSeriesSplit"}}
        assert f"the rows to learn from are earlier, by {named}." in latex(replace(full[0], spec=given), None)


def test_of_a_single_trial_nothing_was_searched_and_nothing_chosen(full):
    text = latex(replace(full[0], trials=full[0].trials[:1]), None)
    assert "The only configuration was fixed beforehand, 64 ReLU, learning rate 0.001" in text
    assert "nothing was searched." in text
    assert "Out of fold, its score is 0.9701" in text
    for words in ("proposed by", "pruner", "was chosen", "having been chosen", "chosen by the search"):
        assert words not in text


def test_a_default_that_was_chosen_with_test_rows_is_said(full):
    note = f"9 of the 360 test rows are equal to rows that the study old learnt from, so {TOO_GOOD}"
    assert note in latex(replace(full[0], reading=ReadingRecord(notes=("another.", note))), None)
