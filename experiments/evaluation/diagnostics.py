"""What the winner's out-of-fold outputs say: which classes it takes for others, its confidence, its worst mistakes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.search.out_of_fold import array_of
from experiments.search.scorers import probabilities
from experiments.search.trial import Shared
from nnet.arrays import Array, Rows, Targets
from nnet.metrics import log_likelihood, predicted_labels

CLASSES = 50  # of which a reader takes in who is taken for whom
BINS = 10
MISTAKES = 12
POINTS = 500


@dataclass(frozen=True)
class Bin:
    """Predictions of a confidence in [low, high), the last one closed."""

    low: float
    high: float
    rows: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Calibration:
    """error: expected calibration error, the mean over predictions of |confidence - accuracy| of their bin."""

    bins: tuple[Bin, ...]
    error: float


@dataclass(frozen=True)
class Mistake:
    """A wrong prediction.

    at:               its position among the predictions.
    truth, predicted: labels, or numbers.
    """

    at: int
    truth: float
    predicted: float
    probability: float | None
    loss: float


@dataclass(frozen=True)
class Predictions:
    """What is said of them: of classes confusion, unless there are too many, and calibration; of numbers points.

    confusion:   (classes, classes) predictions by true class and predicted one.
    calibration: None where outputs are no probabilities.
    points:      (truth, prediction)
    """

    confusion: tuple[tuple[int, ...], ...] | None
    calibration: Calibration | None
    mistakes: tuple[Mistake, ...]
    points: tuple[tuple[float, float], ...]


def predictions(content: Shared, y: Targets, rows: Rows, target: Target, are_probabilities: bool) -> Predictions:
    """Of shared out-of-fold outputs.

    Args:
        content:           a shared .npy file of (P, outputs).
        y:                 (P,) the truth of each prediction.
        rows:              (P,) of which row it is.
        are_probabilities: the outputs were trained as logits of probabilities.
    """
    z = array_of(content.open())
    return of_classes(z, y, rows, target, are_probabilities) if target.classes else of_numbers(z[:, 0], y, rows)


def of_classes(z: Array, y: Targets, rows: Rows, target: Target, are_probabilities: bool) -> Predictions:
    """Of logits (P, C) or (P, 1), or of other outputs that are largest for the predicted class.

    The loss of a mistake is minus the log-probability of the true class in nats; of outputs that are no probabilities,
    by how much the predicted class's exceeds the true one's.
    """
    predicted, everything = predicted_labels(z), np.arange(len(y))
    confidence = probabilities(z)[everything, predicted] if are_probabilities else None
    wide = z.astype(np.float64)
    loss = -log_likelihood(z, y) if are_probabilities else wide[everything, predicted] - wide[everything, y]
    return Predictions(
        confusion=confusion(target, y, z),
        calibration=None if confidence is None else calibration(confidence, predicted == y),
        mistakes=tuple(
            Mistake(at, int(y[at]), int(predicted[at]), None if confidence is None else float(confidence[at]), nats)
            for at, nats in worst(loss, predicted != y, rows)
        ),
        points=(),
    )


def confusion(target: Target, y: Targets, z: Array) -> tuple[tuple[int, ...], ...] | None:
    """Rows of each true class by predicted class; None of a number, and of more than CLASSES classes.

    >>> confusion(Target(("a", "b")), np.array([0, 1, 1]), np.array([[2.0, 1.0], [0.0, 3.0], [1.0, 0.0]]))
    ((1, 0), (1, 1))
    """
    classes = len(target.classes)
    if not 0 < classes <= CLASSES:
        return None
    counts = np.bincount(y * classes + predicted_labels(z), minlength=classes**2).reshape(classes, classes)
    return tuple(map(tuple, counts.tolist()))


def of_numbers(z: Array, y: Targets, rows: Rows) -> Predictions:
    """Of numbers (P,) in the target's own units; points are of rows at equal distances."""
    errors = np.abs(z - y)
    ordered = np.argsort(rows, kind="stable")
    count = min(POINTS, len(y))
    return Predictions(
        confusion=None,
        calibration=None,
        mistakes=tuple(
            Mistake(at, float(y[at]), float(z[at]), None, error) for at, error in worst(errors, errors > 0, rows)
        ),
        points=tuple((float(y[at]), float(z[at])) for at in ordered[np.arange(count) * len(y) // count].tolist()),
    )


def calibration(confidence: NDArray[np.float64], correct: NDArray[np.bool_]) -> Calibration:
    """Mean confidence and accuracy in ten bins of equal width; bins without predictions are left out.

    Source: Guo, Pleiss, Sun and Weinberger (2017), On Calibration of Modern Neural Networks, ICML.

    >>> found = calibration(np.array([0.5, 0.75, 1.0]), np.array([False, True, True]))
    >>> [(one.low, one.rows, one.confidence, one.accuracy) for one in found.bins], found.error
    ([(0.5, 1, 0.5, 0.0), (0.7, 1, 0.75, 1.0), (0.9, 1, 1.0, 1.0)], 0.25)
    """
    edges = np.arange(BINS + 1) / BINS
    inside = np.digitize(confidence, edges[1:-1])
    bins = tuple(
        Bin(
            low=float(edges[at]),
            high=float(edges[at + 1]),
            rows=int(members.sum()),
            confidence=float(confidence[members].mean()),
            accuracy=float(correct[members].mean()),
        )
        for at in range(BINS)
        if (members := inside == at).any()
    )
    return Calibration(bins, sum(one.rows * abs(one.confidence - one.accuracy) for one in bins) / len(confidence))


def worst(loss: Array, wrong: NDArray[np.bool_], rows: Rows) -> list[tuple[int, float]]:
    """Positions and losses of the wrong predictions with the largest losses, each row once; of equals the first row.

    >>> worst(np.array([0.5, 3.0, 2.0, 3.0]), np.array([True, True, True, True]), np.array([4, 7, 7, 1]))
    [(3, 3.0), (1, 3.0), (0, 0.5)]
    """
    order = np.lexsort((rows, -loss))
    order = order[wrong[order]]
    _, first = np.unique(rows[order], return_index=True)
    return [(at, float(loss[at])) for at in order[np.sort(first)[:MISTAKES]].tolist()]
