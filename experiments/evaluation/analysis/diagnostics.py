"""The winner's out-of-fold outputs summed up: confused classes, calibration, the worst mistakes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.evaluation.records.analysis_record import (
    CalibrationBin,
    CalibrationRecord,
    Counts,
    MistakeRecord,
    OutOfFoldRecord,
    TemperatureRecord,
)
from experiments.evaluation.uncertainty.of_predictions import OutOfFold, calibrated
from experiments.evaluation.validation_rows import ValidationRows
from experiments.search.out_of_fold import array_of
from nnet.arrays import Array, Targets
from nnet.metrics import class_probabilities, log_likelihood, predicted_labels
from nnet.ordered_sums import ordered_sum

CLASSES = 50  # largest number of classes of a readable confusion matrix
BINS = 10
MISTAKES = 12
POINTS = 500


def predictions(
    model: OutOfFold, validated: ValidationRows, target: Target, temperature: TemperatureRecord | None = None
) -> OutOfFoldRecord:
    """Sum up the out-of-fold outputs of a model at its temperature, if it has one; mistakes have no pictures yet."""
    z = calibrated(array_of(model.content.open()), validated, temperature)
    if target.classes:
        return _of_classes(z, validated, target, model.are_probabilities)
    return _of_numbers(z[:, 0], validated)


def _of_classes(z: Array, validated: ValidationRows, target: Target, are_probabilities: bool) -> OutOfFoldRecord:
    """Sum up logits (P, C) or (P, 1), or other outputs that are largest for the predicted class.

    The loss of a mistake is minus the log-probability of the true class in nats; of outputs that are no probabilities,
    the excess of the predicted class's output over the true one's.
    """
    y, everything, predicted = validated.y, np.arange(len(z)), predicted_labels(z)
    if are_probabilities:
        confidence = class_probabilities(z)[everything, predicted]
        loss = -log_likelihood(z, y)
    else:
        wide = z.astype(np.float64)
        loss = wide[everything, predicted] - wide[everything, y]
    mistakes = [
        MistakeRecord(
            row=int(validated.rows[at]),
            fold=int(validated.folds[at]),
            truth=target.classes[y[at]],
            predicted=target.classes[predicted[at]],
            probability=float(confidence[at]) if are_probabilities else None,
            loss=float(loss[at]),
            picture=None,
        )
        for at in validated.largest(loss, predicted != y, MISTAKES)
    ]
    return OutOfFoldRecord(
        rows=len(z),
        confusion=confusion(target, y, z),
        calibration=calibration(confidence, predicted == y) if are_probabilities else None,
        mistakes=tuple(mistakes),
        points=(),
    )


def _of_numbers(z: Array, validated: ValidationRows) -> OutOfFoldRecord:
    """Sum up numbers (P,) in the target's own units; points are of rows at equal distances."""
    y, errors = validated.y, np.abs(z - validated.y)
    ordered, count = np.argsort(validated.rows, kind="stable"), min(POINTS, len(z))
    mistakes = [
        MistakeRecord(
            row=int(validated.rows[at]),
            fold=int(validated.folds[at]),
            truth=f"{y[at]:.6g}",
            predicted=f"{z[at]:.6g}",
            probability=None,
            loss=float(errors[at]),
            picture=None,
        )
        for at in validated.largest(errors, errors > 0, MISTAKES)
    ]
    return OutOfFoldRecord(
        rows=len(z),
        confusion=None,
        calibration=None,
        mistakes=tuple(mistakes),
        points=tuple((float(y[at]), float(z[at])) for at in ordered[np.arange(count) * len(z) // count]),
    )


def confusion(target: Target, y: Targets, z: Array) -> Counts | None:
    """Count the rows of each true class by predicted class; None of a number, and of more than CLASSES classes.

    >>> confusion(Target(("a", "b")), np.array([0, 1, 1]), np.array([[2.0, 1.0], [0.0, 3.0], [1.0, 0.0]]))
    ((1, 0), (1, 1))
    """
    classes = len(target.classes)
    if not 0 < classes <= CLASSES:
        return None
    counts = np.bincount(y * classes + predicted_labels(z), minlength=classes**2).reshape(classes, classes)
    return tuple(map(tuple, counts.tolist()))


def calibration(confidence: NDArray[np.float64], correct: NDArray[np.bool_]) -> CalibrationRecord:
    """Compute mean confidence and accuracy in ten bins of equal width; bins without predictions are left out.

    The last bin is closed. Source: Guo, Pleiss, Sun and Weinberger (2017), On Calibration of Modern Neural Networks,
    ICML.

    >>> record = calibration(np.array([0.5, 0.75, 1.0]), np.array([False, True, True]))
    >>> [(part.low, part.rows, part.confidence, part.accuracy) for part in record.bins], record.error
    ([(0.5, 1, 0.5, 0.0), (0.7, 1, 0.75, 1.0), (0.9, 1, 1.0, 1.0)], 0.25)
    """
    edges = np.arange(BINS + 1) / BINS
    inside = np.digitize(confidence, edges[1:-1])
    bins = tuple(
        CalibrationBin(
            low=float(edges[at]),
            high=float(edges[at + 1]),
            rows=int(members.sum()),
            confidence=float(confidence[members].mean()),
            accuracy=float(correct[members].mean()),
        )
        for at in range(BINS)
        if (members := inside == at).any()
    )
    error = ordered_sum(part.rows * abs(part.confidence - part.accuracy) for part in bins) / len(confidence)
    return CalibrationRecord(bins=bins, error=error)
