"""Trials and their scores, drawn alike in every picture."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from statistics import median
from types import MappingProxyType
from typing import Final, Literal

from experiments.evaluation.records.results import StudyResult, TrialRecord
from experiments.reports.metrics import Scores, lower_is_better, metric_of
from experiments.reports.plots.chart import Axis, Chart
from experiments.reports.plots.marks import Mark
from experiments.reports.plots.score_axis import score_axis, with_margin
from experiments.reports.plots.svg import BLUE, FAINT, GREEN, ORANGE

CROWD: Final = 150  # most trials whose marks are drawn large and dark
EDGE: Final = 0.03  # distance from the edge, as a share of the axis, of marks that are off the scale

Kind = Literal["complete", "pruned, last score", "default", "winner", "off the scale", "diverged or failed"]
ON_THE_EDGE: Final[tuple[Kind, ...]] = ("off the scale", "diverged or failed")
MARKS: Final[Mapping[Kind, Mark]] = MappingProxyType(  # in the order of drawing
    {
        "complete": Mark("circle", BLUE, 2.8),
        "pruned, last score": Mark("circle", FAINT, 2.4, hollow=1.0),
        "off the scale": Mark("down", FAINT, 2.7),
        "diverged or failed": Mark("cross", ORANGE, 2.3),
        "default": Mark("diamond", GREEN, 4.6),
        "winner": Mark("circle", ORANGE, 5.0, hollow=1.6),
    }
)


def trial_axis(result: StudyResult, title: str = "") -> Axis:
    """Make the axis of scores, which is the same in every picture of a study."""
    return score_axis(metric_of(result.spec), *with_margin(*score_range(result)), title)


def draw_trials(chart: Chart, result: StudyResult, positions: Mapping[int, float], named: bool = False) -> None:
    """Draw a mark for each trial that has a position, at its value, or at the last score of a pruned trial.

    Trials off the scale stand on the edge where scores are worst.

    Args:
        chart: one with the `trial_axis` of the study.
        named: the marks stand in the legend.
    """
    metric, (low, _), axis = metric_of(result.spec), score_range(result), trial_axis(result)
    lower, scores = lower_is_better(metric), Scores.of_selection(result)
    edge = axis.at(1 - EDGE if lower else EDGE)
    points: dict[Kind, list[tuple[float, float]]] = {kind: [] for kind in MARKS}
    titles: dict[Kind, list[str]] = {kind: [] for kind in MARKS}
    for trial in result.trials:
        if trial.number in positions:
            score = _score(trial)
            for kind in _kinds(result, trial, low):
                points[kind].append((positions[trial.number], edge if kind in ON_THE_EDGE else score))
                titles[kind].append(f"trial {trial.number}: {scores.show(score) if math.isfinite(score) else kind}")
    for kind, mark in MARKS.items():
        if points[kind]:
            if kind == "off the scale" and lower:
                mark = replace(mark, shape="up")
            if len(result.trials) > CROWD and kind not in ("default", "winner"):
                mark = replace(mark, radius=0.65 * mark.radius, opacity=0.6)
            chart.marks(points[kind], mark, kind if named else "", titles[kind])


def score_range(result: StudyResult) -> tuple[float, float]:
    """Return the scores to show: from the best down, at most four times as far as the median of the complete trials.

    Where that is less than the best trial's standard deviation over the folds, so much is shown: differences that are
    much smaller mean little, and a few trials that are alike would leave no room for the others.
    """
    complete = sorted(trial.value for trial in result.trials if trial.value is not None)
    pruned = [trial.last for trial in result.trials if trial.reason == "pruned" and trial.last is not None]
    best, middle = complete[-1], median(complete)
    reach = max(4 * (best - middle), result.best.cv_std) if best > middle else math.inf
    scores = [*complete, *pruned]
    return max(min(scores), best - reach), max(scores)


def _kinds(result: StudyResult, trial: TrialRecord, low: float) -> list[Kind]:
    """List the marks of a trial."""
    if not math.isfinite(_score(trial)) or (trial.state != "COMPLETE" and trial.reason != "pruned"):
        return ["diverged or failed"]
    if _score(trial) < low:
        return ["off the scale"]
    kind: Kind = "complete" if trial.state == "COMPLETE" else "pruned, last score"
    if result.default is not None and trial.number == result.default.number:
        kind = "default"
    return [kind, "winner"] if trial.number == result.best.number else [kind]


def _score(trial: TrialRecord) -> float:
    """Return the value, or the last score of a trial without a value; NaN without either."""
    score = trial.value if trial.value is not None else trial.last
    return math.nan if score is None else score
