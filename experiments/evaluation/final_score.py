"""The score of outputs on the test rows: its interval, and the difference to the default's score."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.errors import SearchError
from experiments.evaluation.mean_outputs import are_probabilities
from experiments.evaluation.results import DefaultScore, FinalScore, IntervalMethod
from experiments.evaluation.statistics import (
    BOOTSTRAP,
    DRAWS,
    bootstrap_interval,
    paired_difference,
    paired_mean_difference,
    resampled,
    resampled_difference,
    verdict,
    wilson_interval,
)
from experiments.search.scorers import scorer
from nnet.arrays import Array, Targets
from nnet.metrics import ROW_SCORES, Score, correct, row_score

SEED = 0  # seed of every resampling, fixed, so that an interval is a function of the outputs
OTHER_METRICS = {
    "classification": ("accuracy",),
    "regression": ("r2", "neg_mean_absolute_error", "neg_root_mean_squared_error"),
}


def final_score(
    metric: str,
    target: Target,
    y: Targets,
    winner: Array,
    default: Array | None,
    groups: NDArray[Any] | None = None,
) -> FinalScore:
    """Score the winner's outputs (N, outputs), and the default's, against the labels or numbers (N,).

    Args:
        groups: (N,) group of each row; None where every row stands alone.

    Returns:
        the score, its interval and the difference to the default, without further metrics, baselines and confusion.

    Raises:
        SearchError: the metric has no interval on so few groups.
    """
    outputs = [winner] if default is None else [winner, default]
    method: IntervalMethod = BOOTSTRAP["rows"]
    draws: int | None = DRAWS
    difference = None
    if metric == "accuracy" and groups is None:
        hits = [correct(z, y) > 0 for z in outputs]
        scores = [float(of_rows.mean()) for of_rows in hits]
        interval, method, draws = wilson_interval(int(hits[0].sum()), len(y)), "wilson", None
        if default is not None:
            difference = paired_difference(*hits)
    elif metric in ROW_SCORES and groups is None:
        rows = [row_score(metric)(z, y) for z in outputs]
        scores = [float(of_rows.mean()) for of_rows in rows]
        interval = bootstrap_interval(rows[0], SEED)
        if default is not None:
            difference = paired_mean_difference(rows[0], rows[1], SEED)
    else:
        score = scorer(metric, target)
        try:
            drawn = resampled(
                [partial(_of_sample, score, z, y) for z in outputs], len(y), SEED, groups, y if target.classes else None
            )
        except ValueError as error:
            raise SearchError(
                f"cv.metric: {metric} has no interval: {error}; choose a metric that does not need every class."
            ) from None
        scores = [of_model.score for of_model in drawn]
        interval, method, draws = drawn[0].interval(), BOOTSTRAP[drawn[0].drawn], len(drawn[0].draws)
        if default is not None:
            difference = resampled_difference(*drawn)
    return FinalScore(
        metric=metric,
        score=scores[0],
        ci95=interval,
        ci_method=method,
        ci_draws=draws,
        rows=len(y),
        times_scored=1,
        metrics={},
        default=None if default is None else DefaultScore(score=scores[1]),
        difference=difference,
        verdict=verdict(difference),
    )


def other_metrics(target: Target, loss: str, y: Targets, z: Array) -> dict[str, float]:
    """Return further scores of outputs (N, outputs), by name; no choice is made by them."""
    # outputs are log-probabilities only where they were trained as such
    likelihood = ("neg_log_loss",) if are_probabilities(loss) else ()
    return {name: scorer(name, target)(z, y) for name in (*OTHER_METRICS[target.task], *likelihood)}


def _of_sample(score: Score, z: Array, y: Targets, sample: NDArray[np.intp]) -> float:
    """Score a sample of rows; NaN where the metric has no value, as when a class is not drawn."""
    return score(z[sample], y[sample])
