"""Scores of classes by ranks of probabilities: areas of several classes and average precision.

scikit-learn's scorers take 5 to 100 ms for a thousand rows; intervals and tests need hundreds of scores.

Sources: Hand and Till (2001), A simple generalisation of the area under the ROC curve for multiple class classification
problems, Machine Learning 45, 171-186; Fawcett (2006), An introduction to ROC analysis, Pattern Recognition Letters 27,
861-874, section 9.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nnet.arrays import Array, Targets
from nnet.metrics import Score, class_probabilities

Floats = NDArray[np.float64]
AVERAGE_PRECISION: Final = "average_precision"


def rank_score(metric: str) -> Score:
    """Return the function of outputs (N, C), or (N, 1) of two classes, and labels (N,) that scores them by a metric.

    A score is NaN where scikit-learn's has no value: an area and the average precision of more than two classes need a
    row of each class, and all outputs must be finite.
    """

    def score(z: Array, y: Targets) -> float:
        return ClassRanking(z, y).score(metric, np.ones(len(y))) if len(y) else float("nan")

    return score


class ClassRanking:
    """Rows in the order of each class's probability, the highest first; it is found once for many samples of them.

    Args:
        z: (N, C) outputs, or (N, 1) of two classes; N is at least 1.
        y: (N,) labels.
    """

    def __init__(self, z: Array, y: Targets):
        p = class_probabilities(z)
        self._y, self._classes, self._finite = y, p.shape[1], np.isfinite(z).all(axis=1)
        self._orders = [np.argsort(-p[:, at], kind="stable").astype(np.int32) for at in range(self._classes)]
        ranked = [p[order, at] for at, order in enumerate(self._orders)]
        self._lasts = [np.flatnonzero(np.append(one[1:] != one[:-1], True)) for one in ranked]  # of each tie

    def score(self, metric: str, weights: Floats) -> float:
        """Score rows that count as often as weights (N,) say."""
        if not self._finite.all() and weights[~self._finite].any():
            return float("nan")
        return RANK_SCORES[metric](self, weights)

    def several_areas(self, weights: Floats, pairs: bool, weighted: bool) -> float:
        """Compute the mean area of each class against all others, or of each pair of classes.

        Args:
            pairs:    whether to take pairs, whose rows are ranked by the probabilities of both.
            weighted: whether a class or a pair counts by its rows.
        """
        rows = self._rows(weights)
        if not rows.all():
            return float("nan")
        wins = np.stack([self._wins(at, weights) for at in range(self._classes)])
        if pairs:
            first, second = np.triu_indices(len(rows), 1)
            areas, counts = wins / (rows[:, None] * rows[None, :]), rows[first] + rows[second]
            areas = (areas[first, second] + areas[second, first]) / 2
        else:
            areas, counts = (wins.sum(axis=1) - np.diagonal(wins)) / (rows * (rows.sum() - rows)), rows
        return float(np.average(areas, weights=counts if weighted else None))

    def average_precision(self, weights: Floats) -> float:
        """Compute the average precision of the second of two classes, or the mean of all of more.

        It is the sum of the precisions at each different probability, times how much the recall grows there.

        >>> z = np.log([[0.6, 0.4], [0.1, 0.9], [0.2, 0.8], [0.9, 0.1]])
        >>> ClassRanking(z, np.array([1, 1, 0, 0])).average_precision(np.ones(4))
        0.8333333333333333
        """
        if self._classes == 2:
            return self._precision(1, weights)
        if not self._rows(weights).all():
            return float("nan")
        return float(np.mean([self._precision(at, weights) for at in range(self._classes)]))

    def _rows(self, weights: Floats) -> Floats:
        """Return the number of rows of each class (C,)."""
        return np.bincount(self._y, weights, self._classes).astype(np.float64, copy=False)

    def _precision(self, at: int, weights: Floats) -> float:
        """Return the average precision of a class; 0 without a row of it, as scikit-learn has it."""
        order, last = self._orders[at], self._lasts[at]
        of_rows = weights[order]
        hits, seen = (np.cumsum(part)[last] for part in (of_rows * (self._y[order] == at), of_rows))
        if hits[-1] == 0:
            return 0.0
        drawn = np.diff(seen, prepend=0.0) > 0
        hits, seen = hits[drawn], seen[drawn]
        return float((np.diff(hits / hits[-1], prepend=0.0) * (hits / seen)).sum())

    def _wins(self, at: int, weights: Floats) -> Floats:
        """Return (C,) the pairs of a row of class `at` and one of another that its probability ranks so.

        A tie counts half; the sums of halves are exact.
        """
        order, last = self._orders[at], self._lasts[at]
        above = np.cumsum(weights[order] * (self._y[order] == at))[last]
        of_ties = above - np.diff(above, prepend=0.0) / 2
        of_rows = np.empty(len(order))
        of_rows[order] = np.repeat(of_ties, np.diff(last, prepend=-1))
        return np.bincount(self._y, of_rows * weights, self._classes).astype(np.float64, copy=False)


RANK_SCORES: Final[Mapping[str, Callable[[ClassRanking, Floats], float]]] = {
    "roc_auc_ovr": partial(ClassRanking.several_areas, pairs=False, weighted=False),
    "roc_auc_ovr_weighted": partial(ClassRanking.several_areas, pairs=False, weighted=True),
    "roc_auc_ovo": partial(ClassRanking.several_areas, pairs=True, weighted=False),
    "roc_auc_ovo_weighted": partial(ClassRanking.several_areas, pairs=True, weighted=True),
    AVERAGE_PRECISION: ClassRanking.average_precision,
}
