"""Row scores whose means are scikit-learn's metrics."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special
from sklearn.metrics import accuracy_score, get_scorer_names, log_loss

from nnet.errors import SettingError
from nnet.metrics import METRICS, row_score


def accuracy(labels, probabilities):
    return accuracy_score(labels, probabilities.argmax(axis=1))


def neg_log_loss(labels, probabilities):
    return -log_loss(labels, probabilities, labels=np.arange(probabilities.shape[1]))


SCIKIT_LEARN = {"accuracy": accuracy, "neg_log_loss": neg_log_loss}


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mean_is_scikit_learns_metric(metric, dtype):
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(0, 3, (200, 4)).astype(dtype), rng.integers(0, 3, 200)  # the last class never occurs
    expected = SCIKIT_LEARN[metric](labels, scipy.special.softmax(logits.astype(np.float64), axis=1))
    scores = row_score(metric)(logits, labels)
    assert scores.shape == (200,)
    assert scores.dtype == np.float64
    assert abs(scores.mean() - expected) < 1e-12


@pytest.mark.parametrize("metric", METRICS)
def test_names_are_scikit_learns_and_logits_stay(metric):
    assert metric in get_scorer_names()
    logits = np.random.default_rng(0).normal(size=(5, 3))
    before = logits.copy()
    row_score(metric)(logits, np.zeros(5, int))
    assert np.array_equal(logits, before)


def test_log_likelihood_of_extreme_logits_is_exact():
    scores = row_score("neg_log_loss")(np.array([[1e4, -1e4], [1e4, -1e4]], np.float32), np.array([0, 1]))
    assert scores.tolist() == [0.0, -2e4]


def test_of_equal_logits_the_first_counts():
    assert row_score("accuracy")(np.zeros((2, 3)), np.array([0, 1])).tolist() == [1.0, 0.0]


def test_unknown_metric_is_refused():
    with pytest.raises(SettingError, match="metric must be one of accuracy, neg_log_loss, but got 'roc_auc'"):
        row_score("roc_auc")
