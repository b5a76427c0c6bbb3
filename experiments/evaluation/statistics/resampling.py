"""Scores of bootstrap samples of rows, for many configurations at once, without scoring each sample from the start.

A sample is a weight of each unit: the number of times that it was drawn. A unit is drawn as a whole: a row with all
its predictions, or a group of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.evaluation.records.reasons import BootstrapTooSlow
from experiments.evaluation.statistics.score_range import score_range
from experiments.search.label_scores import LABEL_SCORES, counts_of
from experiments.search.out_of_fold import array_of
from experiments.search.ranking import ROC_AUC, Ranking
from experiments.search.scorers import scorer
from experiments.search.trial import Shared
from nnet.arrays import Array, Rows, Targets
from nnet.metrics import ROW_SCORES, RowScore, negative_squared_error, predicted_labels

Numbers = NDArray[np.float64]
Contents = Sequence[Shared]  # .npy files of (P, outputs), one of each configuration
WeightedScore = Callable[[Numbers, int], float]  # score of a configuration by the weight (P,) of each prediction
DRAWS = 1000
FEWEST, MOST = 30, 200  # limits of the number of draws, where scikit-learn scores each
COUNTED = 5_000  # rows whose counting takes as long as the score of the counts
FLAT = 1e-9  # share of the sum of squares, below which a variance is the rounding of equal numbers
CALLS, NUMBERS = 2_000, 100_000_000  # limits of scorer calls, and of outputs in all of them: some seconds


class Samples(Protocol):
    """Scores of samples.

    units:   U, the number of units to draw from.
    draws:   number of samples that can be scored in some seconds.
    is_mean: whether a score is a mean over rows, so that a part of the rows has the score of all in expectation.
    at_once: whether all configurations are scored as quickly as one.
    highest: the highest score that there can be.
    """

    units: int
    draws: int
    is_mean: bool
    at_once: bool
    highest: float

    def scores(self, weights: Numbers) -> Numbers:
        """Score b samples, given by weights (b, U): (b, C), NaN where a sample has no score."""
        ...

    def scores_of(self, weights: Numbers, chosen: Rows) -> Numbers:
        """Score one configuration (b,) in each of b samples, given by weights (b, U): (b,)."""
        ...


def samples_of(metric: str, target: Target, contents: Contents, y: Targets, units: Rows) -> Samples | BootstrapTooSlow:
    """Return samples of predictions, as cheap as the metric allows, or the reason why there are none.

    Args:
        contents: shared outputs of C configurations.
        y:        (P,) the truth of each prediction.
        units:    (P,) the unit of each prediction, in [0, U).
    """
    if metric in SUMS or metric in ROW_SCORES:
        return Sums(metric, contents, y, units)
    calls = len(contents) + 2  # each of them, the chosen one, and the winner
    if metric in LABEL_SCORES:
        numbers = calls * max(len(y) + 3 * len(target.classes), COUNTED)
        draws = min(DRAWS, max(FEWEST, NUMBERS // numbers))
        return OneByOne(by_counts(metric, target, contents, y), len(contents), units, draws)
    most = DRAWS if metric == ROC_AUC else min(MOST, max(FEWEST, CALLS // calls))
    draws = min(most, NUMBERS // (calls * len(y) * target.outputs))
    if draws < FEWEST:
        return BootstrapTooSlow(metric=metric, configurations=len(contents), rows=len(y))
    if metric == ROC_AUC:
        return Rankings(contents, y, units, draws)
    return OneByOne(by_repetition(metric, target, contents, y), len(contents), units, draws, score_range(metric)[1])


class Sums:
    """Samples of a metric that follows from sums over rows, so a product of matrices scores all of them.

    The squared errors and the numbers, less their mean, give R2 = 1 - SS_residual / SS_total.
    """

    at_once = True

    def __init__(self, metric: str, contents: Contents, y: Targets, units: Rows):
        self.units, self.draws, self._metric = int(units.max()) + 1, DRAWS, metric
        self.is_mean, self.highest = metric not in SUMS, score_range(metric)[1]
        rows = ROW_SCORES.get(metric, negative_squared_error)
        self._sums = np.stack([self._summed(rows(_opened(content), y), units) for content in contents], axis=1)
        centred = y - y.mean() if metric == "r2" else np.zeros(len(y))
        self._shared = np.stack(
            [self._summed(values, units) for values in (np.ones(len(y)), centred, centred**2)], axis=1
        )

    def scores(self, weights: Numbers) -> Numbers:
        """Score samples: (b, U) -> (b, C)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            shared = weights @ self._shared
            rows, numbers, squares = shared[:, :1], shared[:, 1:2], shared[:, 2:]
            sums = weights @ self._sums
            if self._metric == "r2":
                total = squares - numbers**2 / rows
                return 1 + sums / np.where(total > FLAT * squares, total, np.nan)
            means: Numbers = sums / rows
            return -np.sqrt(-means) if self._metric == "neg_root_mean_squared_error" else means

    def scores_of(self, weights: Numbers, chosen: Rows) -> Numbers:
        """Score one configuration in each sample: (b, U), (b,) -> (b,)."""
        return self.scores(weights)[np.arange(len(chosen)), chosen]

    def _summed(self, rows: Array, units: Rows) -> Numbers:
        return np.bincount(units, rows, self.units).astype(np.float64, copy=False)


