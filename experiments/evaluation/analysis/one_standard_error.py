"""The one-standard-error rule: the smallest network whose score is at most one standard error behind the best.

The standard error is that of the difference between the two scores. Both networks predicted the same rows, so what
makes a row hard for both takes no part in it; the usual one, of the best network's mean over its folds, ignores that.

Sources: Breiman and others (1984), Classification and Regression Trees, section 3.4.3, for the rule; Chen and Yang
(2021), Stats 4, 868-892, for the usual standard error, which is up to twice or half of what it should be; Yates and
others (2023), Ecological Monographs 93, e1557, for one that takes the correlation of the two scores into account.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from experiments.evaluation.statistics.resampling import Numbers
from nnet.arrays import Rows


def paired_errors(draws: Numbers, best: int) -> Numbers:
    """Return the (C,) standard errors of the differences between one configuration and each, over bootstrap draws.

    Args:
        draws: (B, C) scores of the same draws.

    >>> paired_errors(np.array([[0.9, 0.8], [0.7, 0.6], [0.8, 0.7]]), best=0).round(6).tolist()
    [0.0, 0.0]
    """
    errors: Numbers = (draws[:, best, None] - draws).std(axis=0, ddof=1)
    return errors


def fold_errors(scores: Numbers, best: int, ratio: float) -> Numbers:
    """Return the (C,) standard errors of the differences over the folds, whose training rows overlap.

    Args:
        scores: (C, F) score of each fold.
        ratio:  validation rows of a fold for each of its training rows.

    Source: Nadeau and Bengio (2003), Machine Learning 52, 239-281: the variance of the mean over F folds is
    (1/F + ratio) times that of a fold.
    """
    errors: Numbers = (scores[best] - scores).std(axis=1, ddof=1) * sqrt(1 / scores.shape[1] + ratio)
    return errors


def smallest_within(scores: Numbers, best: int, errors: Numbers, sizes: Rows) -> int:
    """Return the smallest of the configurations that are at most one standard error behind the best.

    Of equally small ones it is the one with the highest score, and the first of equals.

    Args:
        scores: (C,) scores, of which that of the best is the highest.
        errors: (C,) standard errors of the differences.
        sizes:  (C,) number of parameters.

    >>> smallest_within(np.array([0.5, 0.88, 0.89, 0.9]), 3, np.array([0.1, 0.02, 0.02, 0.0]), np.array([1, 2, 2, 3]))
    2
    """
    within = scores[best] - scores <= errors
    smallest = within & (sizes == sizes[within].min())
    return int(np.where(smallest, scores, -np.inf).argmax())


def smallest_in_draws(draws: Numbers, sizes: Rows) -> Rows:
    """Apply the rule in each of B draws: the best of a draw, and its standard errors over all draws.

    Args:
        draws: (B, C) finite scores.
        sizes: (C,) number of parameters.

    Returns:
        (B,) the smallest configuration within one standard error of the draw's best.
    """
    bests, chosen = draws.argmax(axis=1), np.empty(len(draws), np.intp)
    for best in np.unique(bests).tolist():
        errors = paired_errors(draws, best)
        for at in np.flatnonzero(bests == best):
            chosen[at] = smallest_within(draws[at], best, errors, sizes)
    return chosen
