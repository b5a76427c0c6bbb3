"""The score of outputs on the test rows: its interval, and the difference to the default's score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.errors import SearchError
from experiments.evaluation.final_model.mean_outputs import are_probabilities
from experiments.evaluation.records.results import (
    DefaultScore,
    DifferenceMethod,
    FinalScore,
    IntervalMethod,
    ScoreDifference,
)
from experiments.evaluation.statistics.alike_blocks import of_blocks, widened_by
from experiments.evaluation.statistics.claims import agreed, verdict
from experiments.evaluation.statistics.exchanges import FEW, of_few
from experiments.evaluation.statistics.expanded_interval import logit_interval
from experiments.evaluation.statistics.intervals import (
    BOOTSTRAP,
    Interval,
    Resampled,
    bootstrap_draws,
    bootstrap_interval,
    paired_difference,
    paired_mean_difference,
    resampled,
    resampled_difference,
    wilson_interval,
)
from experiments.evaluation.statistics.score_range import are_all, difference_within, fewest_units, score_range, within
from experiments.evaluation.statistics.skewed_mean import skewed_difference, skewed_t_test
from experiments.evaluation.statistics.smoothed_interval import MANY_OF_CLASS, smoothed_interval
from experiments.evaluation.statistics.square_and_add import square_and_add
from experiments.search.class_rankings import RANK_SCORES
from experiments.search.label_scores import LABEL_SCORES
from experiments.search.ranking import ROC_AUC
from experiments.search.scorers import sample_scorer, scorer
from nnet.arrays import Array, Targets
from nnet.metrics import OTHER_SCORES, ROW_SCORES, negative_squared_error, predicted_labels, row_score

MEAN_RECALLS = ("balanced_accuracy", "recall_macro")
OTHER_METRICS = {
    "classification": ("accuracy",),
    "regression": ("r2", "neg_mean_absolute_error", "neg_root_mean_squared_error"),
}


@dataclass(frozen=True)
class Truth:
    """The truth of test rows.

    y:       (N,) labels or numbers.
    groups:  (N,) group of each row; None where every row stands alone.
    ordered: whether the groups are blocks of time.
    """

    y: Targets
    groups: NDArray[Any] | None = None
    ordered: bool = False


@dataclass(frozen=True)
class OfRows:
    """The interval of a model's score, and its comparison with another model, as the rows that were predicted give it.

    draws:      number of bootstrap draws; None without a bootstrap.
    difference: None where there is no other model.
    widened:    factor by which blocks of time that are alike widen the interval; None where they do not.
    """

    interval: Interval
    method: IntervalMethod
    draws: int | None
    difference: ScoreDifference | None
    widened: float | None = None


def of_row_scores(metric: str, rows: Sequence[Array]) -> OfRows:
    """Judge a metric that is a mean over rows.

    Args:
        rows: scores (N,) of the rows by the model, and by the one that it is compared with, if there is one.
    """
    several = len(rows) > 1
    if metric == "accuracy":
        hits = [of_model > 0 for of_model in rows]
        interval = wilson_interval(int(hits[0].sum()), len(hits[0]))
        return OfRows(interval, "wilson", None, paired_difference(*hits) if several else None)
    if len(rows[0]) < FEW:
        interval = within(metric, skewed_t_test(rows[0]).interval)
        return OfRows(interval, "skewed_t", None, skewed_difference(*rows) if several else None)
    difference = paired_mean_difference(rows[0], rows[1]) if several else None
    return OfRows(bootstrap_interval(rows[0]), "bootstrap_rows", bootstrap_draws(len(rows[0])), difference)


def of_resampled(metric: str, drawn: Sequence[Resampled], rarest: int | None) -> OfRows:
    """Judge any metric by samples of the rows: of the model, and of the one compared with it, if there is one.

    Where all rows are right, or all are wrong, so is every sample, which is no certainty. The interval is then Wilson's
    of an accuracy with as many rows, or groups; of other scores of classes with as many as have the rarest class. A
    difference with such a model is at least as uncertain as the two scores. Where no sample tells the two models apart,
    their difference is that of two accuracies on as many rows that agree in all.

    Args:
        rarest: rows, or groups, with the rarest class, true or predicted; None of numbers.
    """
    first = drawn[0]
    units = first.units if metric == "accuracy" or rarest is None else rarest
    intervals = [_of_one(metric, model, units, rarest is not None) for model in drawn]
    (interval, method), difference = intervals[0], resampled_difference(*drawn) if len(drawn) > 1 else None
    is_of_classes = rarest is not None and score_range(metric)[1] == 1.0
    if difference is not None and is_of_classes and are_all(difference.ci95, 0.0):
        difference = of_agreement(units, first.drawn == "groups", metric)
    elif difference is not None and "wilson" in {of_model for _, of_model in intervals}:
        difference = as_uncertain_as_both(difference, [limits for limits, _ in intervals], drawn)
    if difference is not None:
        difference = replace(difference, ci95=difference_within(metric, difference.ci95))
    draws = None if method == "wilson" else len(first.draws)
    return OfRows(interval, method, draws, difference, widened_by(first))


def _of_one(metric: str, model: Resampled, units: int, is_of_classes: bool) -> tuple[Interval, IntervalMethod]:
    """Return the interval of one model's score and its method."""
    # of classes the score of all rows is enough: a sample that lacks one scores 0 although all of its rows are right
    scores = [model.score] if is_of_classes else [model.score, *model.draws]
    ends = [end for end in ((1, 0) if score_range(metric)[0] == 0 else (1,)) if are_all(scores, end)]
    if ends and metric not in OTHER_SCORES:
        return wilson_interval(ends[0] * units, units), "wilson"
    if is_of_ranks(metric) and model.draws.std() > 0:
        method: IntervalMethod = "logit_bootstrap_groups" if model.drawn == "groups" else "logit_bootstrap_rows"
        return logit_interval(model.spread, model.score, units), method
    return within(metric, model.interval()), BOOTSTRAP[model.drawn]


