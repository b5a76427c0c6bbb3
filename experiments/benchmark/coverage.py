"""Whether 95% intervals hold the truth 95 times in 100: many fitted models, each with a test set of its own.

The data are two normal clouds, apart so far that the best rule has a known accuracy. Each draw has new development and
test rows: a small network is trained on five folds and refitted on all of them, and its true scores come from 100,000
rows more. Beside the intervals of the test set stands that of the folds' scores, mean ± 1.96 sd/√k: five scores say
little of their own spread, so that the normal quantile is too small for them (Student's t, 2.78, covers 93%), and folds
that share training rows err together (Bates, Hastie and Tibshirani, 2021, Cross-validation: what does it estimate and
how well does it do it?). No configuration is chosen here; of a chosen one, the folds' interval covers far less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev

import numpy as np

from experiments.benchmark.synthetic import FEATURES, clouds
from experiments.config.target import Target
from experiments.evaluation.final_score import final_score
from experiments.evaluation.statistics import wilson_interval
from experiments.search.executors.base import Executor
from nnet.arrays import Array, Targets
from nnet.batches import FoldData
from nnet.metrics import score_of
from nnet.network import Architecture
from nnet.settings import TrainingSettings
from nnet.training import fit, train

BEST = (0.65, 0.70, 0.75, 0.80, 0.85, 0.90, 0.94, 0.96)  # accuracy of the best rule; a network comes to less
DEVELOPMENT, TEST, TRUTH, FOLDS = 200, 200, 100_000, 5
ARCHITECTURE = Architecture(inputs=FEATURES, hidden=(8,), outputs=2)
TRAINING = TrainingSettings(epochs=5, batch_size=32, learning_rate=0.02)
TARGET = Target(("left", "right"))
EXPECTED = (0.94, 0.965)  # of Wilson's interval, averaged over the draws
Interval = tuple[float, float]


@dataclass(frozen=True)
class Draw:
    """A fitted model and a test set.

    accuracy, log_loss: the model's true scores, each with its interval from the test set.
    folds:              mean ± 1.96 sd/√k of the accuracies on k folds.
    """

    best: float
    accuracy: float
    wilson: Interval
    log_loss: float
    bootstrap: Interval
    folds: Interval


@dataclass(frozen=True)
class CoverageRow:
    """Shares of the draws whose interval holds the truth.

    best:           accuracy of the best rule; None for all draws.
    accuracy:       mean of the models' true accuracies; lowest and highest of one model.
    wilson:         of the model's accuracy; ci95 is that share's own interval.
    bootstrap:      of the model's mean log-likelihood.
    fold_model:     of the folds' interval, for the accuracy of the model that was refitted on all rows.
    fold_procedure: the same for the mean accuracy of all models trained so, which the folds come nearest to estimating.
    """

    best: float | None
    draws: int
    accuracy: float
    lowest: float
    highest: float
    wilson: float
    ci95: Interval
    bootstrap: float
    fold_model: float
    fold_procedure: float

    @property
    def held(self) -> bool:
        """Whether Wilson's interval covers as often as it should."""
        low, high = EXPECTED
        return low <= self.wilson <= high


def measure_coverage(draws: int, executor: Executor) -> list[CoverageRow]:
    """A row for each distance of the clouds, and one for all; as many draws of each, `draws` or a few more in all."""
    each = -(-draws // len(BEST))
    futures = [executor.submit(drawn, best, (level, seed)) for level, best in enumerate(BEST) for seed in range(each)]
    return coverage_rows([future.result() for future in futures])


def coverage_rows(draws: Sequence[Draw]) -> list[CoverageRow]:
    """A row for each distance of the clouds, and one for all."""
    levels = {best: [one for one in draws if one.best == best] for best in sorted({one.best for one in draws})}
    procedure = {best: mean(one.accuracy for one in level) for best, level in levels.items()}
    return [_row(best, level, procedure) for best, level in levels.items()] + [_row(None, draws, procedure)]


def drawn(best: float, seed: tuple[int, ...]) -> Draw:
    """One model and one test set."""
    random = np.random.default_rng(seed)
    x, y = clouds(random, DEVELOPMENT, best)
    parts = np.array_split(random.permutation(DEVELOPMENT), FOLDS)
    folds = [FoldData(x, y, np.concatenate([*parts[:k], *parts[k + 1 :]]), parts[k]) for k in range(FOLDS)]
    *seeds, last = np.random.SeedSequence(seed).spawn(FOLDS + 1)
    *_, report = train([ARCHITECTURE] * FOLDS, TRAINING, folds, seeds, "accuracy")
    everything = FoldData(x, y, np.arange(DEVELOPMENT), np.empty(0, np.intp))
    network, _ = fit(ARCHITECTURE, TRAINING, everything, last, TRAINING.epochs)

    def outputs(rows: int) -> tuple[Array, Targets]:
        features, labels = clouds(random, rows, best)
        return network.predict(features), labels

    z, labels = outputs(TEST)
    accuracy, log_loss = (final_score(metric, TARGET, labels, z, None) for metric in ("accuracy", "neg_log_loss"))
    z, labels = outputs(TRUTH)
    return Draw(
        best=best,
        accuracy=score_of("accuracy")(z, labels),
        wilson=accuracy.ci95,
        log_loss=score_of("neg_log_loss")(z, labels),
        bootstrap=log_loss.ci95,
        folds=fold_interval(report.scores or ()),
    )


def fold_interval(scores: Sequence[float]) -> Interval:
    """mean ± 1.96 sd/√k of the scores of k folds: no confidence interval, which is what is shown here.

    >>> low, high = fold_interval([0.7, 0.8, 0.9])
    >>> round(low, 3), round(high, 3)
    (0.687, 0.913)
    """
    margin = 1.96 * stdev(scores) / sqrt(len(scores))
    return mean(scores) - margin, mean(scores) + margin


def covers(interval: Interval, truth: float) -> bool:
    """Whether the truth lies inside."""
    low, high = interval
    return low <= truth <= high


def _row(best: float | None, draws: Sequence[Draw], procedure: dict[float, float]) -> CoverageRow:
    wilson = sum(covers(one.wilson, one.accuracy) for one in draws)
    return CoverageRow(
        best=best,
        draws=len(draws),
        accuracy=mean(one.accuracy for one in draws),
        lowest=min(one.accuracy for one in draws),
        highest=max(one.accuracy for one in draws),
        wilson=wilson / len(draws),
        ci95=wilson_interval(wilson, len(draws)),
        bootstrap=mean(covers(one.bootstrap, one.log_loss) for one in draws),
        fold_model=mean(covers(one.folds, one.accuracy) for one in draws),
        fold_procedure=mean(covers(one.folds, procedure[one.best]) for one in draws),
    )
