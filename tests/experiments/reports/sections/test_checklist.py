from __future__ import annotations

from dataclasses import replace

from experiments.evaluation.records.outer_record import OuterBaseline, OuterFold, OuterRecord
from experiments.evaluation.records.report_record import ReportRecord
from experiments.evaluation.records.results import ColumnRecord, ReadingRecord
from experiments.evaluation.records.split_record import CopiesRecord, HoldoutRecord
from experiments.reports.blocks import Folded, Table, plain, unfolded
from experiments.reports.sections.checklist import OPEN, checklist
from support.results import replaced


def _answers(result):
    table = next(block for block in unfolded(checklist(result).blocks) if isinstance(block, Table))
    return {row.cells[0]: (plain(row.cells[1]), row.kind) for row in table.rows}


def test_what_only_the_author_knows_stays_visibly_open(full):
    answers = _answers(full[0])
    asked = [what for what, row in answers.items() if row[0] == OPEN]
    assert "Do the rows represent the population?" in asked
    assert all(answers[what][1] == "open" for what in asked)
    assert f"answers {len(answers) - len(asked)} of {len(answers)} items" in plain(checklist(full[0]).blocks[0].parts)


def test_what_the_study_knows_is_filled_in(full):
    answers = {what: row[0] for what, row in _answers(full[0]).items()}
    assert answers["Size"] == "1,797 rows, 64 features; 1,437 for development, 360 for the test"
    assert answers["Target"] == "10 classes, with 10% to 10% of the rows each"
    assert answers["Choice of the final model"] == (
        "by the mean accuracy over 5 folds by StratifiedKFold of the development rows: the best"
    )
    some = replace(full[0], spec=full[0].spec | {"cv": full[0].spec["cv"] | {"fold_rows": 600}})
    assert "StratifiedKFold of 600 of the development rows" in _answers(some)["Choice of the final model"][0]
    assert answers["Comparison"] == "the default configuration, majority class, logistic regression"
    assert answers["Uncertainty of the score"] == "95% interval, Wilson score interval"


def test_the_authors_texts_answer_their_items(full):
    section = checklist(full[0])
    assert plain(section.blocks[-1].parts) == (
        "In [report] of the study file, purpose, intended_use, source, limits answer open items."
    )
    texts = ReportRecord(author="Ann", purpose="All pumps.", source="Plant A, 2024.", intended_use="To repair early.")
    result = replace(full[0], report=texts)
    assert isinstance(section.blocks[1], Folded)
    assert isinstance(checklist(result).blocks[1], Table)  # what the author says is seen at once
    before, answers = _answers(full[0]), _answers(result)
    changed = {what: row for what, row in answers.items() if row != before[what]}
    assert changed == {
        "Population that the result is about, and why": ("All pumps.", ""),
        "Reason for a learning method, and use of its predictions": ("To repair early.", ""),
        "Origin of rows and labels: by whom, when and how; what was left out before the study": ("Plant A, 2024.", ""),
    }
    own = [row for row in before.values() if row[0] != OPEN]
    rest = len(answers) - len(own) - 3
    said = plain(checklist(result).blocks[0].parts)
    assert (
        f"answers {len(own)} of {len(answers)} items, its author 3; only its author can answer the other {rest}."
        in said
    )
    assert plain(checklist(result).blocks[-1].parts).endswith("study file, limits answer open items.")


def test_missing_cells_and_copies_are_counted(full):
    def said(reading, copies):
        return _answers(replace(full[0], reading=reading, copies=copies))["Missing values and duplicates"]

    columns = tuple(ColumnRecord(name=f"c{holes}", kind="number", missing=holes) for holes in (3, 0, 1))
    seven = CopiesRecord(rows=7, split="together")
    assert said(ReadingRecord(columns=columns), seven) == (
        "4 missing cells in 2 columns of the development rows; 7 rows are copies of earlier ones", "",
    )  # fmt: skip
    one = CopiesRecord(rows=1, split="free")
    assert said(ReadingRecord(columns=columns[:1]), one)[0] == (
        "3 missing cells in 1 column of the development rows; 1 row is a copy of an earlier one"
    )
    nothing = "no cell is missing in the development rows"
    assert (
        said(None, CopiesRecord(rows=0, split="free"))[0]
        == f"{nothing}; no row is equal to another in the columns that are compared; near copies were not looked for"
    )
    assert said(ReadingRecord(columns=columns[1:2]), None)[0] == nothing
    older = replace(full[0], data=replace(full[0].data, columns=None, missing=None))
    assert _answers(older)["Missing values and duplicates"] == (OPEN, "open")


def test_a_sealed_study_claims_no_score(make_study):
    result, _ = make_study(trials=1, test=None, ledger=None)
    answers = {what: row[0] for what, row in _answers(result).items()}
    assert answers["Uncertainty of the score"] == "no score: this result has no test score"
    assert answers["Test rows kept apart"].endswith(": this result has no test score")


def test_known_groups_answer_for_dependent_rows(full):
    spec = full[0].spec | {"data": {"source": "a.csv", "groups": "patient"}}
    answers = _answers(replace(full[0], spec=spec))
    assert answers["Rows that depend on each other"][0] == "groups of patient stay together"


def test_all_searches_of_nested_cross_validation_are_counted(full):
    fold = OuterFold(development=900, rows=897, test_fingerprint="t", digest="d", trials=7, number=1,
                     params=full[0].best.params, epochs=5, cv_mean=0.98, score=0.96, default=0.95)  # fmt: skip
    baseline = OuterBaseline(id="logistic_regression", version=1, scores=(0.9, 0.94), score=0.92)
    outer = OuterRecord(splitter="StratifiedKFold", folds=(fold, fold), baselines=(baseline,))
    answers = {what: row[0] for what, row in _answers(replace(full[0], outer=outer)).items()}
    assert answers["Every model that was tried"] == (
        "54 trials in 3 searches: 40 in trials.csv, the others in the folders of the outer folds"
    )
    assert answers["Comparison"] == "the default configuration, logistic regression"
    assert {what: row[0] for what, row in _answers(full[0]).items()}["Every model that was tried"] == (
        "40 trials, all in trials.csv"
    )


def test_a_second_test_was_not_fixed_beforehand(full):
    item = "Statistical test of the comparison"
    assert _answers(full[0])[item][0].endswith("two-sided, fixed beforehand")
    again = replaced(full[0], "test", times_scored=2)
    assert _answers(again)[item][0].endswith("two-sided; these rows had been scored before")


def test_the_origin_of_the_test_rows_is_named(full):
    item = "Test rows kept apart"
    assert _answers(full[0])[item][0] == "360 rows, split off first, not readable to the search"
    own = replace(full[0], holdout=HoldoutRecord(origin="own"))
    assert _answers(own)[item][0] == "360 rows, the test part of the data, not readable to the search"


def test_of_a_single_trial_the_epoch_was_chosen(full):
    said = _answers(replace(full[0], trials=full[0].trials[:1]))["Choice of the final model"][0]
    assert said.endswith("of the development rows: the epoch of the only trial")