def as_uncertain_as_both(
    difference: ScoreDifference, intervals: Sequence[Interval], drawn: Sequence[Resampled]
) -> ScoreDifference:
    """Widen the interval of a difference to what the two models' own intervals allow.

    A model that has all rows right, or all wrong, has the same score in every sample of them, so the samples show the
    variation of the other model alone, or none: of an F1 of 1 against one of 0 they gave [1, 1]. Square-and-add leaves
    out that the rows are the same ones, and so errs on the wide side.
    """
    score, other = (model.score for model in drawn)
    below, above = square_and_add(score, intervals[0], other, intervals[1])
    method: DifferenceMethod = "paired_bootstrap_rows_and_intervals"
    if drawn[0].drawn == "groups":
        method = "paired_bootstrap_groups_and_intervals"
    limits = min(difference.score - below, difference.ci95[0]), max(difference.score + above, difference.ci95[1])
    return replace(difference, ci95=limits, method=method)


def of_two_recalls(y: Targets, predicted: Targets) -> Interval:
    """Compute the 95% interval of the mean recall of two classes, from Wilson's of each recall by square-and-add.

    Where all rows of the rarer class are right, all samples of them are, too, and a bootstrap takes that for certain:
    with recalls of 0.85 and 0.95, of 10 and 90 rows, it held the truth in 78% of samples, and this interval in 96%. Of
    more classes it is too narrow.

    Args:
        y:         (N,) labels, of two classes.
        predicted: (N,) predicted labels.
    """
    hits = [predicted[y == label] == label for label in np.unique(y)]
    one, other = (float(of_class.mean()) for of_class in hits)
    interval, (low, high) = (wilson_interval(int(of_class.sum()), len(of_class)) for of_class in hits)
    below, above = square_and_add(one, interval, -other, (-high, -low))
    return max(0.0, (one + other - below) / 2), min(1.0, (one + other + above) / 2)


def of_agreement(units: int, are_groups: bool, metric: str) -> ScoreDifference:
    """Compare two models that no sample tells apart, as accuracies on so many rows, or groups, that agree in all."""
    alike = np.ones(units, np.bool_)
    method: DifferenceMethod = "agreement_groups_of_rarest_class" if are_groups else "agreement_rows_of_rarest_class"
    if metric == "accuracy":  # of single rows it is not drawn
        method = "agreement_groups"
    return replace(paired_difference(alike, alike), method=method, agreeing=units)


def fewest(metric: str, truth: Truth, outputs: Sequence[Array]) -> int:
    """Return the number of rows, or groups, with the rarest class, true or predicted by one of some models.

    Scores of ranks know the true one.
    """
    labels = [truth.y, *([] if is_of_ranks(metric) else map(predicted_labels, outputs))]
    return fewest_units(labels, np.arange(len(truth.y)) if truth.groups is None else truth.groups)


def is_of_ranks(metric: str) -> bool:
    """Return whether a metric is an area under the ROC curve, of two or of more classes, or an average precision."""
    return metric == ROC_AUC or metric in RANK_SCORES


