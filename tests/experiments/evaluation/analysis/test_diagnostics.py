"""The summary of out-of-fold predictions, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.evaluation.analysis.diagnostics import CLASSES, MISTAKES, POINTS, confusion
from experiments.evaluation.analysis.diagnostics import predictions as of_rows
from experiments.evaluation.records.analysis_record import OutOfFoldRecord
from experiments.evaluation.uncertainty.of_predictions import OutOfFold
from experiments.evaluation.validation_rows import ValidationRows
from experiments.search.executors.serial import Inline
from experiments.search.out_of_fold import npy
from nnet.arrays import Array, Rows, Targets

LOG3 = np.log(3.0)
THREE = Target(("a", "b", "c"))


def predictions(z: Array, y: Targets, rows: Rows, target: Target, are_probabilities: bool = True) -> OutOfFoldRecord:
    """Sum up outputs of rows, each its own unit, in fold 1."""
    validated = ValidationRows(rows.astype(np.intp), np.ones(len(z), np.intp), y, rows.astype(np.intp))
    return of_rows(OutOfFold(Inline(npy(z)), are_probabilities), validated, target)


def test_classes_are_counted_and_the_worst_mistakes_come_first() -> None:
    z = np.array([[2, 0, 0], [0, 5, 0], [0, 9, 0], [0, 0, 3], [0, 1, 0]], np.float32)
    y = np.array([0, 0, 2, 2, 0])
    found = predictions(z, y, np.array([4, 1, 0, 2, 3]), THREE, are_probabilities=True)
    assert found.confusion == ((1, 2, 0), (0, 0, 0), (0, 1, 1))
    assert [(one.row, one.fold, one.truth, one.predicted) for one in found.mistakes] == [
        (0, 1, "c", "b"),
        (1, 1, "a", "b"),
        (3, 1, "a", "b"),
    ]
    assert found.mistakes[0].loss == pytest.approx(np.log(np.exp(9) + 2))
    assert found.mistakes[0].probability == pytest.approx(np.exp(9) / (np.exp(9) + 2))
    assert found.points == ()


def test_a_logistic_unit_has_two_classes() -> None:
    z = np.array([[LOG3], [-LOG3], [-LOG3]], np.float32)
    found = predictions(z, np.array([1, 0, 1]), np.arange(3), Target(("no", "yes")), True)
    assert found.confusion == ((1, 0), (1, 1))
    assert [(one.low, one.rows) for one in found.calibration.bins] == [(0.7, 3)]
    assert found.calibration.error == pytest.approx(0.75 - 2 / 3, abs=1e-6)
    assert [one.row for one in found.mistakes] == [2]
    assert found.mistakes[0].loss == pytest.approx(np.log(4))


def test_probabilities_that_are_true_are_calibrated() -> None:
    random = np.random.default_rng(0)
    p = random.random(50_000)
    z = np.log(p / (1 - p))[:, None]
    y = (random.random(50_000) < p).astype(int)
    true = predictions(z, y, np.arange(50_000), Target(("no", "yes")), True).calibration
    sharp = predictions(3 * z, y, np.arange(50_000), Target(("no", "yes")), True).calibration
    assert true.error < 0.01
    assert sharp.error > 0.1
    assert all(one.low <= one.confidence <= one.high for one in true.bins)


def test_outputs_that_are_no_probabilities_are_not_taken_for_them() -> None:
    z = np.array([[0.9, 0.2, 0.1], [0.1, 0.2, 0.9]])
    found = predictions(z, np.array([0, 0]), np.arange(2), THREE, are_probabilities=False)
    assert found.calibration is None
    assert [(one.probability, one.loss) for one in found.mistakes] == [(None, pytest.approx(0.8))]


def test_a_row_is_named_once_with_its_worst_prediction() -> None:
    z = np.array([[0, 1, 0], [0, 2, 0], [0, 1.5, 0]], np.float32)
    found = predictions(z, np.zeros(3, int), np.array([5, 5, 6]), THREE, True)
    assert [one.row for one in found.mistakes] == [5, 6]
    assert found.mistakes[0].loss == pytest.approx(np.log(np.exp(2) + 2))


def test_there_are_limits() -> None:
    classes = CLASSES + 1
    z = np.eye(classes)[np.arange(classes) - 1]
    many = Target(tuple(map(str, range(classes))))
    found = predictions(z, np.arange(classes), np.arange(classes), many, True)
    assert found.confusion is None
    assert [one.row for one in found.mistakes] == list(range(MISTAKES))


def test_numbers_have_errors_and_points_spread_over_the_rows() -> None:
    rows = np.random.default_rng(0).permutation(2000)
    y = rows.astype(float)
    z = (y + np.where(rows == 7, -30.0, np.where(rows == 9, 20.0, 0.0)))[:, None]
    found = predictions(z, y, rows, Target(), are_probabilities=False)
    assert [(one.truth, one.predicted, one.loss) for one in found.mistakes] == [("7", "-23", 30.0), ("9", "29", 20.0)]
    assert len(found.points) == POINTS
    assert [truth for truth, _ in found.points] == list(range(0, 2000, 4))
    assert (found.confusion, found.calibration) == (None, None)
    few = predictions(z[:3], y[:3], rows[:3], Target(), are_probabilities=False)
    assert sorted(few.points) == sorted(zip(y[:3], z[:3, 0], strict=True))


def test_the_confusion_counts_every_row_once() -> None:
    random = np.random.default_rng(0)
    y = random.integers(0, 2, 200)
    z = np.stack([1.0 - y, y], axis=1) * 2 + random.normal(size=(200, 2))
    counts = confusion(Target(("a", "b")), y, z)
    assert np.sum(counts, axis=1).tolist() == np.bincount(y).tolist()
    assert np.trace(counts) == (z.argmax(axis=1) == y).sum()
    assert confusion(Target(("a", "b")), y, z[:, 1:] - z[:, :1]) == counts  # a logistic unit's
    assert confusion(Target(), y.astype(float), z[:, :1]) is None
    many = Target(tuple(map(str, range(CLASSES + 1))))
    assert confusion(many, y, np.zeros((200, CLASSES + 1))) is None
