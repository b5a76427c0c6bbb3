"""A stopwatch, and measurements in pairs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def seconds_of(work: Callable[[], object]) -> float:
    """Return the seconds that the work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure_pairs(repeats: int, first: Callable[[], T], second: Callable[[], T]) -> list[tuple[T, T]]:
    """Measure two things in turn.

    The order alternates from pair to pair, so that a machine that warms up favours neither.
    """
    pairs = []
    for number in range(repeats):
        if number % 2:
            later = second()
            pairs.append((first(), later))
        else:
            pairs.append((first(), second()))
    return pairs
