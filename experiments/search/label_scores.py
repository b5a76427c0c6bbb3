"""Scores of predicted classes by their counts: a fiftieth of the time that scikit-learn's scorers take.

Counts are (..., 3, C), of each class: the rows that are of it and were predicted as it, those that are of it, and those
that were predicted as it. As in scikit-learn, a mean over classes is one of those that are there, true or predicted,
and 0 / 0 is 0.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nnet.arrays import Array, Targets
from nnet.metrics import predicted_labels

Numbers = NDArray[np.float64]
CountScore = Callable[[Numbers], Numbers]  # counts (..., 3, C) -> scores (...)
ClassScore = Callable[[Numbers, Numbers, Numbers], Numbers]  # hits, true and predicted rows of a class -> its score


def counts_of(y: Targets, predicted: Targets, classes: int, weights: Numbers | None = None) -> Numbers:
    """Count labels (N,) and predictions (N,), as often as weights (N,) say: (3, C).

    >>> counts_of(np.array([0, 0, 1]), np.array([0, 1, 1]), classes=2)
    array([[1., 1.],
           [2., 1.],
           [1., 2.]])
    """
    hit = (y == predicted).astype(np.float64)
    hits = np.bincount(y, hit if weights is None else hit * weights, classes)
    return np.stack([hits, np.bincount(y, weights, classes), np.bincount(predicted, weights, classes)])


def label_score(metric: str, classes: int) -> Callable[[Array, Targets], float]:
    """Return the score of outputs (N, C) or (N, 1) for labels (N,); NaN for outputs that are not finite, or no rows."""
    score = LABEL_SCORES[metric]

    def of_rows(z: Array, y: Targets) -> float:
        if not np.isfinite(z).all():
            return float("nan")
        return float(score(counts_of(y, predicted_labels(z), classes)))

    return of_rows


def balanced_accuracy(counts: Numbers) -> Numbers:
    """Compute the mean recall of the classes that have rows.

    >>> float(balanced_accuracy(counts_of(np.array([0, 0, 1]), np.array([0, 1, 1]), classes=2)))
    0.75
    """
    hits, true, predicted = _parts(counts)
    return _mean(recall(hits, true, predicted), (true > 0).astype(np.float64))


def matthews_corrcoef(counts: Numbers) -> Numbers:
    """Compute Matthews' correlation of truth and prediction; 0 where one of them is constant.

    Source: Gorodkin (2004), Computational Biology and Chemistry 28, 367-374.

    >>> float(matthews_corrcoef(counts_of(np.array([0, 1, 1]), np.array([0, 1, 1]), classes=2)))
    1.0
    """
    hits, true, predicted = _parts(counts)
    rows = true.sum(axis=-1)
    together = hits.sum(axis=-1) * rows - (true * predicted).sum(axis=-1)
    spread = (rows**2 - (true**2).sum(axis=-1)) * (rows**2 - (predicted**2).sum(axis=-1))
    return _of_some(rows, _share(together, np.sqrt(spread)))


def precision(hits: Numbers, true: Numbers, predicted: Numbers) -> Numbers:
    """Return the share of the predictions of a class that are right."""
    return _share(hits, predicted)


def recall(hits: Numbers, true: Numbers, predicted: Numbers) -> Numbers:
    """Return the share of the rows of a class that are predicted as it."""
    return _share(hits, true)


def f1(hits: Numbers, true: Numbers, predicted: Numbers) -> Numbers:
    """Return the harmonic mean of precision and recall."""
    return _share(2 * hits, true + predicted)


def jaccard(hits: Numbers, true: Numbers, predicted: Numbers) -> Numbers:
    """Return the share of right predictions among the rows that are of a class or predicted as it."""
    return _share(hits, true + predicted - hits)


def of_second_class(score: ClassScore, counts: Numbers) -> Numbers:
    """Score the second class, which is the positive one of two."""
    hits, true, predicted = _parts(counts)
    return _of_some(true.sum(axis=-1), score(hits[..., 1], true[..., 1], predicted[..., 1]))


def of_sums(score: ClassScore, counts: Numbers) -> Numbers:
    """Score the sums over all classes (micro)."""
    hits, true, predicted = (part.sum(axis=-1) for part in _parts(counts))
    return _of_some(true, score(hits, true, predicted))


def mean_of_classes(score: ClassScore, counts: Numbers) -> Numbers:
    """Average the scores of the classes that are there, each alike (macro)."""
    hits, true, predicted = _parts(counts)
    return _mean(score(hits, true, predicted), (true + predicted > 0).astype(np.float64))


def mean_of_rows(score: ClassScore, counts: Numbers) -> Numbers:
    """Average the scores of the classes by the number of their rows (weighted)."""
    hits, true, predicted = _parts(counts)
    return _mean(score(hits, true, predicted), true)


def _parts(counts: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    return counts[..., 0, :], counts[..., 1, :], counts[..., 2, :]


def _share(part: Numbers, whole: Numbers) -> Numbers:
    """Divide, where 0 / 0 is 0."""
    shares: Numbers = part / np.where(whole == 0, 1.0, whole)
    return shares


def _of_some(rows: Numbers, scores: Numbers) -> Numbers:
    """Return NaN in place of the scores of no rows."""
    return np.where(rows > 0, scores, np.nan)


def _mean(scores: Numbers, weights: Numbers) -> Numbers:
    """Average over the last axis; NaN where nothing has a weight."""
    with np.errstate(invalid="ignore"):
        mean: Numbers = (scores * weights).sum(axis=-1) / weights.sum(axis=-1)
    return mean


_CLASS_SCORES: dict[str, ClassScore] = {"precision": precision, "recall": recall, "f1": f1, "jaccard": jaccard}
_AVERAGES: dict[str, Callable[[ClassScore, Numbers], Numbers]] = {
    "": of_second_class,
    "_macro": mean_of_classes,
    "_micro": of_sums,
    "_weighted": mean_of_rows,
}
LABEL_SCORES: dict[str, CountScore] = {
    "balanced_accuracy": balanced_accuracy,
    "matthews_corrcoef": matthews_corrcoef,
    **{
        f"{name}{ending}": partial(average, score)
        for name, score in _CLASS_SCORES.items()
        for ending, average in _AVERAGES.items()
    },
}
