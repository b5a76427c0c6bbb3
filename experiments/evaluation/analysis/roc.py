"""The ROC curve and the operating points of two classes, from out-of-fold outputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from experiments.evaluation.analysis.operating_points import operating_points
from experiments.evaluation.records.analysis_record import TemperatureRecord
from experiments.evaluation.records.roc_record import RocRecord
from experiments.evaluation.uncertainty.of_predictions import OutOfFold, calibrated
from experiments.evaluation.uncertainty.temperature import scaled
from experiments.evaluation.validation_rows import ValidationRows
from experiments.search.out_of_fold import array_of
from experiments.search.ranking import margins, roc_auc
from nnet.arrays import Array, Targets

POINTS = 200  # most corners of a curve; more could not be told apart


def roc_of(model: OutOfFold, validated: ValidationRows, temperature: TemperatureRecord | None = None) -> RocRecord:
    """Compute the curve of a model of two classes and its operating points, at its temperature if it has one.

    The curve is at the temperatures of the other folds. The points are at the temperature of the final model, so that a
    threshold is of the probabilities that are served, like the quantiles of prediction sets.
    """
    z = array_of(model.content.open())
    curve = roc(calibrated(z, validated, temperature), validated.y)
    if not model.are_probabilities:
        return curve
    served = scaled(z, 1.0 if temperature is None else temperature.value)
    return replace(curve, operating=operating_points(served, validated.y))


def roc(z: Array, y: Targets) -> RocRecord:
    """Compute the curve of outputs (N, 2) or (N, 1), for which the second class is the positive one.

    Both classes are among the (N,) labels.

    >>> record = roc(np.array([[0.0, 3.0], [0.0, 1.0], [0.0, 2.0], [0.0, -1.0]]), np.array([1, 1, 0, 0]))
    >>> record.area, record.points
    (0.75, ((0.0, 0.0), (0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (1.0, 1.0)))
    """
    false, true = rates(z, y)
    shown = np.unique(np.linspace(0, len(false) - 1, min(len(false), POINTS)).round().astype(int))
    return RocRecord(
        area=roc_auc(z, y),
        positives=int(np.sum(y == 1)),
        negatives=int(np.sum(y == 0)),
        points=tuple(zip(false[shown].tolist(), true[shown].tolist(), strict=True)),
    )


def rates(z: Array, y: Targets) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the rates of false and of true positives at the corners of the curve, (C,) each, from 0 to 1.

    They are those of scikit-learn's roc_curve, which a worker would load for longer than it computes.

    Args:
        z: (N, 2) or (N, 1) finite outputs, for which the second class is the positive one.
        y: (N,) labels 0 and 1, both of them.
    """
    rank = margins(z)
    order = np.argsort(-rank, kind="stable")
    last = np.flatnonzero(np.diff(rank[order], append=np.nan))  # the last row of each tie
    true = np.cumsum(y[order] == 1)[last]
    false = last + 1 - true
    if len(last) > 2:  # what lies on a straight line is left out
        corner = np.concatenate([[True], (np.diff(false, 2) != 0) | (np.diff(true, 2) != 0), [True]])
        true, false = true[corner], false[corner]
    return np.concatenate([[0], false]) / false[-1], np.concatenate([[0], true]) / true[-1]
