"""Few cases instead of a product of options."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, product
from typing import Any


def all_pairs(*options: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Choose rows of the options' product so that any two values of two options meet in at least one row.

    >>> all_pairs("ab", [1, 2], [False, True])
    [('a', 1, False), ('a', 2, True), ('b', 1, True), ('b', 2, False)]
    """
    values = [list(option) for option in options]
    rows = {row: set(combinations(enumerate(row), 2)) for row in product(*(range(len(each)) for each in values))}
    missing = set().union(*rows.values())
    chosen = []
    while missing:
        best = max(rows, key=lambda row: len(rows[row] & missing))
        missing -= rows[best]
        chosen.append(tuple(each[at] for each, at in zip(values, best, strict=True)))
    return chosen


def each_once(*options: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Combine the options so that every value is in at least one row; a shorter option starts again from its front.

    >>> each_once("abc", [False, True])
    [('a', False), ('b', True), ('c', False)]
    """
    values = [list(option) for option in options]
    return [tuple(each[row % len(each)] for each in values) for row in range(max(map(len, values)))]
