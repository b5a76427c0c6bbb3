"""The area under the ROC curve is scikit-learn's, whatever the ties, the form of the outputs and the weights."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from experiments.search.ranking import Ranking, margins, roc_auc


def test_areas_are_scikit_learns_with_ties_and_weights() -> None:
    for seed in range(60):
        random = np.random.default_rng(seed)
        rows = int(random.integers(2, 30))
        z, y = random.integers(-3, 4, (rows, 1)).astype(np.float32), random.integers(0, 2, rows)
        weights = random.integers(0, 4, rows)
        (area,) = Ranking(z, y).areas(weights[None].astype(np.float64))
        repeated = np.repeat(np.arange(rows), weights)
        if len(set(y[repeated].tolist())) < 2:
            assert np.isnan(area), seed
        else:
            assert area == pytest.approx(roc_auc_score(y[repeated], z[repeated, 0]), abs=1e-12), seed


def test_areas_of_many_samples_are_those_of_each() -> None:
    random = np.random.default_rng(0)
    z, y = random.normal(size=(40, 2)).astype(np.float32), random.integers(0, 2, 40)
    weights = random.integers(0, 4, (5, 40)).astype(np.float64)
    ranking = Ranking(z, y)
    assert ranking.areas(weights).tolist() == [ranking.areas(one[None])[0] for one in weights]


def test_an_area_is_exact_and_depends_on_no_order_of_the_rows() -> None:
    random = np.random.default_rng(1)
    z, y = random.integers(0, 5, (30, 1)).astype(np.float32), random.integers(0, 2, 30)
    order = random.permutation(30)
    positive, negative = z[y == 1, 0], z[y == 0, 0]
    halves = sum(2 * (one > other) + (one == other) for one in positive for other in negative)
    assert roc_auc(z, y) == int(halves) / (2 * len(positive) * len(negative)) == roc_auc(z[order], y[order])


@pytest.mark.parametrize("z", [np.array([[0.0], [np.nan]]), np.array([[0.0, 1.0], [np.inf, 0.0]])])
def test_outputs_that_are_not_finite_have_no_area(z: np.ndarray) -> None:
    assert np.isnan(roc_auc(z, np.array([0, 1])))


def test_one_class_and_no_rows_have_no_area() -> None:
    assert np.isnan(roc_auc(np.zeros((3, 2)), np.ones(3, np.intp)))
    assert np.isnan(roc_auc(np.zeros((0, 2)), np.zeros(0, np.intp)))


def test_rows_rank_by_the_second_output_less_the_first() -> None:
    assert margins(np.array([[1.0, 3.0], [2.0, 1.0]], np.float32)).tolist() == [2.0, -1.0]
    assert margins(np.array([[1.0], [2.0]], np.float32)).tolist() == [1.0, 2.0]
