"""Cells of a format become plain numbers; the others stay words that do not fit."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from experiments.data.formats.column_types import lenient_numbers
from experiments.data.formats.plain_values import with_formats
from experiments.data.raw_table import RawTable
from experiments.data.table import Kind

Make = Callable[..., RawTable]


@pytest.mark.parametrize(
    ("values", "kind", "form", "numbers", "wrong"),
    [
        (["$1,390", "$2", "", "7.5"], "number", "$1,234.5", [1390, 2, None, 7.5], 0),
        (["1,5", "2", "7.5", "x"], "number", "1234,5", [1.5, 2, None, None], 2),  # 7.5 would be another number
        (["9,1e-05", "inf", "-Infinity"], "number", "1234,5", [9.1e-05, None, None], 0),  # infinite, but a number
        (["31.1.2026", "", "soon", "2026-01-31"], "date", "%d.%m.%Y", [20484, None, None, None], 2),
        (["00/00/0000", "01/31/2026"], "date", "%m/%d/%Y", [None, 20484], 0),
        ([20260131, None], "date", "%Y%m%d", [20484, None], 0),
        ([datetime.date(2026, 1, 31)], "date", "%d.%m.%Y", [20484], 0),  # a typed date needs no format
        ([1.5, None], "number", "1234,5", [1.5, None], 0),
        (["2026-01-31"], "date", None, [20484], 0),
    ],
)
def test_cells_are_numbers_or_do_not_fit(
    values: list[Any], kind: Kind, form: str | None, numbers: list[float | None], wrong: int, sheet: Make
) -> None:
    made = with_formats(sheet(x=values), {"x": kind}, {} if form is None else {"x": form})
    found, unread, _ = lenient_numbers(made, "x")
    assert [None if value != value else value for value in found.tolist()] == numbers
    assert unread == wrong
