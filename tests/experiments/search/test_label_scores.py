"""Scores by counts are scikit-learn's, whatever classes are there, and with weights."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.metrics import get_scorer

from experiments.search.label_scores import LABEL_SCORES, counts_of, label_score
from nnet.arrays import Targets

OF_TWO = ("precision", "recall", "f1", "jaccard")


def of_scikit(metric: str, y: Targets, predicted: Targets) -> float:
    scorer = get_scorer(metric)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(scorer._score_func(y, predicted, **scorer._kwargs))


@pytest.mark.parametrize("metric", LABEL_SCORES)
def test_scores_are_scikit_learns_with_weights(metric: str) -> None:
    for seed in range(20):
        random = np.random.default_rng(seed)
        classes = 2 if metric in OF_TWO else int(random.integers(2, 6))
        rows = int(random.integers(1, 25))
        there = random.integers(0, classes, classes)  # not every class is true or predicted
        y, predicted = there[random.integers(0, classes, (2, rows))]
        weights = random.integers(0, 3, rows)
        score = LABEL_SCORES[metric](counts_of(y, predicted, classes, weights.astype(np.float64)))
        repeated = np.repeat(np.arange(rows), weights)
        if len(repeated) == 0:
            assert np.isnan(score), seed
        else:
            assert score == pytest.approx(of_scikit(metric, y[repeated], predicted[repeated]), abs=1e-12), seed


@pytest.mark.parametrize("metric", LABEL_SCORES)
def test_many_counts_are_scored_at_once(metric: str) -> None:
    y, predicted = np.random.default_rng(0).integers(0, 2, (2, 4, 10))
    counts = np.stack([counts_of(one, other, 2) for one, other in zip(y, predicted, strict=True)])
    scores = LABEL_SCORES[metric](counts)
    assert scores.tolist() == [float(LABEL_SCORES[metric](one)) for one in counts]


@pytest.mark.parametrize("metric", LABEL_SCORES)
def test_outputs_are_scored_by_the_classes_that_they_predict(metric: str) -> None:
    z, y = np.array([[0.5], [-1.0], [2.0], [0.1]]), np.array([1, 0, 0, 1])
    expected = of_scikit(metric, y, np.array([1, 0, 1, 1]))
    assert label_score(metric, 2)(z, y) == pytest.approx(expected, abs=1e-12)
    assert label_score(metric, 2)(np.hstack([-z, z]), y) == pytest.approx(expected, abs=1e-12)
    assert np.isnan(label_score(metric, 2)(np.array([[np.nan], [0.0]]), np.array([0, 1])))
