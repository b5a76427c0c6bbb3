from __future__ import annotations

from dataclasses import replace

from experiments.reports.blocks import Table, plain
from experiments.reports.sections.checklist import OPEN, checklist


def _answers(result):
    table = next(block for block in checklist(result).blocks if isinstance(block, Table))
    return {row.cells[1]: (plain(row.cells[2]), row.kind) for row in table.rows}


def test_what_only_the_author_knows_stays_visibly_open(full):
    answers = _answers(full[0])
    asked = [what for what, row in answers.items() if row[0] == OPEN]
    assert "Origin of rows and labels: by whom, when and how" in asked
    assert all(answers[what][1] == "open" for what in asked)
    assert f"answers {len(answers) - len(asked)} of {len(answers)} items" in plain(checklist(full[0]).blocks[0].parts)


def test_what_the_study_knows_is_filled_in(full):
    answers = {what: row[0] for what, row in _answers(full[0]).items()}
    assert answers["Size"] == "1,797 rows, 64 features; 1,437 for development, 360 for the test"
    assert answers["Target"] == "10 classes, with 10% to 10% of the rows each"
    assert answers["Choice of the final model"] == (
        "best mean accuracy over 5 folds by StratifiedKFold of the development rows"
    )
    assert answers["Comparison"] == "the default configuration, majority class, logistic regression"
    assert answers["Uncertainty of the score"] == "95% interval, Wilson score interval"


def test_a_sealed_study_claims_no_score(make_study):
    result, _ = make_study(trials=1, test=None, ledger=None)
    answers = {what: row[0] for what, row in _answers(result).items()}
    assert answers["Uncertainty of the score"] == "no score: this result has no test score"
    assert answers["Test rows kept apart"].endswith(": this result has no test score")


def test_known_groups_answer_for_dependent_rows(full):
    spec = full[0].spec | {"data": {"source": "a.csv", "groups": "patient"}}
    answers = _answers(replace(full[0], spec=spec))
    assert answers["Rows that depend on each other, duplicates"][0] == "groups of patient stay together"
