"""What outputs on the test rows say: the score with its interval, and the difference to the default's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.errors import SearchError
from experiments.evaluation.results import Difference, IntervalMethod
from experiments.evaluation.statistics import (
    BOOTSTRAP,
    DRAWS,
    bootstrap_interval,
    paired_difference,
    paired_mean_difference,
    resampled,
    resampled_difference,
    wilson_interval,
)
from experiments.search.scorers import scorer
from nnet.arrays import Array, Targets
from nnet.metrics import ROW_SCORES, Score, correct, row_score

SEED = 0  # of every resampling, fixed, so that an interval is a function of the outputs
OTHER_METRICS = {
    "classification": ("accuracy",),
    "regression": ("r2", "neg_mean_absolute_error", "neg_root_mean_squared_error"),
}


@dataclass(frozen=True)
class FinalScore:
    """A score on test rows. default and difference are None where there is nothing to compare with.

    ci_draws: number of bootstrap draws; None without a bootstrap.
    """

    score: float
    ci95: tuple[float, float]
    ci_method: IntervalMethod
    ci_draws: int | None
    default: float | None
    difference: Difference | None


def judge(
    metric: str,
    target: Target,
    y: Targets,
    winner: Array,
    default: Array | None,
    groups: NDArray[Any] | None = None,
) -> FinalScore:
    """Judge the winner's outputs (N, outputs), and the default's, against the labels or numbers (N,).

    Args:
        groups: (N,) which rows belong together; None where every row stands alone.

    Raises:
        SearchError: the metric has no interval on so few groups.
    """
    if metric == "accuracy" and groups is None:
        hits, others = correct(winner, y) > 0, None if default is None else correct(default, y) > 0
        return FinalScore(
            float(hits.mean()),
            wilson_interval(int(hits.sum()), len(y)),
            "wilson",
            None,
            None if others is None else float(others.mean()),
            None if others is None else paired_difference(hits, others),
        )
    if metric in ROW_SCORES and groups is None:
        rows = row_score(metric)
        ours, theirs = rows(winner, y), None if default is None else rows(default, y)
        return FinalScore(
            float(ours.mean()),
            bootstrap_interval(ours, SEED),
            BOOTSTRAP["rows"],
            DRAWS,
            None if theirs is None else float(theirs.mean()),
            None if theirs is None else paired_mean_difference(ours, theirs, SEED),
        )
    outputs, score = [winner] if default is None else [winner, default], scorer(metric, target)
    scores = [partial(_of_sample, score, z, y) for z in outputs]
    try:
        of_winner, *of_default = resampled(scores, len(y), SEED, groups, y if target.classes else None)
    except ValueError as error:
        raise SearchError(
            f"cv.metric: {metric} has no interval: {error}; choose a metric that does not need every class."
        ) from None
    return FinalScore(
        of_winner.score,
        of_winner.interval(),
        BOOTSTRAP[of_winner.drawn],
        len(of_winner.draws),
        of_default[0].score if of_default else None,
        resampled_difference(of_winner, of_default[0]) if of_default else None,
    )


def other_metrics(target: Target, loss: str, y: Targets, z: Array) -> dict[str, float]:
    """Further scores of outputs (N, outputs), by name, which no choice was made by."""
    # outputs are log-probabilities only where they were trained as such
    likelihood = ("neg_log_loss",) if loss.endswith("cross_entropy") else ()
    return {name: scorer(name, target)(z, y) for name in (*OTHER_METRICS[target.task], *likelihood)}


def _of_sample(score: Score, z: Array, y: Targets, sample: NDArray[np.intp]) -> float:
    """NaN where the metric has no value, as when a class is not drawn."""
    return score(z[sample], y[sample])
