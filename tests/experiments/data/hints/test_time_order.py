"""Orders of time are pointed out: rows by date, series one after another, dates of even steps; others are not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.data.hints.time_order import order_hints
from experiments.data.table import Kind, Table

ROWS = 120
RANDOM = np.random.default_rng(0)
PLAIN = RANDOM.normal(size=ROWS)
DAYS = 20_000 + 7.0 * np.arange(ROWS)
YEARS = np.tile(np.arange(2000.0, 2012), ROWS // 12)  # of ten series
SERIES = np.repeat(np.array(list("abcdefghij")), 12)


def table_of(values: Any, kind: Kind = "date", name: str = "x", others: Any = PLAIN, of: Kind = "number") -> Table:
    features = pd.DataFrame({"others": others[: len(values)], name: values})
    return Table("t", features, (of, kind), ("others", name), np.zeros(len(values)), "y", None)


def later(name: str) -> str:
    return (
        f"if new rows will be later ones, data.time = {name} validates and tests on rows that are later than those it "
        "learns from."
    )


def test_rows_in_the_order_of_a_date_are_pointed_out() -> None:
    line = f"the rows stand in the order of 'x'; {later('x')}"
    assert order_hints(table_of(DAYS)) == (line,)
    assert order_hints(table_of(DAYS[::-1])) == (line.replace("'x'; if", "'x', the last ones first; if"),)
    shuffled = np.argsort(PLAIN)  # as a split may leave them
    table = replace(table_of(DAYS[shuffled]), numbers=shuffled)
    assert order_hints(table) == (line,)
    assert order_hints(replace(table, time=DAYS[shuffled])) == ()
    assert order_hints(replace(table, groups=np.arange(ROWS))) == ()  # which data.time excludes


@pytest.mark.parametrize(
    ("values", "kind", "name"),
    [
        (DAYS // 70, "date", "day"),  # ten rows of each
        (np.where(np.arange(ROWS) == 50, DAYS[40], DAYS), "date", "moment"),  # an hour that a clock repeats
        (np.where(np.arange(ROWS) == 50, np.nan, DAYS), "date", "moment"),
        (np.arange(ROWS) // 10, "number", "year"),
        (np.arange(ROWS) / 4, "number", "time_s"),
    ],
)
def test_rows_of_one_moment_or_a_few_that_are_missing_or_late_are_in_order(values: Any, kind: Kind, name: str) -> None:
    assert order_hints(table_of(values, kind, name)) == (f"the rows stand in the order of {name!r}; {later(name)}",)


def test_rows_that_step_back_a_little_are_nearly_in_order() -> None:
    answers = DAYS - np.where(np.arange(ROWS) % 5 == 4, 9, 0)  # an afternoon before a morning
    assert order_hints(table_of(answers)) == (f"the rows stand nearly in the order of 'x'; {later('x')}",)


def test_a_time_of_day_orders_the_rows_only_where_there_are_no_dates() -> None:
    table = table_of(np.arange(ROWS) / 1440, name="clock")
    assert "order of 'clock'" in " | ".join(order_hints(table))
    dated = replace(table, kinds=("date", "date"), features=table.features.assign(others=20_000 + 7.1 * PLAIN))
    assert order_hints(dated) == ()


def test_series_one_after_another_are_pointed_out() -> None:
    series = "the rows are series one after another, each in the order of 'year'; "
    other = "if new rows will be of another 'others', data.groups = others keeps each on one side of every split; "
    line, named = series + later("year"), series + other + later("year")
    assert order_hints(table_of(YEARS, "number", "year")) == (line,)
    assert order_hints(table_of(YEARS, "number", "year", SERIES, "category")) == (named,)
    assert order_hints(table_of(YEARS[::-1], "number", "year", np.arange(ROWS) // 12)) == (named,)
    kept = np.sort(RANDOM.permutation(ROWS)[:100])  # the other rows are tested
    drawn = RANDOM.permutation(100)
    table = replace(table_of(YEARS[kept][drawn], "number", "year"), numbers=kept[drawn])
    assert order_hints(table) == (line,)
    within = np.arange(ROWS) // 6  # two values in each of the series
    assert order_hints(table_of(YEARS, "number", "year", within)) == (line,)


def test_ascents_of_what_may_be_a_duration_are_no_series() -> None:
    times = np.tile(np.arange(5.0), ROWS // 5)
    table = table_of(times, "number", "time")
    assert order_hints(table) != ()
    assert order_hints(table, ["time", "status"]) == ()
    assert order_hints(table_of(np.arange(ROWS) * 1.0, "number", "time"), ["time"]) != ()


def test_rows_in_the_order_of_several_numbers_together_are_pointed_out() -> None:
    days = np.arange(ROWS)
    features = pd.DataFrame({"year": days // 50, "month": days // 10 % 5, "day": days % 10, "x": PLAIN}, dtype=float)
    table = Table("t", features, ("number",) * 4, tuple(features), np.zeros(ROWS), "y", None)
    line = (
        "the rows stand in the order of 'year', 'month', 'day' together; if new rows will be later ones, "
        'data.time = ["year", "month", "day"] validates and tests on rows that are later than those it learns from.'
    )
    assert order_hints(table) == (line,)
    behind = replace(table, features=features[::-1])
    assert order_hints(behind) == (line.replace("together;", "together, the last ones first;"),)
    turned = ("day", "month", "year", "x")
    assert order_hints(replace(table, features=features[[*turned]], columns=turned)) == (line,)
    assert order_hints(replace(table, features=features.iloc[np.argsort(PLAIN)])) == ()
    assert order_hints(replace(table, features=features.assign(year=PLAIN, month=PLAIN))) == ()
    gap = np.where(days == 3, np.nan, days % 10)  # a column with missing numbers orders nothing
    assert order_hints(replace(table, features=features.assign(year=gap, month=days // 50, day=days // 10 % 5))) == (
        line.replace("'year', 'month'", "'month'").replace('"year", "month"', '"month"'),
    )
    few = features.assign(year=days // 60, month=days // 20 % 3, day=0.0)  # six moments
    assert order_hints(replace(table, features=few)) == ()


def test_dates_of_even_steps_are_pointed_out_in_any_order() -> None:
    line = f"the dates of 'x' follow each other in even steps, as a series does; {later('x')}"
    assert order_hints(table_of(DAYS[np.argsort(PLAIN)])) == (line,)
    assert order_hints(table_of(np.where(PLAIN > 1, np.nan, DAYS[np.argsort(PLAIN)]))) == (line,)


@pytest.mark.parametrize(
    ("values", "kind", "name"),
    [
        (DAYS, "number", "x"),  # perhaps sorted by a price
        (np.where(np.arange(ROWS) % 2 == 0, 20_000.0, DAYS + PLAIN), "date", "x"),
        (20_000 + np.round(9_000 * RANDOM.uniform(size=ROWS)), "date", "birthday"),
        (20_000 + np.round(20 * RANDOM.uniform(size=ROWS)), "date", "day"),
        (RANDOM.integers(2000, 2020, size=ROWS), "number", "year"),
        (np.arange(ROWS) // 40, "number", "year"),  # a few years
        (np.arange(ROWS) % 24, "number", "hour"),  # which begin again each day
        (np.arange(ROWS) % 24 / 24, "date", "clock"),
        (YEARS[:60], "number", "year"),
        (DAYS[:12], "date", "x"),
        (np.full(ROWS, np.nan), "date", "x"),
    ],
)
def test_other_orders_are_not(values: Any, kind: Kind, name: str) -> None:
    assert order_hints(table_of(values, kind, name)) == ()


def test_pixels_are_not_looked_at() -> None:
    pixels = np.arange(2 * ROWS).reshape(ROWS, 2).astype(np.uint8)
    table = Table("t", pixels, ("pixel", "pixel"), ("t", "time"), np.zeros(ROWS), "y", None, pixel_range=255.0)
    assert order_hints(table) == ()
    assert order_hints(replace(table, kinds=("number", "number"))) != ()