class Rankings:
    """Samples of the area under the ROC curve, for which the rows are ordered once."""

    is_mean, at_once, highest = False, False, 1.0

    def __init__(self, contents: Contents, y: Targets, units: Rows, draws: int):
        self.units, self.draws, self._units = int(units.max()) + 1, draws, units
        self._rankings = [Ranking(_opened(content), y) for content in contents]

    def scores(self, weights: Numbers) -> Numbers:
        """Score samples: (b, U) -> (b, C)."""
        of_rows = weights[:, self._units]
        return np.stack([ranking.areas(of_rows) for ranking in self._rankings], axis=1)

    def scores_of(self, weights: Numbers, chosen: Rows) -> Numbers:
        """Score one configuration in each sample: (b, U), (b,) -> (b,)."""
        scores = np.empty(len(chosen))
        for configuration in np.unique(chosen):
            samples = chosen == configuration
            scores[samples] = self._rankings[configuration].areas(weights[samples][:, self._units])
        return scores


class OneByOne:
    """Samples that are scored one after the other.

    Args:
        score:   score of a configuration, by the weight (P,) of each prediction.
        units:   (P,) the unit of each prediction.
        highest: the highest score that there can be.
    """

    is_mean, at_once = False, False

    def __init__(self, score: WeightedScore, configurations: int, units: Rows, draws: int, highest: float = 1.0):
        self.highest = highest
        self.units, self.draws = int(units.max()) + 1, draws
        self._score, self._configurations, self._units = score, range(configurations), units

    def scores(self, weights: Numbers) -> Numbers:
        """Score samples: (b, U) -> (b, C)."""
        return np.array([[self._score(sample[self._units], c) for c in self._configurations] for sample in weights])

    def scores_of(self, weights: Numbers, chosen: Rows) -> Numbers:
        """Score one configuration in each sample: (b, U), (b,) -> (b,)."""
        return np.array([self._score(sample[self._units], int(c)) for sample, c in zip(weights, chosen, strict=True)])


def by_counts(metric: str, target: Target, contents: Contents, y: Targets) -> WeightedScore:
    """Return the score of weighted predictions by a metric that follows from the counts of truths and predictions."""
    predicted = [predicted_labels(_opened(content)) for content in contents]
    classes, of_counts = len(target.classes), LABEL_SCORES[metric]

    def score(weights: Numbers, configuration: int) -> float:
        return float(of_counts(counts_of(y, predicted[configuration], classes, weights)))

    return score


def by_repetition(metric: str, target: Target, contents: Contents, y: Targets) -> WeightedScore:
    """Return the score by any metric, of predictions that are repeated as often as they were drawn."""
    z, of_rows = [_opened(content) for content in contents], scorer(metric, target)

    def score(weights: Numbers, configuration: int) -> float:
        rows = np.repeat(np.arange(len(weights)), weights.astype(np.intp))
        return of_rows(z[configuration][rows], y[rows]) if len(rows) else float("nan")

    return score


SUMS: dict[str, RowScore] = {"r2": negative_squared_error, "neg_root_mean_squared_error": negative_squared_error}


def _opened(content: Shared) -> Array:
    return array_of(content.open())
