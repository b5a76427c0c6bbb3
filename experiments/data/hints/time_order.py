"""Hints about an order of time: rows by date, series one after another, and dates of even steps.

Nothing is changed, because only the owner of the data knows whether new rows will be later ones. Each line names the
key that would change it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from experiments.data.columns.time_names import AROUND, ONWARD, fineness, is_time_name
from experiments.data.raw_table import listed, shown
from experiments.data.table import Kind, Table

FEWEST = 20  # rows that show an order
MOMENTS = 10  # different moments that show an order
OUT_OF_ORDER = 0.01  # share of rows that may stand behind later ones, as in an hour that a clock repeats
OF_SERIES = 100  # rows that show series, one after another
ASCENDING = 2 / 3  # share of the steps of such series that go on in time; half of them would by chance
NEARLY = 0.1  # share of the whole time that most steps back are below where rows are only nearly in order
# most changes of series for each step back: where rows were drawn, one may begin later than the last ends
UNSEEN = 1.25
PARTS = 5  # of a time, that data.time takes
EXACT = 2.0**53  # up to which float64 holds every whole number
EVEN = 0.5  # share of the steps of a series of dates that are the same
LATER = "validates and tests on rows that are later than those it learns from."  # ends each line
Moments = NDArray[np.float64]


def order_hints(development: Table, durations: Collection[str] = ()) -> tuple[str, ...]:
    """Say by which column rows may be in an order of time, where neither it nor groups are named: one line at most.

    Args:
        durations: columns that may be durations, whose ascents are no series.
    """
    if development.time is not None or development.groups is not None:  # which exclude each other
        return ()
    columns = _times(development)
    onward = [one for one in _times(development, onward=True) if one[0] not in durations]
    dates = [(name, moments) for name, kind, moments in columns if kind == "date"]
    numbers = [(name, moments) for name, kind, moments in columns if kind == "number"]
    ordered = chain(_ordered(dates), _ordered_together(numbers), _ordered(numbers))
    lines = chain(ordered, _series(development, onward), _even(dates))
    return tuple(islice(lines, 1))


def _times(table: Table, onward: bool = False) -> list[tuple[str, Kind, Moments]]:
    """Return name, kind and values, in the order of the source, of dates and of numbers that are named like times.

    Beside dates, a time of day orders no rows.

    Args:
        onward: whether to leave out what begins again, as the hours of a day do.
    """
    order = np.argsort(table.positions)
    found: list[tuple[str, Kind, Moments]] = []
    for name, kind, values in table.values_of("date", "number"):
        if kind == "date" or is_time_name(name, ONWARD if onward else f"{ONWARD}|{AROUND}"):
            found.append((name, kind, np.asarray(values, np.float64)[order]))
    dated = any(kind == "date" and _is_dated(moments) for _, kind, moments in found)
    return [one for one in found if one[1] == "number" or _is_dated(one[2]) or not (dated or onward)]


def _is_dated(moments: Moments) -> bool:
    """Return whether moments are days and no times of day."""
    return bool((np.abs(moments) >= 1).any())


def _ordered(columns: Sequence[tuple[str, Moments]]) -> Iterator[str]:
    """Say by which time the rows are ordered, but for a few."""
    for name, values in columns:
        moments = values[np.isfinite(values)]
        if len(moments) < FEWEST or len(np.unique(moments)) < MOMENTS:
            continue
        if (words := _order(moments)) is not None:
            yield f"the rows stand in the order of {shown(name)}{words}; {later(name)}"


def _order(moments: Moments) -> str | None:
    """Return what is to be said of the order of moments, but for a few; None without an order."""
    for sign, words in ((1, ""), (-1, ", the last ones first")):
        if (sign * moments < np.maximum.accumulate(sign * moments)).mean() <= OUT_OF_ORDER:
            return words
    return None


def _ordered_together(columns: Sequence[tuple[str, Moments]]) -> Iterator[str]:
    """Say by which numbers, such as a year and a week, the rows are ordered, each among equal ones before."""
    whole = [(name, moments) for name, moments in columns if np.isfinite(moments).all()]
    whole.sort(key=lambda column: fineness(column[0]))
    names, moments = [name for name, _ in whole], [moments for _, moments in whole]
    if not names or _order(moments[0]) is None:  # as in most tables
        return
    codes, line, most = np.zeros(len(moments[0])), "", len(np.unique(moments[0]))
    for count, values in enumerate(moments[:PARTS], 1):
        different, of_row = np.unique(values, return_inverse=True)
        codes = codes * len(different) + of_row
        if codes.max() > EXACT:
            break
        if count == 1 or len(codes) < FEWEST or (words := _order(codes)) is None:
            continue
        if (found := len(np.unique(codes))) >= MOMENTS and found > most:
            most = found
            line = f"the rows stand in the order of {listed(names[:count])} together{words}; {later(*names[:count])}"
    if line:
        yield line


def _series(table: Table, columns: Sequence[tuple[str, Kind, Moments]]) -> Iterator[str]:
    """Say by which time the rows of each series are ordered, and which column names the series if one does.

    Short steps back are no new series.
    """
    for name, _, moments in columns:
        steps = np.diff(moments)
        share = max((steps > 0).mean(), (steps < 0).mean()) if len(moments) >= OF_SERIES else 0.0
        if share >= ASCENDING:
            back = steps < 0 if (steps > 0).mean() >= ASCENDING else steps > 0
            of = _name_of_series(table, back)
            split = "if new rows will be of another {}, data.groups = {} keeps each on one side of every split; "
            other = "" if of is None else split.format(shown(of), of)
            whole = np.ptp(moments[np.isfinite(moments)])
            if of is None and back.any() and np.median(np.abs(steps[back])) < NEARLY * whole:
                yield f"the rows stand nearly in the order of {shown(name)}; {later(name)}"
                continue
            yield f"the rows are series one after another, each in the order of {shown(name)}; {other}{later(name)}"


def _name_of_series(table: Table, back: NDArray[np.bool_]) -> str | None:
    """Return the first column that has one value in each series, and another in the next.

    Args:
        back: (N - 1,) whether the next row is an earlier one.
    """
    order = np.argsort(table.positions)
    for name, _, unordered in table.values_of("number", "category"):
        values = unordered[order]
        changes, different = values[1:] != values[:-1], len(set(values.tolist()))
        if changes[back].all() and changes.sum() == different - 1 <= UNSEEN * back.sum():
            return name
    return None


def _even(columns: Sequence[tuple[str, Moments]]) -> Iterator[str]:
    """Say which dates follow each other in even steps, as those of a series do, in whatever order the rows stand."""
    for name, moments in columns:
        different = np.unique(moments[np.isfinite(moments)])
        if len(different) >= FEWEST and 2 * len(different) > len(moments) and _is_dated(different):
            _, counts = np.unique(np.diff(different).round(6), return_counts=True)
            if counts.max() > EVEN * (len(different) - 1):
                yield f"the dates of {shown(name)} follow each other in even steps, as a series does; {later(name)}"


def later(*names: str) -> str:
    """Name the key that orders the rows by a column, or by several, and say what it does."""
    key = names[0] if len(names) == 1 else json.dumps(names, ensure_ascii=False)
    return f"if new rows will be later ones, data.time = {key} {LATER}"
