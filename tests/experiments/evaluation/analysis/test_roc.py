"""The ROC curve of two classes."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from experiments.evaluation.analysis.roc import POINTS, rates, roc


def test_the_curve_passes_through_the_rates_of_each_threshold() -> None:
    rank, y = np.array([3.0, 2.0, 2.0, 1.0, 0.0]), np.array([1, 1, 0, 1, 0])
    record = roc(rank[:, None], y)
    false, true = zip(*record.points, strict=True)
    assert false == (0.0, 0.0, 0.5, 0.5, 1.0)
    assert true == pytest.approx((0.0, 1 / 3, 2 / 3, 1.0, 1.0))
    assert (record.positives, record.negatives) == (3, 2)
    assert record.area == pytest.approx(roc_auc_score(y, rank))


def test_two_outputs_rank_by_their_difference() -> None:
    z, y = np.array([[5.0, 5.5], [0.0, 2.0], [1.0, 0.0], [-4.0, -1.0]], np.float32), np.array([0, 1, 0, 1])
    assert roc(z, y) == roc((z[:, 1] - z[:, 0])[:, None], y)
    assert roc(z, y).area == 1.0


def test_a_long_curve_keeps_its_ends_and_its_area() -> None:
    chance = np.random.default_rng(0)
    y = chance.integers(0, 2, 5000)
    z = (chance.normal(size=5000) + y)[:, None]
    record = roc(z, y)
    assert len(record.points) == POINTS
    assert (record.points[0], record.points[-1]) == ((0.0, 0.0), (1.0, 1.0))
    assert list(record.points) == sorted(record.points)
    assert record.area == pytest.approx(roc_auc_score(y, z[:, 0]))


@pytest.mark.parametrize("different", [1, 2, 3, 10, 1000])
def test_the_rates_are_those_of_scikit_learn(different: int) -> None:
    chance = np.random.default_rng(different)
    for rows in (2, 3, 4, 50, 500):
        y = np.concatenate([[0, 1], chance.integers(0, 2, rows - 2)])
        rank = chance.integers(0, different, rows) + 0.5 * y * (different > 3)
        false, true, _ = roc_curve(y, rank)
        found = rates(rank[:, None], y)
        np.testing.assert_array_equal(found[0], false)
        np.testing.assert_array_equal(found[1], true)
