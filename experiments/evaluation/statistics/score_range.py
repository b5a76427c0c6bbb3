"""The range of each metric, and the rows on which the ends of the range rest."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SHARES: Final = (
    "accuracy",
    "average_precision",
    "balanced_accuracy",
    "f1",
    "jaccard",
    "precision",
    "recall",
    "roc_auc",
)
ROUNDING: Final = 1e-9  # difference by which scores may differ though they are equal
AT_MOST_ONE: Final = ("d2_", "explained_variance", "r2")


def score_range(metric: str) -> tuple[float, float]:
    """Return the lowest and the highest score that a metric can have; higher is better.

    >>> score_range("f1_macro"), score_range("r2"), score_range("neg_log_loss")
    ((0.0, 1.0), (-inf, 1.0), (-inf, 0.0))
    """
    if metric.startswith("neg_"):
        return -inf, 0.0
    if metric.startswith(SHARES):
        return 0.0, 1.0
    if metric == "matthews_corrcoef":
        return -1.0, 1.0
    return (-inf, 1.0) if metric.startswith(AT_MOST_ONE) else (-inf, inf)


def within(metric: str, interval: tuple[float, float]) -> tuple[float, float]:
    """Keep an interval within the scores that a metric can have.

    >>> within("accuracy", (0.9, 1.04)), within("neg_log_loss", (-0.2, 0.1))
    ((0.9, 1.0), (-0.2, 0.0))
    """
    low, high = score_range(metric)
    return max(low, interval[0]), min(high, interval[1])


def difference_within(metric: str, interval: tuple[float, float]) -> tuple[float, float]:
    """Keep the interval of a difference within those that two scores by a metric can have.

    >>> difference_within("accuracy", (-0.5, 1.1)), difference_within("matthews_corrcoef", (-8.0, 0.5))
    ((-0.5, 1.0), (-2.0, 0.5))
    """
    low, high = score_range(metric)
    return max(low - high, interval[0]), min(high - low, interval[1])


def are_all(scores: Sequence[float] | NDArray[np.float64], value: float) -> bool:
    """Return whether all scores are this one, but for rounding: a perfect average precision is a sum of shares.

    >>> are_all([0.9999999999999998, 1.0000000000000002], 1.0), are_all([0.99, 1.0], 1.0)
    (True, False)
    """
    return bool((np.abs(np.asarray(scores) - value) < ROUNDING).all())


def fewest_units(labels: Sequence[NDArray[Any]], units: NDArray[Any]) -> int:
    """Return the number of units that have the rarest class.

    A perfect recall rests on the rows of one class, and a perfect precision on those that are predicted to be of it.

    Args:
        labels: (N,) classes of the rows: the true ones, the predicted ones, or both.
        units:  (N,) the row or the group to which each belongs.

    >>> fewest_units([np.array([0, 0, 0, 1, 1]), np.array([0, 0, 0, 0, 1])], np.arange(5))
    1
    """
    return min(len(np.unique(units[of_rows == label])) for of_rows in labels for label in np.unique(of_rows))
