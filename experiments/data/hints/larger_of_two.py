"""Two columns whose comparison tells the class: the goals of both sides, a day of delivery and the day promised."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import log

import numpy as np
from numpy.typing import NDArray

MOST = 60  # columns, beyond which their pairs are many
PROBE = 100  # rows by which most pairs are ruled out
CLASSES = 3  # at most: the first is larger, the second is, or they are equal
CHANCE = 1e-6  # probability, below which no pair of the columns tells the class by chance
MOSTLY = 0.95  # share of rows in which both columns have a value

Floats = NDArray[np.float64]


def larger_of_two(columns: Mapping[str, Floats], labels: NDArray[np.intp]) -> tuple[str, str] | None:
    """Return the two columns of which the larger one tells the class of every row; None if there are none.

    Args:
        columns: name -> the (n,) numbers of the rows, all of one kind.
        labels:  (n,) the class of each row, from 0.

    >>> home, away = np.arange(300) % 7.0, np.arange(300) % 5.0
    >>> larger_of_two({"home": home, "day": np.arange(300) % 9.0, "away": away}, (home > away) * 1)
    ('home', 'away')
    """
    if not len(labels) or not 2 <= len(counts := np.bincount(labels)) <= CLASSES or len(columns) > MOST:
        return None
    needed = log(CHANCE) - log(max(1, len(columns) * (len(columns) - 1) / 2))
    for first, second in combinations(columns, 2):
        a, b = columns[first], columns[second]
        if not _tells(a[:PROBE], b[:PROBE], labels[:PROBE]) or not _tells(a, b, labels):
            continue
        rows = int((np.isfinite(a) & np.isfinite(b)).sum())
        if rows >= MOSTLY * len(labels) and rows * log(counts.max() / len(labels)) < needed:
            return first, second
    return None


def _tells(a: Floats, b: Floats, labels: NDArray[np.intp]) -> bool:
    """Return whether all rows have one class where the first is larger, and one where it is not; others are missing."""
    order = np.sign(a - b)
    found = [np.unique(labels[order == sign]) for sign in (-1, 0, 1)]
    return all(len(classes) <= 1 for classes in found)
