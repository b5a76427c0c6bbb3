"""What outputs on the test rows say: the score with its interval, and the difference to the default's."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.records.results import Difference
from experiments.reports.statistics import (
    BOOTSTRAP,
    bootstrap_interval,
    paired_difference,
    paired_mean_difference,
    score_difference,
    score_interval,
    wilson_interval,
)
from experiments.search.scoring import scorer
from nnet.arrays import Array, Labels
from nnet.metrics import ROW_SCORES, correct, row_score

SEED = 0  # of every resampling, fixed, so that an interval is a function of the outputs


@dataclass(frozen=True)
class Judgement:
    """A score on test rows. default and difference are None where there is nothing to compare with."""

    score: float
    ci95: tuple[float, float]
    ci_method: str
    default: float | None
    difference: Difference | None


def judge(metric: str, classes: int, labels: Labels, winner: Array, default: Array | None) -> Judgement:
    """Judge the winner's outputs (N, outputs), and the default's, against the labels (N,)."""
    if metric == "accuracy":
        hits, others = correct(winner, labels) > 0, None if default is None else correct(default, labels) > 0
        return Judgement(
            float(hits.mean()),
            wilson_interval(int(hits.sum()), len(labels)),
            "Wilson",
            None if others is None else float(others.mean()),
            None if others is None else paired_difference(hits, others),
        )
    if metric in ROW_SCORES:
        rows = row_score(metric)
        ours, theirs = rows(winner, labels), None if default is None else rows(default, labels)
        return Judgement(
            float(ours.mean()),
            bootstrap_interval(ours, SEED),
            BOOTSTRAP,
            None if theirs is None else float(theirs.mean()),
            None if theirs is None else paired_mean_difference(ours, theirs, SEED),
        )
    of_winner = _of_sample(metric, classes, winner, labels)
    everything = np.arange(len(labels))
    of_default = None if default is None else _of_sample(metric, classes, default, labels)
    return Judgement(
        of_winner(everything),
        score_interval(of_winner, len(labels), SEED),
        "percentile bootstrap over rows, 1,000 draws",
        None if of_default is None else of_default(everything),
        None if of_default is None else score_difference(of_winner, of_default, len(labels), SEED),
    )


def _of_sample(metric: str, classes: int, z: Array, labels: Labels) -> Callable[[NDArray[np.intp]], float]:
    """The score of a sample of rows; NaN where the metric has none, as when a class is not drawn."""
    score = scorer(metric, classes)

    def of(sample: NDArray[np.intp]) -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return score(z[sample], labels[sample])
            except ValueError:
                return float("nan")

    return of
