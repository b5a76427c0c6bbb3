"""A stopwatch, and measurements in turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def seconds_of(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure_in_turn(repeats: int, *measurements: Callable[[], T]) -> list[tuple[T, ...]]:
    """Measure several things in turn; return a tuple for each repetition.

    The order is reversed in every second repetition, so that a machine that warms up favours none.
    """
    rounds = []
    for number in range(repeats):
        order = reversed(measurements) if number % 2 else measurements
        results = [measure() for measure in order]
        rounds.append(tuple(reversed(results) if number % 2 else results))
    return rounds
