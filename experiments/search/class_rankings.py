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
    of_probabilities = RANK_SCORES[metric]

    def score(z: Array, y: Targets) -> float:
        return of_probabilities(class_probabilities(z), y) if len(y) and np.isfinite(z).all() else float("nan")

    return score


def several_areas(p: Floats, y: Targets, pairs: bool, weighted: bool) -> float:
    """Compute the mean area of each class against all others, or of each pair of classes.

    Args:
        pairs:    whether to take pairs, whose rows are ranked by the probabilities of both.
        weighted: whether a class or a pair counts by its rows.
    """
    rows = _rows(p, y)
    if not rows.all():
        return float("nan")
    wins = _wins(p, y)
    if pairs:
        first, second = np.triu_indices(len(rows), 1)
        areas, counts = wins / (rows[:, None] * rows[None, :]), rows[first] + rows[second]
        areas = (areas[first, second] + areas[second, first]) / 2
    else:
        areas, counts = (wins.sum(axis=1) - np.diagonal(wins)) / (rows * (rows.sum() - rows)), rows
    return float(np.average(areas, weights=counts if weighted else None))


def average_precision(p: Floats, y: Targets) -> float:
    """Compute the average precision of the second of two classes, or the mean of all of more.

    It is the sum of the precisions at each different probability, times how much the recall grows there.

    >>> average_precision(np.array([[0.6, 0.4], [0.1, 0.9], [0.2, 0.8], [0.9, 0.1]]), np.array([1, 1, 0, 0]))
    0.8333333333333333
    """
    if p.shape[1] == 2:
        return _precision_of(p[:, 1], y == 1)
    if not _rows(p, y).all():
        return float("nan")
    return float(np.mean([_precision_of(p[:, at], y == at) for at in range(p.shape[1])]))


def _precision_of(p: Floats, positive: NDArray[np.bool_]) -> float:
    """Return the average precision of rows (N,); 0 without a positive one, as scikit-learn has it."""
    if not positive.any():
        return 0.0
    order = np.argsort(-p, kind="stable")
    ranked = p[order]
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))  # of each tie
    hits = np.cumsum(positive[order])[last]
    recalls = hits / hits[-1]
    return float((np.diff(recalls, prepend=0.0) * (hits / (last + 1))).sum())


def _rows(p: Floats, y: Targets) -> NDArray[np.intp]:
    """Return the number of rows of each class (C,)."""
    return np.bincount(y, minlength=p.shape[1])


def _wins(p: Floats, y: Targets) -> Floats:
    """Return (C, C) the pairs of a row of class a and one of class b that the probability of a ranks so.

    A tie counts half; the sums of halves are exact.
    """
    classes = p.shape[1]
    wins = np.empty((classes, classes))
    for at in range(classes):
        own = np.sort(p[y == at, at])
        above = 2 * len(own) - np.searchsorted(own, p[:, at], "left") - np.searchsorted(own, p[:, at], "right")
        wins[at] = np.bincount(y, above / 2, minlength=classes)
    return wins


RANK_SCORES: Final[Mapping[str, Callable[[Floats, Targets], float]]] = {
    "roc_auc_ovr": partial(several_areas, pairs=False, weighted=False),
    "roc_auc_ovr_weighted": partial(several_areas, pairs=False, weighted=True),
    "roc_auc_ovo": partial(several_areas, pairs=True, weighted=False),
    "roc_auc_ovo_weighted": partial(several_areas, pairs=True, weighted=True),
    AVERAGE_PRECISION: average_precision,
}
