"""Scores on the test rows of many tables, and how much better one side's are than another's."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.benchmark.tabulate import Line
from experiments.config.target import Task
from experiments.evaluation.statistics.intervals import bootstrap_interval

DIGITS = 6  # decimals of a gain: scores that differ by the rounding of results.json are equal
METRICS: dict[Task, str] = {"classification": "accuracy", "regression": "RMSE"}
UNITS: dict[Task, str] = {"classification": "points of accuracy", "regression": "per cent of the RMSE"}


def score_of(task: Task, predicted: NDArray[Any], y: NDArray[Any]) -> float:
    """Return the accuracy of (N,) predicted classes, or the root mean squared error of (N,) predicted numbers."""
    if task == "classification":
        return float(np.mean(predicted == y))
    return float(np.sqrt(np.mean((predicted.astype(np.float64) - y) ** 2)))


def gain(task: Task, score: float, other: float) -> float:
    """Return how much better a score is than another: points of accuracy, or per cent of the other's RMSE.

    >>> round(gain("classification", 0.75, 0.5), 6), gain("regression", 3.0, 4.0)
    (25.0, 25.0)
    >>> gain("classification", 0.1 + 0.2, 0.3), gain("classification", 0.633333333, 19 / 30)
    (0.0, 0.0)
    """
    better = 100 * (score - other) if task == "classification" else 100 * (other - score) / other
    return round(better, DIGITS) + 0.0  # no negative zero


def mean_of_all(values: Sequence[float | None]) -> float | None:
    """Return the mean; None without values, or where one is missing."""
    there = [value for value in values if value is not None]
    return fmean(there) if there and len(there) == len(values) else None


def mean_with_interval(gains: Sequence[float]) -> Line:
    """Return the mean over tables, the limits of its 95% interval by a bootstrap of the tables, and the median.

    >>> mean_with_interval([1.0, 1.0, 4.0])["mean"]
    2.0
    """
    values = np.array(gains, np.float64)
    low, high = bootstrap_interval(values)
    return {"mean": float(values.mean()), "low": low, "high": high, "median": float(np.median(values))}
