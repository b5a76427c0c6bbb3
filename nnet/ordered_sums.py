"""Sums of Python floats from the first to the last, with the same bits in every version of Python.

`sum` compensates for rounding errors from Python 3.12 on, and its last bits are others than before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def ordered_sum(values: Iterable[float]) -> float:
    """Add floats one after the other, each sum rounded.

    >>> ordered_sum([0.1] * 10)
    0.9999999999999999
    """
    total = 0.0
    for value in values:
        total += value
    return total


def ordered_mean(values: Sequence[float]) -> float:
    """Divide the ordered sum of floats by their number.

    >>> ordered_mean([0.1, 0.2, 0.3])
    0.20000000000000004
    """
    return ordered_sum(values) / len(values)
