"""The external validation of a final model: its score on labelled rows that came after the study's end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.data.count_different import count_different
from experiments.data.features import Features, take_rows
from experiments.errors import DataError, SearchError
from experiments.evaluation.analysis.diagnostics import calibration, confusion
from experiments.evaluation.final_model.model import ROWS, Model, outputs_of
from experiments.evaluation.records.analysis_record import CalibrationRecord, Counts
from experiments.evaluation.records.results import BaselineRecord, FinalScore, IntervalMethod
from experiments.evaluation.scoring.baseline_scores import score_baseline
from experiments.evaluation.scoring.baselines import baseline_tasks, fit_baseline
from experiments.evaluation.scoring.final_score import Truth, final_score, other_metrics, sampled
from experiments.evaluation.statistics.intervals import Interval
from experiments.evaluation.statistics.score_range import AT_MOST_ONE, difference_within
from experiments.evaluation.statistics.square_and_add import square_and_add
from experiments.evaluation.uncertainty.temperature import scaled
from experiments.search.scorers import scorer
from nnet.arrays import Array, Targets
from nnet.batches import FoldData
from nnet.metrics import class_probabilities, predicted_labels

Drawn = Literal["rows", "groups", "blocks"]  # what an interval draws; blocks are of consecutive rows
LOGITS, NUMBERS = "cross_entropy", "squared_error"  # losses whose outputs are probabilities, and are none


@dataclass(frozen=True, kw_only=True)
class LeftOutRows:
    """Number of rows that were not scored: without a target, of a class that the study leaves out, without a time."""

    no_target: int
    dropped: int
    no_time: int


@dataclass(frozen=True, kw_only=True)
class KnownToStudy:
    """Number of rows that are equal to some of the study's, in all that the model reads and in the target.

    development: of the rows that the model learnt from; None where the study's data is not at hand.
    test:        of its test rows; None where their hashes are not.
    reason:      reason for a missing number of development rows.
    """

    development: int | None
    test: int | None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class StudyScore:
    """The study's own test score, of other rows.

    drawn:  what its interval draws, as of the new rows.
    groups: number of groups of its rows; None without groups.
    nested: whether it is pooled over outer folds, and so of the whole procedure.
    """

    score: float
    ci95: tuple[float, float]
    rows: int
    drawn: Drawn
    groups: int | None
    metrics: dict[str, float]
    nested: bool


@dataclass(frozen=True, kw_only=True)
class IndependentDifference:
    """The score on the new rows minus that on the test rows: of two samples that share no row and no group."""

    score: float
    ci95: tuple[float, float]
    method: Literal["square_and_add"] = "square_and_add"


@dataclass(frozen=True, kw_only=True)
class Looks:
    """The ledger's entries on the new rows.

    times:           number of test evaluations that used these rows or some of them, with this one.
    own:             of these, those of this study on exactly these rows.
    largest_overlap: largest share of these rows, 0 to 1, in one test evaluation of another study.
    """

    file: str
    times: int
    own: int
    largest_overlap: float


@dataclass(frozen=True, kw_only=True, repr=False)
class ExternalScore:
    """The final model's score on new rows, with what is needed to judge it.

    digest:     of the study's results.
    model:      sha256 of the model's file, which holds the checksum of its weights.
    file:       name of the new rows' file; empty where they came from a program.
    drawn:      what the interval draws: rows, groups (data.groups, or copies), or blocks of consecutive rows.
    units:      number of these.
    metrics:    further scores.
    classes:    classes in the order of the confusion's lines and columns; none of a number.
    confusion:  number of rows of each true class by predicted class; None of a number.
    calibration: None where outputs are no probabilities.
    baseline:   the majority class, or the mean, of the development rows; None where these are not known.
    difference: None where the two samples are not known to be independent.
    """

    study: str
    digest: str
    model: str
    file: str
    rows: int
    drawn: Drawn
    units: int
    left_out: LeftOutRows
    metric: str
    score: float
    ci95: tuple[float, float]
    ci_method: IntervalMethod
    ci_draws: int | None
    metrics: dict[str, float]
    classes: tuple[str, ...]
    confusion: Counts | None
    calibration: CalibrationRecord | None
    baseline: BaselineRecord | None
    test: StudyScore | None
    difference: IndependentDifference | None
    known: KnownToStudy
    ledger: Looks

    def __repr__(self) -> str:
        low, high = self.ci95
        interval = f"95% interval [{low:.5g}, {high:.5g}]"
        return f"<ExternalScore of {self.study}: {self.metric} {self.score:.5g}, {interval}, {self.rows:,} rows>"


@dataclass(frozen=True)
class ScoredModel:
    """The findings about a model on rows."""

    record: FinalScore
    metrics: dict[str, float]
    confusion: Counts | None
    calibration: CalibrationRecord | None


def check_scorable(metric: str, target: Target, truth: Truth) -> None:
    """Refuse rows of which a metric has no score or no interval, whatever a model says of them.

    Raises:
        DataError: there is one row, or one group, or the metric needs other rows or more groups with each class.
    """
    y = truth.y
    if len(y) < 2:
        raise DataError("new rows: a score needs two rows with a target, but there is one.")
    if truth.groups is not None and (units := count_different(truth.groups)) < 2:
        what = "blocks of time" if truth.ordered else "groups"
        raise DataError(
            f"new rows: an interval needs rows of two {what}, but all {len(y)} are of {units}; add rows, or "
            "leave the column out of the file: then rows count as independent."
        )
    if metric.startswith(AT_MOST_ONE) and not target.classes and np.ptp(y) == 0:
        raise DataError(f"new rows: {metric} has no score where all {len(y)} targets are {y[0]:g}; add others.")
    all_right = np.eye(target.outputs)[y] if target.classes else y[:, None]
    if not isfinite(scorer(metric, target)(all_right, y)):
        raise DataError(f"new rows: {metric} has no score on them; {_described(target, y)}.")
    if truth.groups is not None:  # which samples have a score depends on their classes, not on a model
        with _explained(target, y):
            sampled(metric, target, truth, [all_right])


def score_model(model: Model, metric: str, features: Features, truth: Truth) -> ScoredModel:
    """Score a model by the rules of the test score, on rows that `check_scorable` takes.

    Raises:
        DataError: the metric has no score on these outputs, or no interval.
    """
    y, target = truth.y, model.target
    z = np.concatenate(list(_outputs(model, features)))
    with _explained(target, y):
        record = final_score(metric, target, truth, z, None)
    if not all(map(isfinite, (record.score, *record.ci95))):
        raise DataError(f"new rows: {metric} has no score with an interval on them; {_described(target, y)}.")
    metrics = other_metrics(target, LOGITS if model.probabilities else NUMBERS, y, z)
    calibrated = None
    if target.classes and model.probabilities:
        predicted = predicted_labels(z)
        calibrated = calibration(class_probabilities(z)[np.arange(len(y)), predicted], predicted == y)
    return ScoredModel(record, metrics, confusion(target, y, z), calibrated)


def _outputs(model: Model, features: Features) -> Iterator[Array]:
    """Yield the outputs of a model at its temperature, some rows at a time."""
    temperature = 1.0 if model.uncertainty is None else model.uncertainty.temperature
    for start in range(0, len(features), ROWS):
        rows: Any = take_rows(features, slice(start, start + ROWS))
        yield scaled(outputs_of(model, rows), temperature)


@contextmanager
def _explained(target: Target, y: Targets) -> Iterator[None]:
    """Say of a score without an interval which rows there are."""
    try:
        yield
    except SearchError as error:
        why = str(error).removeprefix("cv.metric: ").rpartition("; ")[0]
        raise DataError(f"new rows: {why}; {_described(target, y)}.") from None


def _described(target: Target, y: Targets) -> str:
    """Say how many rows there are, and how many of the classes they have."""
    classes = f" of {count_different(y)} of the {len(target.classes)} classes" if target.classes else ""
    return f"there are {len(y)} rows{classes}; add others"


def score_blind(
    metric: str, target: Target, learnt: Targets, weights: NDArray[np.float64] | None, truth: Truth
) -> BaselineRecord:
    """Score the majority class, or the mean, of rows that were learnt from, which reads no column.

    Args:
        learnt:  (L,) labels or numbers of these rows.
        weights: (L,) their weights.
    """
    nothing, rows = np.zeros((len(learnt), 1), np.float32), np.arange(len(learnt))
    task = baseline_tasks(target, len(learnt), 1)[0]
    fitted = fit_baseline(task, FoldData(nothing, learnt, rows, rows[:0], weights), target)
    return score_baseline(task, fitted, metric, target, np.zeros((len(truth.y), 1), np.float32), truth)


def independent_difference(
    metric: str, score: float, interval: Interval, other: float, other_interval: Interval
) -> IndependentDifference:
    """Return the difference of a model's scores on two independent samples, from their two intervals."""
    below, above = square_and_add(score, interval, other, other_interval)
    gain = score - other
    return IndependentDifference(score=gain, ci95=difference_within(metric, (gain - below, gain + above)))
