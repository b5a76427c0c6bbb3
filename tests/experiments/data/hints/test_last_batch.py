"""Few rows that are left over are pointed out where they are normalised by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.config.study_file import parse_spec
from experiments.data.hints.last_batch import last_batch_hint


def hint(rows: list[int], training: dict[str, Any], space: dict[str, Any] | None = None) -> tuple[str, ...]:
    axes = {"l2": {"low": 0.0, "high": 1.0}} | (space or {})
    document = {"study": {"name": "x"}, "space": axes, "data": {"source": "wine"}, "training": training}
    return last_batch_hint(parse_spec(document, "here"), rows)


def test_a_batch_size_that_leaves_no_few_rows_is_named() -> None:
    (line,) = hint([258, 256, 320], {"batch_norm": True, "batch_size": 32})
    assert "training.batch_size = 32 leaves 2 rows for the last step of an epoch" in line
    assert "training.batch_size = 33 makes no step of so few." in line
    assert hint([258, 256, 320], {"batch_norm": True, "batch_size": 33}) == ()


@pytest.mark.parametrize("rows", [[256], [257], [272], [20]], ids=["none", "one", "half a batch", "one small batch"])
def test_what_costs_nothing_gets_no_line(rows: list[int]) -> None:
    assert hint(rows, {"batch_norm": True, "batch_size": 32}) == ()


def test_without_batch_normalisation_or_with_a_searched_size_nothing_is_said() -> None:
    choices = {"choices": [True, False]}
    assert hint([258], {"batch_size": 32}) == ()
    assert hint([258], {"batch_norm": True}, {"batch_size": {"choices": [16, 32]}}) == ()
    assert len(hint([258], {"batch_size": 32}, {"batch_norm": choices})) == 1