def final_score(metric: str, target: Target, truth: Truth, winner: Array, default: Array | None) -> FinalScore:
    """Score the winner's outputs (N, outputs), and the default's.

    Returns:
        both scores, their intervals and their difference, without further metrics, baselines and confusion.

    Raises:
        SearchError: the metric has no interval on so few groups.
    """
    outputs = [winner] if default is None else [winner, default]
    if metric in ROW_SCORES and truth.groups is None:
        rows = [row_score(metric)(z, truth.y) for z in outputs]
        hits = metric == "accuracy"  # a row without a finite output is a miss
        scores = [float((of_rows > 0 if hits else of_rows).mean()) for of_rows in rows]
        found, *alone = [of_row_scores(metric, rows[first:]) for first in range(len(rows))]
    else:
        drawn = sampled(metric, target, truth, outputs)
        scores = [of_model.score for of_model in drawn]
        found, *alone = [_of_samples(metric, target, truth, outputs[at:], drawn[at:]) for at in range(len(drawn))]
    difference = found.difference
    if difference is not None and default is not None and (truth.groups is not None or metric != "accuracy"):
        of_all = scorer(metric, target)
        rarest = None if metric in ROW_SCORES or not target.classes else fewest(metric, truth, outputs)
        difference = of_few(difference, metric, lambda z: of_all(z, truth.y), winner, default, truth.groups, rarest)
    difference = agreed(difference)
    return FinalScore(
        metric=metric,
        score=scores[0],
        ci95=found.interval,
        ci_method=found.method,
        ci_draws=found.draws,
        ci_widened=found.widened,
        rows=len(truth.y),
        times_scored=1,
        metrics={},
        default=DefaultScore(score=scores[1], ci95=alone[0].interval) if alone else None,
        difference=difference,
        verdict=verdict(difference),
    )


def sampled(metric: str, target: Target, truth: Truth, outputs: Sequence[Array]) -> list[Resampled]:
    """Score models on samples of single rows, or of groups, as `final_score` describes them."""
    y, groups = truth.y, truth.groups
    of_samples = [sample_scorer(metric, target, z, y) for z in outputs]
    try:
        drawn = resampled(of_samples, len(y), groups, y if target.classes else None)
    except ValueError as error:
        raise SearchError(
            f"cv.metric: {metric} has no interval: {error}; choose a metric that does not need every class."
        ) from None
    return of_blocks(drawn, of_samples, groups) if truth.ordered and groups is not None else drawn


def _of_samples(
    metric: str, target: Target, truth: Truth, outputs: Sequence[Array], drawn: Sequence[Resampled]
) -> OfRows:
    """Judge the first model, and its difference to the second if there is one, by the scores of samples."""
    y, single = truth.y, truth.groups is None
    found = of_resampled(metric, drawn, fewest(metric, truth, outputs[:1]) if target.classes else None)
    if metric == "neg_root_mean_squared_error" and single and len(y) < FEW:
        low, high = within(metric, skewed_t_test(negative_squared_error(outputs[0], y)).interval)
        found = replace(found, interval=(-math.sqrt(-low), -math.sqrt(-high)), method="skewed_t", draws=None)
    if found.method != "wilson" and metric in MEAN_RECALLS and len(np.unique(y)) == 2 and single:
        limits = of_two_recalls(y, predicted_labels(outputs[0]))
        found = replace(found, interval=limits, method="square_and_add_recalls", draws=None)
    elif target.classes:
        found = of_unseen_errors(found, metric, truth, outputs[0], len(target.classes))
    return found


def of_unseen_errors(
    found: OfRows, metric: str, truth: Truth, winner: Array, classes: int, folds: NDArray[np.intp] | None = None
) -> OfRows:
    """Take the interval of samples with errors not yet seen, where a score of predicted classes has few rows of one."""
    few = metric in LABEL_SCORES and fewest(metric, truth, [winner]) < MANY_OF_CLASS
    if found.method == "wilson" or not few:
        return found
    (low, high), draws = smoothed_interval(metric, truth.y, predicted_labels(winner), classes, truth.groups, folds)
    if truth.groups is None:
        return replace(found, interval=(low, high), method="smoothed_bootstrap_rows", draws=draws)
    # blocks of time may be alike, which makes the other one wider
    interval = min(low, found.interval[0]), max(high, found.interval[1])
    return replace(found, interval=interval, method="smoothed_bootstrap_groups", draws=draws)


def other_metrics(target: Target, loss: str, y: Targets, z: Array) -> dict[str, float]:
    """Return further scores of outputs (N, outputs), by name; no choice is made by them."""
    # outputs are log-probabilities only where they were trained as such
    likelihood = ("neg_log_loss",) if are_probabilities(loss) else ()
    return {name: scorer(name, target)(z, y) for name in (*OTHER_METRICS[target.task], *likelihood)}
