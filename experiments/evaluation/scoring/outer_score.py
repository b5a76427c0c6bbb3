"""The pooled score of nested cross-validation, and an interval that knows that its training sets overlap.

The score is that of the procedure, search included, on training sets that are smaller by a fold. Its interval is
approximate: no unbiased estimate of the variance of cross-validation exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.errors import SearchError
from experiments.evaluation.records.results import DefaultScore, FinalScore, IntervalMethod, ScoreDifference
from experiments.evaluation.scoring.final_score import (
    OfRows,
    Truth,
    fewest,
    of_resampled,
    of_row_scores,
    of_unseen_errors,
)
from experiments.evaluation.statistics.alike_blocks import of_blocks
from experiments.evaluation.statistics.claims import agreed, verdict
from experiments.evaluation.statistics.corrected_t_test import TTest, corrected_t_test
from experiments.evaluation.statistics.exchanges import of_few
from experiments.evaluation.statistics.intervals import Interval, resampled
from experiments.evaluation.statistics.score_range import within
from experiments.search.scorers import SampleScore, sample_scorer, scorer
from nnet.arrays import Array, Targets
from nnet.metrics import ROW_SCORES, row_score
from nnet.ordered_sums import ordered_sum


@dataclass(frozen=True)
class FoldOutputs:
    """The outputs for the rows of an outer fold.

    y:       (n,) labels or numbers.
    winner:  (n, outputs) of the configuration that its study chose.
    default: the same of the default; None where it has none.
    groups:  (n,) group of each row; None where every row stands alone.
    won:     the default is what its study chose, so that there is nothing to compare.
    """

    y: Targets
    winner: Array
    default: Array | None
    groups: NDArray[Any] | None
    won: bool = False


def pooled_score(
    metric: str, target: Target, folds: Sequence[FoldOutputs], ordered: bool
) -> tuple[FinalScore, list[float], list[float]]:
    """Score every fold, and pool the scores: their mean, each with the weight of its rows.

    The interval is that of the corrected resampled t test, or that of the rows where that is wider. Folds of rows in
    time order learn from more and more rows, for which that test is not made: they have the interval of the rows alone.
    Where every search chose the default nothing is compared, as of a study whose winner is the default.

    Args:
        ordered: the rows are in time order.

    Returns:
        the pooled score, without other metrics and confusion; and the scores of winner and default in each fold, of
        which the latter are none where some fold has no default.

    Raises:
        SearchError: the metric has no value in some fold.
    """
    score = scorer(metric, target)
    winners = _scores(metric, [score(fold.winner, fold.y) for fold in folds])
    known = [score(fold.default, fold.y) for fold in folds if fold.default is not None]
    defaults = _scores(metric, known) if len(known) == len(folds) else []
    compared = bool(defaults) and not all(fold.won for fold in folds)
    sizes = [len(fold.y) for fold in folds]
    of_rows = _of_rows(metric, target, folds, compared, ordered)
    method: IntervalMethod = "corrected_resampled_t"
    interval, draws, difference, widened = fold_test(winners, sizes).interval, None, None, None
    if of_rows is not None and ordered:
        interval, method, draws, difference = of_rows.interval, of_rows.method, of_rows.draws, of_rows.difference
        widened = of_rows.widened
    elif ordered:
        raise SearchError(f"cv.metric: {metric} has no interval on these outer folds; choose another metric.")
    else:
        interval = within(metric, interval if of_rows is None else _hull(interval, of_rows.interval))
        difference = _difference(winners, defaults, sizes, of_rows) if compared else None
    difference = agreed(difference)
    pooled = FinalScore(
        metric=metric,
        score=_mean(winners, sizes),
        ci95=interval,
        ci_method=method,
        ci_draws=draws,
        ci_widened=widened,
        rows=sum(sizes),
        times_scored=1,
        metrics={},
        default=DefaultScore(score=_mean(defaults, sizes)) if compared else None,
        difference=difference,
        verdict=verdict(difference),
    )
    return pooled, winners, defaults


def fold_test(scores: Sequence[float], sizes: Sequence[int]) -> TTest:
    """Test the mean score, or the mean gain, of K outer folds, each of which counts by its rows.

    1/(K-1), the size of a test set as a share of its training set, stands for the training rows that the folds have in
    common.

    >>> found = fold_test([0.8, 0.9, 0.7, 0.8, 0.8], [20] * 5)
    >>> [round(limit, 4) for limit in found.interval]
    [0.6683, 0.9317]
    """
    return corrected_t_test(scores, 1 / (len(scores) - 1), sizes)


def _mean(scores: Sequence[float], sizes: Sequence[int]) -> float:
    return ordered_sum(size * score for size, score in zip(sizes, scores, strict=True)) / sum(sizes)


def _difference(
    winners: Sequence[float], defaults: Sequence[float], sizes: Sequence[int], of_rows: OfRows | None
) -> ScoreDifference:
    """Compare the procedure with the default: where folds and rows disagree, the more careful of the two counts."""
    gains = [winner - default for winner, default in zip(winners, defaults, strict=True)]
    test = fold_test(gains, sizes)
    interval, p_value = test.interval, test.p_value
    if of_rows is not None and of_rows.difference is not None:
        interval = _hull(interval, of_rows.difference.ci95)
        p_value = max(p_value, of_rows.difference.p_value)
    return ScoreDifference(score=test.mean, ci95=interval, p_value=min(1.0, p_value), method="corrected_resampled_t")


def _of_rows(metric: str, target: Target, folds: Sequence[FoldOutputs], compared: bool, ordered: bool) -> OfRows | None:
    """Return the interval and the comparison of all rows together; None where too few samples of them have a score."""
    groups = None if folds[0].groups is None else np.concatenate([fold.groups for fold in folds])
    if groups is not None or metric not in ROW_SCORES:
        return _of_samples(metric, target, folds, groups, compared, ordered)
    of_row = row_score(metric)
    rows = [np.concatenate([of_row(fold.winner, fold.y) for fold in folds])]
    if compared:
        rows.append(np.concatenate([of_row(fold.default, fold.y) for fold in folds if fold.default is not None]))
    return of_row_scores(metric, rows)


def _of_samples(
    metric: str,
    target: Target,
    folds: Sequence[FoldOutputs],
    groups: NDArray[Any] | None,
    compared: bool,
    ordered: bool,
) -> OfRows | None:
    """Draw samples of the rows of all folds, or of whole groups; each fold is scored by its own rows of a sample."""
    outputs = [[fold.winner for fold in folds], [fold.default for fold in folds if fold.default is not None]]
    models = [_sample_score(metric, target, of_model, folds) for of_model in outputs[: 1 + compared]]
    of_fold = np.repeat(np.arange(len(folds)), [len(fold.y) for fold in folds])
    truth, classes = Truth(np.concatenate([fold.y for fold in folds]), groups), len(target.classes)
    try:
        drawn = resampled(models, len(of_fold), groups, truth.y if classes else None)
    except ValueError:
        return None
    if ordered and groups is not None:
        drawn = of_blocks(drawn, models, groups)
    z = [np.concatenate(of_model) for of_model in outputs[: 1 + compared]]
    found = of_resampled(metric, drawn, fewest(metric, truth, z[:1]) if classes else None)
    if not ordered:  # the t test over the folds counts, too
        return found
    if classes:
        found = of_unseen_errors(found, metric, truth, z[0], classes, of_fold)
    if found.difference is None:
        return found
    rarest = fewest(metric, truth, z) if classes and metric not in ROW_SCORES else None
    score = partial(_pooled, metric, target, folds)
    return replace(found, difference=of_few(found.difference, metric, score, z[0], z[1], groups, rarest))


def _sample_score(metric: str, target: Target, outputs: Sequence[Array], folds: Sequence[FoldOutputs]) -> SampleScore:
    """Return the pooled score of a sample of the rows of all folds; NaN where a fold has no row in it."""
    of_folds = [sample_scorer(metric, target, z, fold.y) for z, fold in zip(outputs, folds, strict=True)]
    ends = np.cumsum([0, *(len(fold.y) for fold in folds)])

    def of_sample(sample: NDArray[np.intp]) -> float:
        total = 0.0
        for at, of_fold in enumerate(of_folds):
            inside = sample[(ends[at] <= sample) & (sample < ends[at + 1])] - ends[at]
            if not len(inside):
                return float("nan")
            total += len(inside) * of_fold(inside)
        return total / len(sample)

    return of_sample


def _pooled(metric: str, target: Target, folds: Sequence[FoldOutputs], z: Array) -> float:
    """Return the mean score over the folds of the outputs of all rows, each with the weight of its rows."""
    sizes, score = [len(fold.y) for fold in folds], scorer(metric, target)
    parts = np.split(z, np.cumsum(sizes)[:-1])
    return float(np.average([score(part, fold.y) for fold, part in zip(folds, parts, strict=True)], weights=sizes))


def _scores(metric: str, scores: list[float]) -> list[float]:
    for fold, score in enumerate(scores, 1):
        if not isfinite(score):
            raise SearchError(
                f"cv.metric: {metric} has no value on the rows of outer fold {fold}; choose another metric, or set a "
                "smaller cv.outer."
            )
    return scores


def _hull(one: Interval, other: Interval) -> Interval:
    return min(one[0], other[0]), max(one[1], other[1])
