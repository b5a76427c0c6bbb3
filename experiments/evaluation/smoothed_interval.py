"""The interval of a score of predicted classes with few rows of a class, by samples with errors not yet seen."""

from __future__ import annotations

from typing import Final

import numpy as np

from experiments.evaluation.score_range import within
from experiments.search.label_scores import LABEL_SCORES, counts_of
from nnet.arrays import Targets

MANY_OF_CLASS: Final = 100  # rows of a class, from which on one more makes no difference
DRAWS: Final = 1_000


def smoothed_interval(metric: str, y: Targets, predicted: Targets, classes: int, seed: int) -> tuple[float, float]:
    """Compute the 95% interval of a score by counts, such as an F1, from samples of the rows and of one more a class.

    Where all rows of a class are right, so are all samples of them, and a percentile interval takes that for certain.
    So each class has one row more, as far as its predictions go: half of it is right, and the other half is spread over
    the wrong classes. A drawn row of a class of m rows is that one with probability 1 / (m + 1). For a share of two
    outcomes it is the prior of Jeffreys, half a row each.

    Args:
        y:         (N,) labels.
        predicted: (N,) predicted labels.
        classes:   number of classes, at least 2.

    Source: Brown, Cai and DasGupta (2001), Interval Estimation for a Binomial Proportion, Statistical Science 16,
    101-133; of a table's cells Agresti and Hitchcock (2005), Bayesian inference for categorical data
    analysis, Statistical Methods and Applications 14, 297-330.

    >>> y = np.repeat([0, 1], [50, 10])
    >>> [round(limit, 2) for limit in smoothed_interval("recall", y, y, classes=2, seed=0)]
    [0.79, 1.0]
    """
    random, scores, rows = np.random.default_rng(seed), np.empty(DRAWS), len(y)
    chance = 1 / (np.bincount(y, minlength=classes) + 1)
    for draw in range(DRAWS):
        drawn = random.integers(rows, size=rows)
        truth, answers = y[drawn], predicted[drawn]
        added = np.flatnonzero(random.random(rows) < chance[truth])
        wrong = (truth[added] + random.integers(1, classes, size=len(added))) % classes
        answers[added] = np.where(random.random(len(added)) < 0.5, truth[added], wrong)
        scores[draw] = LABEL_SCORES[metric](counts_of(truth, answers, classes))
    score = float(LABEL_SCORES[metric](counts_of(y, predicted, classes)))
    low, high = np.quantile(scores, (0.025, 0.975))
    return within(metric, (min(score, float(low)), max(score, float(high))))
