"""The ROC curve of two classes, from out-of-fold outputs."""

from __future__ import annotations

import numpy as np

from experiments.evaluation.records import RocRecord, TemperatureRecord
from experiments.evaluation.uncertainty import OutOfFold, calibrated
from experiments.evaluation.validation_rows import ValidationRows
from experiments.search.out_of_fold import array_of
from experiments.search.ranking import margins, roc_auc
from nnet.arrays import Array, Targets

POINTS = 200  # most corners of a curve; more could not be told apart


def roc_of(model: OutOfFold, validated: ValidationRows, temperature: TemperatureRecord | None = None) -> RocRecord:
    """Compute the curve of a model of two classes at its temperature, if it has one."""
    return roc(calibrated(array_of(model.content.open()), validated, temperature), validated.y)


def roc(z: Array, y: Targets) -> RocRecord:
    """Compute the curve of outputs (N, 2) or (N, 1), for which the second class is the positive one.

    Both classes are among the (N,) labels.

    >>> record = roc(np.array([[0.0, 3.0], [0.0, 1.0], [0.0, 2.0], [0.0, -1.0]]), np.array([1, 1, 0, 0]))
    >>> record.area, record.points
    (0.75, ((0.0, 0.0), (0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (1.0, 1.0)))
    """
    from sklearn.metrics import roc_curve

    false, true, _ = roc_curve(y, margins(z))
    shown = np.unique(np.linspace(0, len(false) - 1, min(len(false), POINTS)).round().astype(int))
    return RocRecord(
        area=roc_auc(z, y),
        positives=int(np.sum(y == 1)),
        negatives=int(np.sum(y == 0)),
        points=tuple(zip(false[shown].tolist(), true[shown].tolist(), strict=True)),
    )
