"""Identifiers, groups, times and weights are read, and what breaks their rule is named."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from experiments.data.columns.row_roles import (
    check_identifiers,
    read_groups,
    read_time,
    read_times,
    read_weights,
    weights_format,
)
from experiments.data.raw_table import RawTable
from experiments.errors import DataError

Make = Callable[..., RawTable]


def test_an_identifier_is_there_once(sheet: Make) -> None:
    check_identifiers([sheet(i=["a", "b"]), sheet(i=["c"])], "i")
    with pytest.raises(DataError, match=r"column 'i' is the identifier .*row 2 has 'a'; .*data\.groups"):
        check_identifiers([sheet(i=["a", "b", "a"])], "i")
    with pytest.raises(DataError, match="row 0 has 2"):
        check_identifiers([sheet(i=[1, 2]), sheet(i=[2])], "i")
    with pytest.raises(DataError, match="the identifier, but row 1 is empty"):
        check_identifiers([sheet(i=["a", ""])], "i")


def test_groups_are_names(sheet: Make) -> None:
    assert [read_groups(sheet(g=values), "g").tolist() for values in (["a", "b"], [1, 2])] == [["a", "b"], ["1", "2"]]


def test_time_orders_the_rows(sheet: Make) -> None:
    for values, order in [
        (["3", "1", "2.5"], [1, 2, 0]),
        ([3, 1, 2], [1, 2, 0]),
        (["2026-01-02", "2026-01-01T23:00", "2026-01-01T22:30:00-01:00"], [1, 2, 0]),
        (["02.01.2026", "31.12.2025", "01.01.2026"], [1, 2, 0]),
        (["13/01/2026", "01/02/2026", "31/12/2025"], [2, 0, 1]),
        (["Jan 02, 2026", "Dec 31, 2025"], [1, 0]),
        (["20260102", "20251231"], [1, 0]),
        ([datetime.datetime(9999, 1, 2), datetime.datetime(1, 1, 2), datetime.datetime(9999, 1, 3)], [1, 0, 2]),
        ([datetime.timedelta(2), datetime.timedelta(0, 1), datetime.timedelta(1)], [1, 2, 0]),
        ([datetime.date(2026, 1, 2), datetime.date(2025, 1, 2), datetime.date(2027, 1, 2)], [1, 0, 2]),
    ]:
        time = read_time(sheet(t=values), "t")
        assert time.dtype.kind in "fM"
        assert np.argsort(time).tolist() == order


def test_several_columns_are_one_time(sheet: Make) -> None:
    parts = sheet(y=[2021, 2020, 2020, 2020], m=[1, 12, 2, 12], d=[1, 31, 9, 30], t=["00:30", "18:00", "00:00", "7:00"])
    time = read_times(parts, ["y", "m", "d"], {})
    assert np.argsort(time).tolist() == [2, 3, 1, 0]
    assert read_times(sheet(y=[2020], m=[2], d=[9]), ["y", "m", "d"], {}).tolist() == [time[2]]  # in every file
    assert np.argsort(read_times(parts, ["y", "t"], {"t": "%H:%M"})).tolist() == [2, 3, 1, 0]
    days = sheet(day=["31.12.2020", "1.1.2021", "31.12.2020"], hour=[23, 0, 7])
    assert np.argsort(read_times(days, ["day", "hour"], {})).tolist() == [2, 0, 1]
    assert read_times(days, ["hour"], {}).tolist() == [23, 0, 7]
    with pytest.raises(DataError, match="column 'y' is part of the time and must hold numbers from 0 to below 1000"):
        read_times(parts, ["m", "y"], {})


def test_minutes_of_a_time_are_told_apart(sheet: Make) -> None:
    minutes = np.arange(24 * 60)
    parts = sheet(y=[2199] * 1440, m=[12] * 1440, d=[31] * 1440, h=(minutes // 60).tolist(), n=(minutes % 60).tolist())
    assert (np.diff(read_times(parts, [*"ymdhn"], {})) > 0).all()


def test_weights_are_numbers_from_0_on(sheet: Make) -> None:
    assert read_weights(sheet(w=["1", "0", "2.5"]), "w").tolist() == [1, 0, 2.5]


def test_a_duration_is_a_time_of_days(sheet: Make) -> None:
    durations = [datetime.timedelta(days=2), datetime.timedelta(hours=6)]
    assert read_time(sheet(t=durations), "t").tolist() == [2.0, 0.25]


def test_the_points_of_weights_stand_between_thousands_as_in_other_columns(sheet: Make) -> None:
    made = sheet(w=["4.268", "300"], x=["0,5", "2,5"])
    assert weights_format(made, "w", ["x"]) == "1.234,5"
    assert weights_format(made, "w", []) == ""
    assert weights_format(made, "w", ["x"], thousands=False) == ""
    assert weights_format(sheet(w=[4.268, 300.0], x=["0,5", "2,5"]), "w", ["x"]) == ""


def test_weights_may_have_a_format(sheet: Make) -> None:
    for values, form, expected in (
        (["0,5", "2"], "1234,5", [0.5, 2]),
        (["1.500 kg", "2,5 kg"], "1.234,5 kg", [1500, 2.5]),
        (["1", "2"], "%Y", [1, 2]),  # no format of numbers
    ):
        assert read_weights(sheet(w=values), "w", form).tolist() == expected
    for values, form in ((["0,5", "7.5"], "1234,5"), (["0,5", "x"], "1234,5")):
        with pytest.raises(DataError, match=rf"must hold numbers written as 1234,5, but row 1 has '{values[1]}'; "):
            read_weights(sheet(w=values), "w", form)


def test_the_format_of_weights_is_inferred_where_they_are_not_plain(sheet: Make) -> None:
    for values, feature, form in (
        (["0,5", "2"], "1", "1234,5"),
        (["1,390", "2,500"], "1", "1,234.5"),
        (["1,390", "2,500"], "0,75", "1234,5"),
        (["1.5", "2"], "0,75", ""),
        ([1.5, 2.0], "0,75", ""),
    ):
        assert weights_format(sheet(w=values, x=[feature] * 2), "w", ["x"]) == form


def test_a_value_that_breaks_its_columns_rule_is_named(sheet: Make) -> None:
    readers: list[tuple[Callable[..., Any], list[Any], str]] = [
        (read_groups, ["a", None], "is the groups, but row 1 is empty"),
        (read_groups, ["a", "b" * 201], "must have texts of at most 200 characters, but row 1"),
        (read_time, [datetime.time(1)], "must hold numbers, but holds values of type time64"),
        (read_time, ["soon", "2026-01-01"], "is the time.*row 0 has 'soon'"),
        (read_time, ["01/02/2026", "03/04/2026"], "holds dates.*the day could be the month"),
        (read_time, ["1", ""], "is the time, but row 1 is empty"),
        (read_time, ["1", "x"], "is the time.*has '1' .2 such rows"),
        (read_weights, ["1", "-2"], "is the weights.*row 1 has '-2'"),
        (read_weights, ["1", ""], "is the weights.*row 1 is empty"),
        (read_weights, ["0", "0"], "is the weights, but every weight is 0"),
        (read_weights, ["1", "x"], "is the weights and must hold numbers, but row 1 has 'x'; .*--formats 'x=1234,5'"),
    ]
    for read, values, message in readers:
        with pytest.raises(DataError, match=f"column 'x' {message}"):
            read(sheet(x=values), "x")
