"""Seasons, months of another language, days of a workbook and parts of dates are pointed out; other columns are not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.data.features import column_values
from experiments.data.hints import calendar_hints as hints
from experiments.data.hints.calendar_hints import PROBE, calendar_hints
from experiments.data.table import Table

MONTHS = ["Januar", "Februar", "März", "April", "Mai", "Juni"]


def table_of(**columns: Any) -> Table:
    frame = pd.DataFrame(columns)
    kinds = tuple("number" if dtype.kind in "fi" else "category" for dtype in frame.dtypes)
    return Table("t", frame, kinds, tuple(frame), np.zeros(len(frame)), "y", None)


def test_columns_are_ruled_out_by_their_names_and_first_values(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []  # rows of each column
    monkeypatch.setattr(hints, "column_values", lambda rows, at: read.append(len(rows)) or column_values(rows, at))
    rows = 2 * PROBE
    assert calendar_hints(table_of(colour=["red", "2019/20"] * PROBE, size=np.arange(rows) * 1.0)) == ()
    assert read == [PROBE]


def test_seasons_are_pointed_out_without_a_time() -> None:
    table = table_of(season=["2018/19", "1999/00", "2019/20", None, "2019/20"])
    (line,) = calendar_hints(table)
    assert line == (
        "the seasons of 'season' are read as categories; if new rows will be later ones, a column of their first "
        "years, named in data.time, validates and tests on rows that are later than those it learns from."
    )
    assert calendar_hints(replace(table, time=np.arange(5))) == ()


def test_months_of_another_language_are_pointed_out() -> None:
    (line,) = calendar_hints(table_of(when=[f"{month} {year}" for month in MONTHS for year in (2019, 2020, 2021)]))
    assert line == (
        "'when' looks like dates, such as 'April 2019', but is read as categories; dates are read with months as "
        "numbers or in English, as in 2026-01."
    )
    assert len(calendar_hints(table_of(d=[f"{day}. {month} 2020" for month in MONTHS for day in (1, 11)]))) == 1


def test_days_as_a_workbook_counts_them_are_pointed_out() -> None:
    (line,) = calendar_hints(table_of(order_date=[44_952, 44_953, 45_001.5]))
    assert line.startswith("the numbers of 'order_date' may be dates as a workbook counts days; written as dates")


@pytest.mark.parametrize("names", ["YMD", "ym", ["year", "Month"]])
def test_parts_of_a_date_are_pointed_out(names: Any) -> None:
    values = [[2019, 2020], [1, 12], [31, 1]]
    table = table_of(**dict(zip(names, values, strict=False)))
    (line,) = calendar_hints(table)
    assert line == (
        f"{', '.join(map(repr, names))} may be the parts of a date, and are read as numbers; if new rows will be "
        f"later ones, data.time = {json.dumps([*names])} validates and tests on rows that are later than those it "
        "learns from."
    )
    assert calendar_hints(table, ordered=True) == ()
    assert calendar_hints(replace(table, groups=np.arange(2))) == ()


@pytest.mark.parametrize(
    "columns",
    [
        {"season": ["2018/19", "2019/21", "2019/20"]},
        {"month": ["2018/10", "2018/11", "2019/12"]},
        {"model": [f"{name} 2020" for name in ("Golf", "Polo", "Fiat")] * 3},
        {"name": [f"{name} 2020" for name in "abcdefghijklmnopqrstuvwxyz"]},
        {"order_date": [2019, 2020]},
        {"price": [44_952, 44_953]},
        {"y": [0.5, 2.5], "m": [1, 2]},
        {"y": [2019, 2020], "m": [1, 13]},
        {"y": [2019, np.nan], "m": [1, 12]},
    ],
)
def test_other_columns_are_not(columns: dict[str, Any]) -> None:
    assert calendar_hints(table_of(**columns)) == ()
