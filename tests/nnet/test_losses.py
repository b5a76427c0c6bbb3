"""Softmax cross-entropy against SciPy and central differences, and where naive formulas overflow."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special

from nnet.losses import SoftmaxCrossEntropy

F, B, C = 3, 5, 4
DTYPES = [np.float32, np.float64]


def step(logits, targets, total=None):
    folds, rows, classes = logits.shape
    total = np.zeros(folds, logits.dtype) if total is None else total
    gradient = SoftmaxCrossEntropy(folds, rows, classes, logits.dtype).step(logits, targets, total)
    return total, gradient


def example(seed=0, dtype=np.float64, scale=2.0):
    rng = np.random.default_rng(seed)
    return rng.normal(0, scale, (F, B, C)).astype(dtype), np.eye(C, dtype=dtype)[rng.integers(0, C, (F, B))]


@pytest.mark.parametrize("dtype", DTYPES)
def test_loss_and_gradient_are_those_of_scipy(dtype):
    logits, targets = example(dtype=dtype)
    exact = logits.astype(np.float64)
    total, gradient = step(logits, targets)
    tolerance = 20 * np.finfo(dtype).eps
    expected = -(targets * scipy.special.log_softmax(exact, axis=-1)).sum(axis=(1, 2))
    np.testing.assert_allclose(total, expected, rtol=tolerance)
    np.testing.assert_allclose(gradient, (scipy.special.softmax(exact, axis=-1) - targets) / B, atol=tolerance)


@pytest.mark.parametrize("soft", [False, True])
def test_gradient_of_each_folds_mean_matches_central_differences(soft, check_gradient):
    logits, targets = example(1)
    if soft:
        targets = scipy.special.softmax(np.random.default_rng(2).normal(size=(F, B, C)), axis=-1)
    _, gradient = step(logits.copy(), targets)
    check_gradient(lambda: float(step(logits.copy(), targets)[0].sum()) / B, logits, gradient)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("scale", [1e4, -1e4])
def test_extreme_logits_stay_finite_and_right(dtype, scale):
    logits = np.zeros((2, 2, 3), dtype)
    logits[..., 0] = scale
    logits[..., 1] = -scale
    targets = np.eye(3, dtype=dtype)[[[0, 1], [2, 2]]]
    expected = -(targets * scipy.special.log_softmax(logits.astype(np.float64), axis=-1)).sum(axis=(1, 2))
    total, gradient = step(logits, targets)
    assert np.isfinite(gradient).all()
    np.testing.assert_allclose(total, expected, rtol=1e-6)


def test_the_loss_is_added_and_the_gradient_is_the_logits_buffer():
    logits, targets = example(3)
    alone, _ = step(logits.copy(), targets)
    total, gradient = step(logits, targets, np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(total, alone + np.array([1, 2, 3]), rtol=1e-15)
    assert gradient is logits
    np.testing.assert_allclose(gradient.sum(axis=-1), 0, atol=1e-15)


def test_a_confident_right_answer_costs_nothing_and_nan_is_not_hidden():
    logits = np.array([[[50.0, 0.0]], [[np.nan, 0.0]]])
    total, _ = step(logits, np.array([[[1.0, 0.0]], [[1.0, 0.0]]]))
    assert 0 <= total[0] < 1e-20
    assert np.isnan(total[1])
