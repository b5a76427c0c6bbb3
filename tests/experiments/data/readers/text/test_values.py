"""Python's values become columns of one type, or texts."""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa
import pytest

from experiments.data.readers.text.values import arrow_values, joined

DAY, MOMENT = datetime.date(2026, 1, 31), datetime.datetime(2026, 1, 31, 12, 30)


@pytest.mark.parametrize(
    ("values", "kind", "cells"),
    [
        ([1, None, 3], pa.int64(), [1, None, 3]),
        ([1, 2.5, None], pa.float64(), [1.0, 2.5, None]),
        ([True, None], pa.bool_(), [True, None]),
        (["a", "", None], pa.string(), ["a", "", None]),
        ([None, None], pa.null(), [None, None]),
        ([], pa.null(), []),
        ([DAY, MOMENT, None], pa.timestamp("us"), [datetime.datetime(2026, 1, 31), MOMENT, None]),
        ([MOMENT.time()], pa.time64("us"), [MOMENT.time()]),
        ([datetime.timedelta(hours=2)], pa.duration("us"), [datetime.timedelta(hours=2)]),
        ([1, "-", None, 2.5, True], pa.string(), ["1", "-", None, "2.5", "True"]),
        ([MOMENT, "soon"], pa.string(), ["2026-01-31 12:30:00", "soon"]),
        ([2**70, 1], pa.string(), [str(2**70), "1"]),
        ([[1], None, {"a": 2}, 3], pa.binary(), [b"[1]", None, b'{"a": 2}', b"3"]),
        (["\ud800", "b"], pa.string(), ["?", "b"]),
    ],
)
def test_values_have_one_type(values: list[Any], kind: pa.DataType, cells: list[Any]) -> None:
    column = arrow_values(values)
    assert (column.type, column.to_pylist()) == (kind, cells)


@pytest.mark.parametrize(
    ("parts", "kind", "cells"),
    [
        ([[1], [None], [2]], pa.int64(), [1, None, 2]),
        ([[1], [2.5]], pa.float64(), [1.0, 2.5]),
        ([[None], ["a"]], pa.string(), [None, "a"]),
        ([[1], ["a"], [2.5, None]], pa.string(), ["1", "a", "2.5", None]),
        ([[True], ["x"]], pa.string(), ["True", "x"]),
        ([[1], [[1]]], pa.binary(), [b"1", b"[1]"]),
        ([[None]], pa.null(), [None]),
        ([], pa.null(), []),
    ],
)
def test_parts_are_joined_as_if_they_were_one(parts: list[list[Any]], kind: pa.DataType, cells: list[Any]) -> None:
    column = joined([arrow_values(part) for part in parts])
    assert (column.type, column.to_pylist()) == (kind, cells)
    assert arrow_values([value for part in parts for value in part]).type == kind
