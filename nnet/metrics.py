"""Scores of predictions by class probability, for scikit-learn's scorer names: higher is better.

Each is computed from one number a row, so that it can be summed over chunks and given an interval.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnet.arrays import Array, Labels
from nnet.errors import lookup

RowScore = Callable[[Array, Labels], Array]


def correct(logits: Array, labels: Labels) -> Array:
    """(N, C) logits and (N,) labels -> (N,) 1.0 where the largest logit is the label's; NaN where logits are NaN.

    The first of equals counts.
    """
    hits: Array = (logits.argmax(axis=-1) == labels).astype(np.float64)
    hits[np.isnan(logits).any(axis=-1)] = np.nan
    return hits


def log_likelihood(logits: Array, labels: Labels) -> Array:
    """(N, C) logits and (N,) labels -> (N,) log-probability of the label in nats, computed in float64.

    >>> log_likelihood(np.zeros((1, 2)), np.array([0])).round(4)
    array([-0.6931])
    """
    shifted = logits.astype(np.float64)
    shifted -= shifted.max(axis=-1, keepdims=True)
    log_sum: Array = np.log(np.exp(shifted).sum(axis=-1))
    log_sum -= shifted[np.arange(len(labels)), labels]
    return np.negative(log_sum, out=log_sum)


METRICS: dict[str, RowScore] = {"accuracy": correct, "neg_log_loss": log_likelihood}


def row_score(metric: str) -> RowScore:
    """The score of single rows whose mean is the metric."""
    return lookup(METRICS, metric, "metric")
