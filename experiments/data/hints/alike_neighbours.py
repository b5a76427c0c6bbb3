"""A hint about rows that are like the rows beside them in the file, as overlapping windows of one recording are."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.columns.target_type import LabelledTable
from experiments.data.hints.leaks import TOGETHER
from experiments.data.raw_table import listed

SAMPLE = 5000  # rows, the first ones of the file
COLUMNS = 50  # that are looked at
LEVELS = 20  # different numbers of a column that tell rows apart
PAIRS = 100  # of neighbours
ALIKE = 0.05  # of the mean squared difference of any two rows, in ranks: sorted by one column, few others are so alike
TARGET = 0.5  # likewise, of the target
SORTED = 0.9  # share of steps in one direction, from which on a column is what the rows are sorted by


def neighbour_hints(development: LabelledTable) -> tuple[str, ...]:
    """Say that rows next to each other are alike, in half of the numbers and in the target; one line at most.

    Rows are compared with others of their class, so that a file in the order of its classes is none of these.
    """
    table, y, classes = development.table, development.y, bool(development.target.classes)
    if table.time is not None or table.groups is not None or len(y) <= PAIRS:
        return ()
    order = np.argsort(table.positions)[:SAMPLE]
    target = _ranks(y[order])
    labels = target if classes else np.zeros(len(order))
    same = labels[1:] == labels[:-1]
    if same.sum() < PAIRS or (not classes and _is_sorted(target)) or not _is_alike_target(target, classes):
        return ()
    alike, eligible = [], 0
    for name, _, values in islice(table.values_of("number"), COLUMNS):
        ranks = _ranks(np.nan_to_num(values.astype(np.float64)[order], nan=np.inf))
        if ranks.max() + 1 >= LEVELS and not _is_sorted(ranks):
            eligible += 1
            if _difference(ranks, labels, same) < ALIKE:
                alike.append(name)
    if len(alike) < 2 or 2 * len(alike) < eligible:
        return ()
    return (
        f"rows next to each other in the file are alike in {listed(alike)}, and so is their target, as in windows of "
        "one recording; a column that names the recordings, in data.groups, or that counts the rows, in data.time, "
        f"{TOGETHER}",
    )


def _ranks(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return the positions of values among all different ones."""
    return np.unique(values, return_inverse=True)[1].astype(np.float64)


def _is_sorted(ranks: NDArray[np.float64]) -> bool:
    steps = np.diff(ranks)
    steps = steps[steps != 0]
    return len(steps) == 0 or max((steps > 0).mean(), (steps < 0).mean()) >= SORTED


def _is_alike_target(target: NDArray[np.float64], classes: bool) -> bool:
    """Return whether neighbours have the same class, or alike numbers, much more often than any two rows."""
    if not classes:
        return _difference(target, np.zeros(len(target)), np.ones(len(target) - 1, bool)) < TARGET
    shares = np.unique(target, return_counts=True)[1] / len(target)
    by_chance = 1 - np.square(shares).sum()
    return bool(by_chance > 0 and (target[1:] != target[:-1]).mean() < TARGET * by_chance)


def _difference(ranks: NDArray[np.float64], labels: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    """Return the mean squared difference of neighbours of one class, as a share of that of any two of its rows.

    Args:
        same: (n - 1,) whether the next row has the same label.
    """
    squares = np.square(np.diff(ranks))[same]
    of_class = {label: ranks[labels == label].var() for label in np.unique(labels)}
    expected = 2 * np.array([of_class[label] for label in labels[1:][same]])
    return float(squares.sum() / expected.sum()) if expected.sum() > 0 else np.inf
