"""Every class has rows where a study needs some: on each side of a split, and in every fold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.readable import first_few, readable
from experiments.data.columns.target_type import LabelledTable
from experiments.data.raw_table import SHOWN
from experiments.data.splits.copies import different_rows
from experiments.data.table import Table
from experiments.data.texts import words_among_numbers
from experiments.errors import DataError
from nnet.arrays import Rows

LONGEST = 60  # characters of the path of a picture


def check_classes(rows: LabelledTable) -> None:
    """Refuse a class with too few rows for any split: one to test on, and in every fold one to learn from.

    Raises:
        DataError: the message names the class and its rows.
    """
    least = 2 if rows.table.own_test else 3
    rule = f"data: every class needs {least} rows, to learn from in every fold and to test on"
    check_counts(rows, different_rows(rows.table), least, (rule, "", "remove its rows, or add some"))


def check_counts(whole: LabelledTable, rows: Rows, least: int, words: tuple[str, str, str]) -> None:
    """Refuse a class with fewer than `least` of some rows; of numbers nothing is refused.

    Args:
        rows:  the rows that are counted.
        words: the rule, what is counted, and what to do instead.

    Raises:
        DataError: the message names the class and its rows in the source.
    """
    table, classes, (rule, of, advice) = whole.table, whole.target.classes, words
    if not classes:
        return
    counts = np.bincount(whole.y[rows], minlength=len(classes))
    if len(classes) < 2:
        raise DataError(f"data: a classification needs at least two classes, but got {list(classes)}.")
    if counts.min() < least:
        smallest = int(counts.argmin())
        every = np.flatnonzero(whole.y == smallest)
        stands = f" ({_places(table, every)})" if len(every) else ""
        if table.classes is None and table.target.dtype.kind in "iuf":
            advice += ", or set data.task = regression if the target is a number"
        elif table.reading is not None and (missing := words_among_numbers(classes)):
            advice += f", or leave out the rows of words with {missing} if the target is a number"
        rare = [classes[at] for at in np.flatnonzero(counts < least)]
        if table.reading is not None and len(classes) - len(rare) > 1:
            which = "the class" if len(rare) == 1 else f"all {len(rare)} such classes"
            listed = json.dumps([*table.reading.dropped, *rare], ensure_ascii=False)
            advice += f", or leave {which} out with data.drop_classes = {listed}"
        if table.copies is not None:
            advice += ', or set data.copies = "free": copies count as one row here'
        raise DataError(f"{rule}, but class {classes[smallest]!r} has {counts[smallest]}{of}{stands}; {advice}.")


def _places(table: Table, rows: Rows) -> str:
    """Name the first of some rows: by their number in the source, or pictures by their files."""
    numbers = np.sort(table.positions[rows])
    places = list(map(str, numbers)) if table.files is None else sorted(map(str, table.files[rows]))
    kind = "rows, from 0" if table.files is None else "files"
    return f"its {kind}: {first_few([readable(place, LONGEST) for place in places], SHOWN)}"


def with_every_class(
    draws: Iterator[tuple[Rows, Rows]], y: NDArray[Any], groups: NDArray[Any] | None = None
) -> tuple[Rows, Rows]:
    """Return the first draw that tests every class, and learns it from two rows or more; or else the first of all.

    Args:
        draws:  the development rows and the test rows of each.
        y:      (N,) class of each row, from 0 on.
        groups: (N,) group of each row, which counts as one row, as no fold divides it; None where rows stand alone.
    """
    classes, names = int(y.max()) + 1, () if groups is None else np.unique(groups)
    of = None if groups is None else np.searchsorted(names, groups)

    def suits(development: Rows, test: Rows) -> bool:
        learned = y[development]
        if of is not None:  # each class once in a group
            learned = np.unique(of[development] * classes + learned) % classes
        counts = np.bincount(y[test], minlength=classes), np.bincount(learned, minlength=classes)
        return bool(counts[0].min() > 0 and counts[1].min() > 1)

    first = next(draws)
    return first if suits(*first) else next((draw for draw in draws if suits(*draw)), first)


def until_every_class(y: NDArray[Any]) -> int:
    """Return the number of rows from the first one on that have every class among these labels.

    >>> until_every_class(np.array([0, 0, 1, 0, 2, 1]))
    5
    """
    return int(np.unique(y, return_index=True)[1].max()) + 1


def share_to_test(rows: LabelledTable) -> str:
    """Return the advice for a test set that lacks a class."""
    table, y = rows.table, rows.y
    if table.time is not None:
        latest_first = y[np.argsort(table.time, kind="stable")][::-1]
        return f"set data.test_size = {ceil(100 * until_every_class(latest_first) / len(y)) / 100:g}"
    fewest = int(np.bincount(y[different_rows(table)]).min()) if rows.target.classes and table.groups is None else 0
    return f"set data.test_size = {ceil(100 / fewest) / 100:g}" if fewest > 2 else "set a larger data.test_size"
