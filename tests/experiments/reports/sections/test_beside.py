from __future__ import annotations

from experiments.reports.blocks import Table
from experiments.reports.sections.beside import beside


def _rows(section):
    return [row for block in section.blocks if isinstance(block, Table) for row in block.rows]


def test_tuned_default_and_references_in_this_order(full):
    rows = _rows(beside(full[0]))
    assert [row.cells[0] for row in rows] == ["tuned", "default", "majority class", "logistic regression", "boosting"]
    assert rows[0].cells[1:3] == ("0.9722", "[0.9494, 0.9850]")
    assert rows[1].cells[1:3] == ("0.9583", "–")


def test_a_reference_without_a_score_says_why(full):
    last = _rows(beside(full[0]))[-1]
    assert last.cells == ("boosting", "–", "–", "no score: it did not converge")
    assert last.kind == "partial"


def test_before_the_look_and_without_references_there_is_none(make_study):
    sealed, _ = make_study(trials=1, test=None, ledger=None)
    assert beside(sealed) is None
    assert beside(make_study(trials=1)[0]) is None


def test_a_default_that_diverged_has_no_row(full):
    result = full[0]
    look = result.test.model_copy(update={"default": None})
    rows = _rows(beside(result.model_copy(update={"test": look})))
    assert [row.cells[0] for row in rows][:2] == ["tuned", "majority class"]
