"""Identifier, groups, time and weights say something about every row."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from experiments.data.raw_table import RawTable
from experiments.data.row_columns import check_identifiers, read_groups, read_time, read_weights
from experiments.errors import DataError

Make = Callable[..., RawTable]


def test_without_a_column_there_is_nothing(sheet: Make) -> None:
    made = sheet(x=[1])
    assert (read_groups(made), read_time(made), read_weights(made)) == (None, None, None)


def test_an_identifier_is_there_once(sheet: Make) -> None:
    check_identifiers([sheet(i=["a", "b"]), sheet(i=["c"])], "i")
    with pytest.raises(DataError, match=r"column 'i' is the identifier, but row 2 has 'a' again; .*data\.groups"):
        check_identifiers([sheet(i=["a", "b", "a"])], "i")
    with pytest.raises(DataError, match="row 0 has '2' again"):
        check_identifiers([sheet(i=[1, 2]), sheet(i=[2])], "i")
    with pytest.raises(DataError, match="the identifier, but is missing at row 1"):
        check_identifiers([sheet(i=["a", ""])], "i")


def test_groups_are_names(sheet: Make) -> None:
    assert [read_groups(sheet(g=values), "g").tolist() for values in (["a", "b"], [1, 2])] == [["a", "b"], ["1", "2"]]  # type: ignore[union-attr]
    with pytest.raises(DataError, match="the groups, but is missing at row 1"):
        read_groups(sheet(g=["a", None]), "g")


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["3", "1", "2.5"], [1, 2, 0]),
        ([3, 1, 2], [1, 2, 0]),
        (["2026-01-02", "2026-01-01T23:00", "2026-01-01T22:30:00-01:00"], [1, 2, 0]),
        ([datetime.datetime(9999, 1, 2), datetime.datetime(1, 1, 2), datetime.datetime(9999, 1, 3)], [1, 0, 2]),
        ([datetime.date(2026, 1, 2), datetime.date(2025, 1, 2), datetime.date(2027, 1, 2)], [1, 0, 2]),
    ],
)
def test_time_orders_the_rows(sheet: Make, values: list[Any], order: list[int]) -> None:
    time = read_time(sheet(t=values), "t")
    assert time is not None
    assert time.dtype.kind in "fM"
    assert np.argsort(time).tolist() == order


def test_a_time_of_day_is_no_order(sheet: Make) -> None:
    with pytest.raises(DataError, match="column 't' is a number, but holds values of type time64"):
        read_time(sheet(t=[datetime.time(1)]), "t")


@pytest.mark.parametrize(
    ("values", "message"),
    [(["soon", "2026-01-01"], "row 0 has 'soon'"), (["1", ""], "is missing at row 1"), (["1", "x"], "has '1'")],
)
def test_what_is_no_time_is_refused_with_its_place(sheet: Make, values: list[str], message: str) -> None:
    with pytest.raises(DataError, match=f"column 't' is the time, .*{message}"):
        read_time(sheet(t=values), "t")


def test_weights_are_numbers_from_0_on(sheet: Make) -> None:
    weights = read_weights(sheet(w=["1", "0", "2.5"]), "w")
    assert weights is not None
    assert weights.tolist() == [1, 0, 2.5]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["1", "-2"], "row 1 has -2.0"),
        (["1", ""], "row 1 has nan"),
        (["0", "0"], "every one is 0"),
        (["1", "x"], "'x'"),
    ],
)
def test_what_is_no_weight_is_refused_with_its_place(sheet: Make, values: list[str], message: str) -> None:
    with pytest.raises(DataError, match=f"column 'w' .*{message}"):
        read_weights(sheet(w=values), "w")
