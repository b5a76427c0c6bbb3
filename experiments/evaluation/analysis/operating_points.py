"""Operating points of two classes: thresholds of a probability, and what each comes to out of fold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments.evaluation.records.roc_record import OperatingPoint, OperatingRule
from nnet.arrays import Array, Targets
from nnet.metrics import class_probabilities

HALF: Final = 0.5  # from which on the second class is the more probable one
GOALS: Final = (0.8, 0.9, 0.95)  # shares of the rarer class that are to be named so
_UNITS: Final = 10.0 ** np.arange(3, 9)[:, None]
_DIGITS: Final = np.arange(100, 1000)
# three digits of a threshold, or of what it is below 1: a user types what a table shows
THRESHOLDS: Final = np.unique(np.concatenate([_DIGITS / _UNITS, (_UNITS - _DIGITS) / _UNITS], axis=None))


def operating_points(z: Array, y: Targets) -> tuple[OperatingPoint, ...]:
    """Find the points of logits (N, 2) or (N, 1), for which the second class is the positive one.

    Both classes are among the (N,) labels. Of equally good thresholds the one nearest to a half is taken. A goal that
    none reaches has no point.

    >>> z = np.log([[0.1], [0.251], [0.5], [4.0]])  # probabilities 0.09, 0.201, 0.33 and 0.8
    >>> [(point.rule, point.threshold) for point in operating_points(z, np.array([0, 1, 0, 1]))[:4]]
    [('half', 0.5), ('f1', 0.2), ('youden', 0.5), ('recall', 0.2)]
    """
    p = class_probabilities(z)[:, 1]
    positives, negatives = np.sum(y == 1), np.sum(y == 0)
    true, false = _named(p[y == 1]), _named(p[y == 0])
    recall, specificity, named = true / positives, 1 - false / negatives, true + false

    def point(at: np.intp, rule: OperatingRule, goal: float | None = None) -> OperatingPoint:
        return OperatingPoint(
            rule=rule,
            goal=goal,
            threshold=float(THRESHOLDS[at]),
            named=float(named[at] / len(y)),
            recall=float(recall[at]),
            specificity=float(specificity[at]),
            precision=float(true[at] / named[at]) if named[at] else None,
        )

    def points() -> Iterator[OperatingPoint]:
        nearest = np.argsort(np.abs(THRESHOLDS - HALF), kind="stable")
        yield point(nearest[0], "half")
        yield point(nearest[np.argmax((2 * true / (named + positives))[nearest])], "f1")
        yield point(nearest[np.argmax((recall + specificity)[nearest])], "youden")
        rare: OperatingRule = "recall" if positives <= negatives else "specificity"
        for goal in GOALS:
            reached = np.flatnonzero((recall if rare == "recall" else specificity) >= goal)
            if len(reached):
                yield point(reached[-1 if rare == "recall" else 0], rare, goal)

    return tuple(points())


def _named(p: NDArray[np.float64]) -> NDArray[np.intp]:
    """Count the probabilities that are at least as large as each threshold."""
    return len(p) - np.searchsorted(np.sort(p), THRESHOLDS)
