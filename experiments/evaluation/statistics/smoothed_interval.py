"""The interval of a score of predicted classes with few rows of a class, by samples with errors not yet seen."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.evaluation.statistics.expanded_interval import even_units, stretched
from experiments.evaluation.statistics.intervals import SEED, draws_of, members_of, percentile_limits, rows_of
from experiments.evaluation.statistics.score_range import within
from experiments.search.label_scores import LABEL_SCORES, counts_of
from nnet.arrays import Targets

MANY_OF_CLASS: Final = 100  # rows of a class, from which on one more makes no difference
DRAWS: Final = 1_000
FEWEST: Final = 200  # samples of very many rows
CELLS: Final = 20_000_000  # limit of the rows in all samples: some seconds


def smoothed_interval(
    metric: str,
    y: Targets,
    predicted: Targets,
    classes: int,
    groups: NDArray[Any] | None = None,
    folds: NDArray[np.intp] | None = None,
) -> tuple[tuple[float, float], int]:
    """Compute the 95% interval of a score by counts, such as an F1, from samples of the rows and of one more a class.

    Where all rows of a class are right, so are all samples of them, and a percentile interval takes that for certain.
    So each class has one row more, as far as its predictions go: half of it is right, and the other half is spread over
    the wrong classes. A drawn row of a class of m rows is that one with probability 1 / (m + 1). For a share of two
    outcomes it is the prior of Jeffreys, half a row each. Of groups it is one group more a class, whose rows of that
    class are right or wrong together, and the interval is stretched for the number of groups.

    Args:
        y:         (N,) labels.
        predicted: (N,) predicted labels.
        classes:   number of classes, at least 2.
        groups:    (N,) group of each row; None where every row stands alone.
        folds:     (N,) fold of each row, from 0, if the score is the mean over folds, each with the weight of its rows.

    Returns:
        the interval, and the number of samples.

    Source: Brown, Cai and DasGupta (2001), Interval Estimation for a Binomial Proportion, Statistical Science 16,
    101-133; of a table's cells Agresti and Hitchcock (2005), Bayesian inference for categorical data
    analysis, Statistical Methods and Applications 14, 297-330.

    >>> y = np.repeat([0, 1], [50, 10])
    >>> [round(limit, 2) for limit in smoothed_interval("recall", y, y, classes=2)[0]]
    [0.79, 1.0]
    """
    random, scores = np.random.default_rng(SEED), np.empty(draws_of(len(y), DRAWS, FEWEST, CELLS))
    of_fold = np.zeros(len(y), np.intp) if folds is None else folds
    members, starts, sizes = members_of(np.arange(len(y)) if groups is None else groups)
    count = len(sizes)
    of_class = np.unique(np.repeat(np.arange(count), sizes) * classes + y[members]) % classes
    chance = 1 / (np.bincount(of_class, minlength=classes) + 1)
    for draw in range(len(scores)):
        chosen = random.integers(count, size=count)
        drawn = rows_of(chosen, members, starts, sizes)
        truth, answers = y[drawn], predicted[drawn]
        part, chances = np.arange(count), chance[truth] if groups is None else np.tile(chance, count)
        if groups is not None:  # the rows of a class in a group
            part = np.repeat(part, sizes[chosen]) * classes + truth
        added = np.flatnonzero(random.random(len(chances)) < chances)
        wrong = random.integers(1, classes, size=len(added))
        off = np.full(len(chances), -1)
        off[added] = np.where(random.random(len(added)) < 0.5, 0, wrong)
        answers = np.where(off[part] < 0, answers, (truth + off[part]) % classes)
        scores[draw] = _mean_of_folds(metric, truth, answers, classes, of_fold[drawn])
    score = _mean_of_folds(metric, y, predicted, classes, of_fold)
    low, high = percentile_limits(scores)
    low, high = (low, high) if groups is None else stretched((low, high), score, even_units(sizes))
    return within(metric, (min(score, low), max(score, high))), len(scores)


def _mean_of_folds(metric: str, y: Targets, predicted: Targets, classes: int, folds: NDArray[np.intp]) -> float:
    counts = counts_of(folds * classes + y, folds * classes + predicted, (int(folds.max()) + 1) * classes)
    of_folds = counts.reshape(3, -1, classes).swapaxes(0, 1)
    rows = of_folds[:, 1].sum(axis=1)
    return float(np.average(LABEL_SCORES[metric](of_folds[rows > 0]), weights=rows[rows > 0]))
