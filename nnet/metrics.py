"""Scores of outputs against the truth, by scikit-learn's scorer names; higher is better.

All scores except R2 and the root of the mean squared error are means over rows of a row's own score, from which an
interval can be computed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nnet.arrays import Array, Targets
from nnet.checks import shaped
from nnet.errors import lookup
from nnet.losses import softplus

RowScore = Callable[[Array, Targets], Array]
Score = Callable[[Array, Targets], float]


def predicted_labels(z: Array) -> Targets:
    """Return the class indices (N,) of the largest logits, the first among equals.

    z is (N, C), or (N, 1) of a logistic unit.
    """
    labels: Targets = z.argmax(axis=-1) if z.shape[-1] > 1 else (z[:, 0] > 0).astype(np.intp)
    return labels


def class_probabilities(z: Array) -> NDArray[np.float64]:
    """Compute the probabilities (..., classes) of logits (..., C), or (..., 1) of a logistic unit, in float64.

    A row with a NaN or a positive infinity is NaN.

    >>> class_probabilities(np.zeros((1, 1)))
    array([[0.5, 0.5]])
    """
    wide = z.astype(np.float64)
    if wide.shape[-1] == 1:
        wide = np.concatenate([np.zeros_like(wide), wide], axis=-1)
    with np.errstate(invalid="ignore", over="ignore"):  # NaN and minus infinity are outcomes
        wide -= wide.max(axis=-1, keepdims=True)
    np.exp(wide, out=wide)
    wide /= wide.sum(axis=-1, keepdims=True)
    return wide


def correct(z: Array, y: Targets) -> Array:
    """Return (N,) 1.0 where logits (N, C) or (N, 1) predict the label y, else 0.0; NaN where a logit is NaN."""
    shaped("y", y, z.shape[:-1])
    hits: Array = (predicted_labels(z) == y).astype(np.float64)
    hits[np.isnan(z).any(axis=-1)] = np.nan
    return hits


def log_likelihood(z: Array, y: Targets) -> Array:
    """Compute the log-probabilities (N,) of labels y by logits (N, C) or (N, 1), in nats and float64.

    >>> log_likelihood(np.zeros((1, 2)), np.array([0])).round(4)
    array([-0.6931])
    """
    shaped("y", y, z.shape[:-1])
    wide = z.astype(np.float64)
    if wide.shape[-1] == 1:
        towards = np.where(y == 1, wide[:, 0], -wide[:, 0])
        with np.errstate(invalid="ignore"):  # NaN is an outcome
            return np.negative(softplus(-towards))
    wide -= wide.max(axis=-1, keepdims=True)
    log_sum: Array = np.log(np.exp(wide).sum(axis=-1))
    log_sum -= wide[np.arange(len(y)), y]
    return np.negative(log_sum, out=log_sum)


def negative_squared_error(z: Array, y: Targets) -> Array:
    """Compute (N,) minus the squared error of (N, K) outputs, the mean over K; y is (N,) or (N, K)."""
    error: Array = z.astype(np.float64) - y.reshape(z.shape)
    mean: Array = np.mean(error**2, axis=-1)
    return np.negative(mean)


def negative_absolute_error(z: Array, y: Targets) -> Array:
    """Compute (N,) minus the absolute error of (N, K) outputs, the mean over K; y is (N,) or (N, K)."""
    error: Array = z.astype(np.float64) - y.reshape(z.shape)
    mean: Array = np.mean(np.abs(error), axis=-1)
    return np.negative(mean)


def r2(z: Array, y: Targets) -> float:
    """Compute the coefficient of determination, 1 - residual / total sum of squares, as the mean over the outputs.

    As in scikit-learn, an output whose truth is constant scores 1 if it is predicted exactly, and 0 otherwise.
    """
    truth = y.reshape(z.shape).astype(np.float64)
    residual = ((truth - z) ** 2).sum(axis=0)
    total = ((truth - truth.mean(axis=0)) ** 2).sum(axis=0)
    flat = np.ptp(truth, axis=0) == 0  # the sum of squares of equal numbers may be a rounding error
    met = np.where(np.isnan(residual), np.nan, residual == 0)  # 1 or 0, and NaN stays
    scores = np.where(flat, met, 1 - residual / np.where(flat, 1.0, total))
    return float(scores.mean())


def negative_root_mean_squared_error(z: Array, y: Targets) -> float:
    """Compute minus the root of the mean squared error, as the mean over the outputs.

    >>> round(negative_root_mean_squared_error(np.array([[3.0], [5.0]]), np.array([0.0, 1.0])), 4)
    -3.5355
    """
    error: Array = z.astype(np.float64) - y.reshape(z.shape)
    return -float(np.sqrt(np.mean(error**2, axis=0)).mean())


ROW_SCORES: dict[str, RowScore] = {
    "accuracy": correct,
    "neg_log_loss": log_likelihood,
    "neg_mean_absolute_error": negative_absolute_error,
    "neg_mean_squared_error": negative_squared_error,
}
OTHER_SCORES: dict[str, Score] = {"r2": r2, "neg_root_mean_squared_error": negative_root_mean_squared_error}
METRICS = (*ROW_SCORES, *OTHER_SCORES)
OF_CLASSES = ("accuracy", "neg_log_loss")  # the others are of numbers


def row_score(metric: str) -> RowScore:
    """Return the score of single rows whose mean is the metric."""
    return lookup(ROW_SCORES, metric, "metric")


def score_of(metric: str) -> Score:
    """Return the metric of that name, a function of all outputs and the truth."""
    return lookup({**{name: _mean(rows) for name, rows in ROW_SCORES.items()}, **OTHER_SCORES}, metric, "metric")


def _mean(rows: RowScore) -> Score:
    return lambda z, y: float(rows(z, y).mean())
