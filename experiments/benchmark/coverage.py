"""The coverage of 95% intervals: the share that holds the truth, over many fitted models with a test set each.

The data are two normal clouds, apart so far that the best rule has a known accuracy. Each draw has new development and
test rows: a small network is trained on five folds and refitted on all of them, and its true scores come from 100,000
rows more. Beside the intervals of the test set stands that of the folds' scores, mean ± 1.96 sd/√k: five scores say
little of their own spread, so that the normal quantile is too small for them (Student's t, 2.78, covers 93%), and folds
that share training rows err together (Bates, Hastie and Tibshirani, 2021, Cross-validation: what does it estimate and
how well does it do it?). No configuration is chosen here; after a choice, the folds' interval covers far less.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import mean, stdev
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console

from experiments.benchmark.synthetic import FEATURES, clouds
from experiments.benchmark.tabulate import Line, print_table
from experiments.config.target import Target
from experiments.evaluation.scoring.final_score import Truth, final_score
from experiments.evaluation.statistics.intervals import Interval, wilson_interval
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
LEAST, MOST = 0.94, 0.965  # share of the draws in which Wilson's interval must hold the truth
COLUMNS = {
    "best rule": "best:.2f",
    "draws": "draws:,",
    "true accuracy": "accuracy:.3f",
    "lowest": "lowest:.3f",
    "highest": "highest:.3f",
    "Wilson": "wilson:.1%",
    "log loss": "likelihood:.1%",
    "folds": "fold_model:.1%",
    "folds, procedure": "fold_procedure:.1%",
}


def measure_coverage(draws: int, executor: Executor) -> list[Line]:
    """Return a line for each distance of the clouds, and a line for all.

    Args:
        draws: number of draws in all, rounded up so that each distance has as many.
    """
    each = -(-draws // len(BEST))
    futures = [executor.submit(drawn, best, (level, seed)) for level, best in enumerate(BEST) for seed in range(each)]
    return coverage_lines([future.result() for future in futures])


def show(lines: Sequence[Line], console: Console) -> None:
    """Print the shares and what they are shares of; the last line is all draws."""
    print_table(console, lines, COLUMNS, title="Shares of 95% intervals that hold the truth")
    everything = lines[-1]
    console.print(
        "The last row is all draws. log loss: the interval of its mean. folds: mean ± 1.96 sd/√k of five folds, for",
        "the accuracy of the model that is refitted on all rows; procedure: for the mean accuracy of all such models.",
        f"Wilson, all draws: {everything['wilson']:.1%} [{everything['ci95_low']:.1%}, {everything['ci95_high']:.1%}], "
        f"{LEAST:.1%} to {MOST:.1%} wanted: {'held' if everything['held'] else 'not held'}.",
        sep="\n",
    )


def coverage_lines(draws: Sequence[dict[str, Any]]) -> list[Line]:
    """Return a line for each distance of the clouds, and a line for all, from what `drawn` returns.

    Returns:
        Lines with `best`, the accuracy of the best rule (None for all draws), the number of `draws`, the mean, lowest
        and highest true `accuracy` of their models, and the shares of the draws whose interval holds the truth:
        `wilson` (with that share's own interval), `likelihood`, `fold_model`, and `fold_procedure`, for the mean
        accuracy of all models trained so, which the folds come nearest to estimating.
    """
    frame = pd.DataFrame(draws)
    expected = frame.groupby("best")["accuracy"].transform("mean")
    frame["fold_procedure"] = expected.between(frame["folds_low"], frame["folds_high"])
    return [_line(best, level) for best, level in frame.groupby("best")] + [_line(None, frame)]


def _line(best: float | None, draws: pd.DataFrame) -> Line:
    shares = draws[["wilson", "likelihood", "fold_model", "fold_procedure"]].mean().to_dict()
    low, high = wilson_interval(int(draws["wilson"].sum()), len(draws))
    return {
        "best": best,
        "draws": len(draws),
        "accuracy": draws["accuracy"].mean(),
        "lowest": draws["accuracy"].min(),
        "highest": draws["accuracy"].max(),
        **shares,
        "ci95_low": low,
        "ci95_high": high,
        "held": bool(LEAST <= shares["wilson"] <= MOST),
    }


def drawn(best: float, seed: tuple[int, ...]) -> dict[str, Any]:
    """Fit a model and say which of its intervals hold its true accuracy and log-likelihood.

    Returns:
        `best`, the model's true `accuracy`, whether `wilson`, `likelihood` and `fold_model` hold the truth, and the
        interval of the folds' accuracies.
    """
    random = np.random.default_rng(seed)
    x, y = clouds(random, DEVELOPMENT, best)
    parts = np.array_split(random.permutation(DEVELOPMENT), FOLDS)
    folds = [FoldData(x, y, np.concatenate([*parts[:k], *parts[k + 1 :]]), parts[k]) for k in range(FOLDS)]
    *seeds, last = np.random.SeedSequence(seed).spawn(FOLDS + 1)
    *_, report = train([ARCHITECTURE] * FOLDS, TRAINING, folds, seeds, "accuracy")
    everything = FoldData(x, y, np.arange(DEVELOPMENT), np.empty(0, np.intp))
    network, _ = fit(ARCHITECTURE, TRAINING, [everything], [last], TRAINING.epochs)

    def outputs(rows: int) -> tuple[Array, Targets]:
        features, labels = clouds(random, rows, best)
        return network.predict(features), labels

    z, labels = outputs(TEST)
    truth = Truth(labels)
    wilson, likelihood = (final_score(metric, TARGET, truth, z, None).ci95 for metric in ("accuracy", "neg_log_loss"))
    z, labels = outputs(TRUTH)
    accuracy = score_of("accuracy")(z, labels)
    interval = fold_interval(report.scores or ())
    return {
        "best": best,
        "accuracy": accuracy,
        "wilson": covers(wilson, accuracy),
        "likelihood": covers(likelihood, score_of("neg_log_loss")(z, labels)),
        "fold_model": covers(interval, accuracy),
        "folds_low": interval[0],
        "folds_high": interval[1],
    }


def fold_interval(scores: Sequence[float]) -> Interval:
    """Return mean ± 1.96 sd/√k of the scores of k folds: no confidence interval, which is what is shown here.

    >>> low, high = fold_interval([0.7, 0.8, 0.9])
    >>> round(low, 3), round(high, 3)
    (0.687, 0.913)
    """
    margin = 1.96 * stdev(scores) / sqrt(len(scores))
    return mean(scores) - margin, mean(scores) + margin


def covers(interval: Interval, truth: float) -> bool:
    """Return whether the truth lies inside an interval."""
    low, high = interval
    return low <= truth <= high
