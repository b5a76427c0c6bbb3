"""Trials and their scores, drawn alike in every picture: the marks and the axis of scores."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Literal

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import Formatter, MaxNLocator

from experiments.evaluation.results import StudyResult, TrialRecord
from experiments.reports.metrics import Scores, lower_is_better, metric_of
from experiments.reports.plots.svg import BLUE, FAINT, GREEN, ORANGE

CROWD: Final = 150  # most trials whose marks are drawn large and dark
EDGE: Final = 0.03  # distance from the edge, as a share of the axes, of marks that are off the scale

Kind = Literal["complete", "pruned, last score", "default", "winner", "off the scale", "diverged or failed"]
ON_THE_EDGE: Final[tuple[Kind, ...]] = ("off the scale", "diverged or failed")
MARKERS: Final[Mapping[Kind, dict[str, Any]]] = MappingProxyType(
    {
        "complete": {"marker": "o", "color": BLUE, "markersize": 4.6, "zorder": 3},
        "pruned, last score": {"marker": "o", "color": FAINT, "markerfacecolor": "none", "markersize": 4.6},
        "default": {"marker": "D", "color": GREEN, "markersize": 6, "zorder": 4},
        "winner": {"marker": "o", "color": ORANGE, "markerfacecolor": "none", "markersize": 10, "zorder": 5,
                   "markeredgewidth": 1.6},
        "off the scale": {"marker": "v", "color": FAINT, "markersize": 4.5, "zorder": 3},
        "diverged or failed": {"marker": "x", "color": ORANGE, "markersize": 4.5, "zorder": 3},
    }
)  # fmt: skip


class _ScoreTicks(Formatter):
    """Labels of an axis of scores, all with as many decimals as their distance needs."""

    def __init__(self, metric: str):
        self._metric = metric

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        step = abs(values[1] - values[0]) if len(values) > 1 else 1.0
        scores = Scores(self._metric, max(0, -math.floor(math.log10(step) + 1e-9)))
        return [scores.show(value) for value in values]


def draw_trials(axes: Axes, result: StudyResult, positions: Mapping[int, float]) -> None:
    """Draw a mark for each trial that has a position, at its value, or at the last score of a pruned trial.

    Trials off the scale stand on the edge where scores are worst. Every picture of a study has the same scale.
    """
    metric, (low, high) = metric_of(result.spec), score_range(result)
    edge = 1 - EDGE if lower_is_better(metric) else EDGE
    marked: dict[Kind, list[tuple[float, float]]] = {kind: [] for kind in MARKERS}
    for trial in result.trials:
        if trial.number in positions:
            for kind in _kinds(result, trial, low):
                marked[kind].append((positions[trial.number], edge if kind in ON_THE_EDGE else _score(trial)))
    for kind, points in marked.items():
        if points:
            marker = dict(MARKERS[kind])
            if len(result.trials) > CROWD and kind not in ("default", "winner"):
                marker |= {"markersize": 0.65 * marker["markersize"], "alpha": 0.6}
            if kind == "off the scale" and lower_is_better(metric):
                marker["marker"] = "^"
            transform = axes.get_xaxis_transform() if kind in ON_THE_EDGE else axes.transData
            axes.plot(*zip(*points, strict=True), linestyle="none", label=kind, transform=transform, **marker)
    set_range(axes, low, high)
    set_score_axis(axes.yaxis, metric)


def score_range(result: StudyResult) -> tuple[float, float]:
    """Return the scores to show: from the best down, at most four times as far as the median of the complete trials."""
    complete = sorted(trial.value for trial in result.trials if trial.value is not None)
    pruned = [trial.last for trial in result.trials if trial.reason == "pruned" and trial.last is not None]
    best, middle = complete[-1], complete[len(complete) // 2]
    reach = 4 * (best - middle) if best > middle else math.inf
    scores = [*complete, *pruned]
    return max(min(scores), best - reach), max(scores)


def set_range(axes: Axes, low: float, high: float) -> None:
    """Show both ends, with room for a mark on them."""
    margin = 0.08 * (high - low) or 0.01 * abs(low) or 0.01
    axes.set_ylim(low - margin, high + margin)


def set_score_axis(axis: Axis, metric: str) -> None:
    """Label an axis that has its limits; errors and losses are positive and grow in the usual direction."""
    axis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10]))
    axis.set_major_formatter(_ScoreTicks(metric))
    axis.set_inverted(lower_is_better(metric))


def whole_numbers(most: int) -> MaxNLocator:
    """Place at most so many ticks, at round whole numbers."""
    return MaxNLocator(most, integer=True, steps=[1, 2, 5, 10], min_n_ticks=1)


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
