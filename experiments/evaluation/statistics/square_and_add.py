"""Newcombe's square-and-add: the limits of the difference of two scores from the scores' own intervals."""

from __future__ import annotations

from math import hypot

from experiments.evaluation.statistics.intervals import Interval


def square_and_add(score: float, interval: Interval, other: float, other_interval: Interval) -> tuple[float, float]:
    """Compute how far the lower limit of a difference lies below it, and the upper one above it.

    With the scores s and t and their intervals [l, u] and [m, v] it is √((s - l)² + (v - t)²) and √((u - s)² +
    (t - m)²). Of a sum, t is -t and its interval [-v, -m].

    Source: Newcombe (1998), Interval estimation for the difference between independent proportions, Statistics in
    Medicine 17, 873-890, method 10; for sums and other scores Zou and Donner (2008), Statistics in Medicine 27,
    1693-1702.

    >>> from experiments.evaluation.statistics.intervals import wilson_interval
    >>> one, other = wilson_interval(56, 70), wilson_interval(48, 80)  # his example (a)
    >>> below, above = square_and_add(56 / 70, one, 48 / 80, other)
    >>> round(0.2 - below, 4), round(0.2 + above, 4)
    (0.0524, 0.3339)
    """
    (low, high), (least, most) = interval, other_interval
    return hypot(score - low, most - other), hypot(high - score, other - least)
