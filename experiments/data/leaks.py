"""Hints about leaks: columns that give the target away, rows that belong together, and rows in an order of time.

Nothing is changed, because only the owner of the data knows what is known before the target is. Each line names the key
that would change it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from math import lgamma, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.raw_table import RawTable, listed, shown
from experiments.data.table import Kind, LeftOut, Table
from experiments.data.texts import INDEX_NAME
from nnet.ordered_sums import ordered_sum

TOLD = "alone; data.drop leaves out what is not known before the target is."  # ends the line about such columns
CHANCE = 1e-6  # probability, below which a column does not tell the target by chance
REPEATS = 5  # rows of a value, in the mean, from which on values can tell the target
CORRELATED = 0.9999  # correlation, of values or ranks, of a column that is the target in another unit or scale
FEWEST = 20  # rows that show a correlation or an order
SAMPLE = 5000  # rows by which most columns are ruled out
GROUPS = 10  # values of a column that names groups
ROWS_OF_GROUP = 1.5  # rows of a group, in the mean
THINGS = (
    "subj|subject|sujet|patient(en)?|paciente|proband(en)?|vpn?|person(en)?|participant|teilnehmer|individual|customer"
    "|kunden?|user|household|family|couple|dyad|pair|set|student|animal|mrn|usubj"
)
NUMBERED = r"[_ .-]?(id|no|nr|number|name|code)\.?"  # after a thing: `class_students` is a count
SHORT = "code|(hh|p|s|case|resp|subj?|pat|fam)id"  # names of identifiers in one piece
GROUP_NAME = rf"{INDEX_NAME}|(?i:{SHORT}|({THINGS})s?|(.*[_ .-])?({THINGS})(s?{NUMBERED})?)"
COUNT_NAME = rf"(?i:(?!subject)({THINGS})s|kunden|patienten|personen)"  # of numbers, as `households` are


def leak_hints(table: Table, y: NDArray[Any], classes: bool, rows: NDArray[np.intp] | None = None) -> tuple[str, ...]:
    """Point out columns that tell the target by themselves, repeated identifiers, and rows in the order of a date.

    Args:
        table:   the development rows.
        y:       their labels or numbers.
        classes: whether y are labels.
        rows:    positions of the rows that are no copies of others: a copy has the same target in any case. None: all.
    """
    lines, features = [], _features(table, "number", "category", "date")
    rows = np.arange(len(y)) if rows is None else rows
    labels = np.unique(y[rows], return_inverse=True)[1]
    if telling := [name for at, name in features if _tells(table, at, rows, labels, None if classes else y[rows])]:
        lines.append(
            f"target {shown(table.target_name)} follows from {listed(telling)}{', each' if telling[1:] else ''} {TOLD}"
        )
    if table.groups is None:
        lines += _repeated_identifiers(table)
    if table.time is None:
        lines += _in_order(table)
    return tuple(lines)


def _features(table: Table, *kinds: Kind) -> Iterator[tuple[int, str]]:
    """Yield the position and the name of each feature of some kinds."""
    for at, (name, kind) in enumerate(zip(table.columns, table.kinds, strict=True)):
        if kind in kinds:
            yield at, name


def _values(table: Table, at: int, most: int | None = None) -> NDArray[Any]:
    """Return the numbers of the first rows of a feature; of categories their codes."""
    if isinstance(table.features, np.ndarray):
        return table.features[:most, at]
    column = table.features.iloc[:most, at]
    return np.asarray(column.factorize(use_na_sentinel=False)[0] if table.kinds[at] == "category" else column)


def _tells(table: Table, at: int, rows: NDArray[np.intp], labels: NDArray[Any], numbers: NDArray[Any] | None) -> bool:
    """Return whether a feature tells the target of every row, and would not by chance.

    Args:
        rows:    (n,) the rows that are looked at.
        labels:  (n,) a number for each of them, the same for equal targets.
        numbers: (n,) their target if it is a number.
    """
    parts = [rows[:most] for most in sorted({min(SAMPLE, len(rows)), len(rows)})]
    if numbers is not None and table.kinds[at] != "category":
        pairs = ((_values(table, at, part[-1] + 1)[part], numbers[: len(part)]) for part in parts)
        if all(_is_function(values, y) for values, y in pairs):
            return True
    return all(_separates(_values(table, at, part[-1] + 1)[part], labels[: len(part)]) for part in parts)


def _is_function(values: NDArray[Any], y: NDArray[Any]) -> bool:
    """Return whether numbers rise or fall with the target as one function does, where they are not missing."""
    there = np.isfinite(values)
    if there.sum() < max(FEWEST, len(y) / 2):
        return False
    x, z = values[there], np.asarray(y, np.float64)[there]
    if _are_correlated(x, z):
        return True
    if min(len(np.unique(x)), len(np.unique(z))) < FEWEST:
        return False
    from scipy.stats import rankdata  # slow to import, and of numbers to predict alone

    return _are_correlated(rankdata(x), rankdata(z))


def _are_correlated(x: NDArray[Any], z: NDArray[Any]) -> bool:
    """Return whether some numbers are a linear function of others, but for a little noise."""
    largest = np.abs(x).max(), np.abs(z).max()
    if min(largest) == 0:
        return False
    x, z = x / largest[0], z / largest[1]
    x, z = x - x.mean(), z - z.mean()
    scale = np.sqrt((x @ x) * (z @ z))
    return bool(scale > 0 and abs(x @ z) > CORRELATED * scale)


def _separates(values: NDArray[Any], labels: NDArray[Any]) -> bool:
    """Return whether all rows of a value have one target, and more so than would happen by chance.

    There is evidence if values repeat, or if the rows of each target are an interval of the numbers. Missing numbers
    are one value, larger than all others.
    """
    _, codes = np.unique(values, return_inverse=True)
    counts = np.bincount(labels)
    counts = counts[counts > 0]
    rows, levels, targets = len(codes), int(codes.max()) + 1, len(counts)
    of_level = np.empty(levels, np.intp)
    of_level[codes] = labels
    if targets == 1 or (of_level[codes] != labels).any():
        return False
    if levels * REPEATS <= rows and (rows - levels) * log(counts.max() / rows) < log(CHANCE):
        return True
    intervals = 1 + np.count_nonzero(np.diff(of_level))
    if values.dtype.kind != "f" or intervals != targets:
        return False
    orders = lgamma(rows + 1) - ordered_sum(lgamma(count + 1) for count in counts.tolist())
    return lgamma(targets + 1) - orders < log(CHANCE)


def _repeated_identifiers(table: Table) -> Iterator[str]:
    """Say which columns are named like identifiers and have the same value in several rows."""
    for at, name in _features(table, "number", "category"):
        if re.fullmatch(GROUP_NAME, name) and not (table.kinds[at] == "number" and re.fullmatch(COUNT_NAME, name)):
            values = _values(table, at)
            rows, levels = len(values), len(np.unique(values))
            if levels >= GROUPS and rows >= ROWS_OF_GROUP * levels:
                yield _belonging(name, "is named like an identifier", rows, levels)


def left_out_groups(rows: RawTable, left_out: Iterable[LeftOut]) -> Iterator[str]:
    """Say which texts that were left out as names of the rows have the same value in several rows, as pairs have.

    Args:
        rows: cleaned development rows.
    """
    for one in left_out:
        if one.reason == "identifies_rows":
            present = rows.columns[one.name].drop_null()
            levels = len(present.unique())
            if levels >= GROUPS and len(present) >= ROWS_OF_GROUP * levels:
                yield _belonging(one.name, "is left out", len(present), levels)[:-1]  # among other lines


def _belonging(name: str, why: str, rows: int, levels: int) -> str:
    return (
        f"column {shown(name)} {why}, but {rows:,} development rows have {levels:,} values of it; data.groups = {name} "
        "keeps rows that belong together on one side of every split."
    )


def _in_order(table: Table) -> Iterator[str]:
    """Say by which date the rows are ordered; the first of several. Beside dates, a time of day orders no rows."""
    columns = [(name, _values(table, at)) for at, name in _features(table, "date")]
    dates = [(name, values) for name, values in columns if (np.abs(values) >= 1).any()]
    for name, values in dates or columns:
        moments = values if table.numbers is None else values[np.argsort(table.numbers)]
        steps = np.diff(moments)
        ordered = len(moments) >= FEWEST and ((steps >= 0).all() or (steps <= 0).all())
        if ordered and 2 * len(np.unique(moments)) > len(moments):
            order = shown(name) + (", the last ones first" if steps.min() < 0 else "")
            yield (
                f"the rows stand in the order of {order}; if new rows will be later ones, data.time = {name} "
                "validates and tests on rows that are later than those it learns from."
            )
            return
