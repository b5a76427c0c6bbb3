from __future__ import annotations

from dataclasses import replace

from experiments.reports.blocks import Table, plain
from experiments.reports.sections.baselines import beside


def _rows(section):
    rows = [row for block in section.blocks if isinstance(block, Table) for row in block.rows]
    return [(tuple(map(plain, row.cells)), row.kind) for row in rows]


def test_tuned_default_and_references_in_this_order(full):
    rows = _rows(beside(full[0]))
    assert [cells[0] for cells, _ in rows] == [
        "tuned",
        "default",
        "majority class",
        "logistic regression",
        "gradient boosting",
    ]
    assert rows[0][0][1:3] == ("0.9722", "[0.9494, 0.9850]")
    assert rows[1][0][1:3] == ("0.9583", "–")


def test_a_reference_without_a_score_says_why(full):
    cells, kind = _rows(beside(full[0]))[-1]
    assert cells == ("gradient boosting", "–", "–", "no score: not fitted (out of trees)")
    assert kind == "partial"


def test_a_reference_says_what_it_is(full):
    assert _rows(beside(full[0]))[3][0][3] == (
        "L2 with C = 1, L-BFGS, at most 100 iterations; fitted on all 1,437 development rows, not converged"
    )


def test_before_the_look_and_without_references_there_is_none(make_study):
    sealed, _ = make_study(trials=1, test=None, ledger=None)
    assert beside(sealed) is None
    assert beside(make_study(trials=1)[0]) is None


def test_a_default_that_diverged_has_no_row(full):
    result = full[0]
    look = replace(result.test, default=None)
    rows = _rows(beside(replace(result, test=look)))
    assert [cells[0] for cells, _ in rows][:2] == ["tuned", "majority class"]
