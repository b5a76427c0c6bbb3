"""Trials, scores and parameters, drawn alike in every picture: marks, the axis of scores, the axes of parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Literal

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, Formatter, FuncFormatter, MaxNLocator, NullLocator

from experiments.evaluation.results import StudyResult, TrialRecord
from experiments.reports.formatting import parameter
from experiments.reports.metrics import Scores, lower_is_better, metric_of
from experiments.reports.plots.svg import BLUE, FAINT, GREEN, ORANGE, drawable

FEW: Final = 10  # most whole numbers that stand apart on an axis; trials at the same one stand side by side
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


def scale_choices(axes: Axes, bounds: Mapping[str, Any], values: Mapping[int, Any]) -> dict[int, float]:
    """Make an axis with a place for each choice; return the positions of the values, both by trial number."""
    places = {choice: place for place, choice in enumerate(dict.fromkeys([*bounds["choices"], *values.values()]))}
    axes.set_xlim(-0.5, len(places) - 0.5)
    axes.set_xticks(range(len(places)), [drawable(parameter(choice)) for choice in places])
    return {number: places[value] + _aside(number) for number, value in values.items()}


def scale_range(axes: Axes, bounds: Mapping[str, Any], values: Mapping[int, Any]) -> dict[int, float]:
    """Make an axis of the whole searched range, on its scale; the default may lie outside the range."""
    low, high = min(bounds["low"], *values.values()), max(bounds["high"], *values.values())
    whole = all(isinstance(value, int) for value in values.values())
    few = whole and high - low <= FEW
    if bounds.get("log") and low > 0:
        margin = (high / low) ** 0.04
        axes.set_xscale("log")
        axes.set_xlim(low / margin, high * margin)
        axes.xaxis.set_major_locator(FixedLocator(log_ticks(low, high, 2 if whole else 10)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: short_number(x)))
    else:
        margin = 0.25 if few else 0.04 * (high - low) or 1.0
        axes.set_xlim(low - margin, high + margin)
        axes.xaxis.set_major_locator(whole_numbers(5) if whole else MaxNLocator(5, steps=[1, 2, 5, 10]))
    return {number: float(value) + (_aside(number) if few else 0.0) for number, value in values.items()}


def log_ticks(low: float, high: float, base: int) -> list[float]:
    """List powers of the base in the range, at most five of them; both ends where it holds fewer than two.

    >>> log_ticks(1e-4, 1e-1, 10)
    [0.0001, 0.001, 0.01, 0.1]
    >>> log_ticks(0.02, 0.05, 10)
    [0.02, 0.05]
    """
    first, last = math.ceil(math.log(low, base) - 1e-9), math.floor(math.log(high, base) + 1e-9)
    step = max(1, math.ceil((last - first + 1) / 5))
    ticks = [float(base) ** power for power in range(first, last + 1, step)]
    return ticks if len(ticks) > 1 else [low, high]


def short_number(x: float) -> str:
    """Write the label of a tick.

    >>> [short_number(x) for x in (1e-4, 0.001, 0.1, 64.0, 100000.0, 0.0)]
    ['1e-4', '0.001', '0.1', '64', '1e5', '0']
    """
    text = f"{x:.3g}" if 0.001 <= abs(x) < 1e5 or x == 0 else f"{x:.0e}"
    return text.replace("e-0", "e-").replace("e+0", "e")


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


def _aside(number: int) -> float:
    """Return a small step to either side, so that trials with the same value do not hide each other."""
    return 0.3 * (number * 0.618034 % 1 - 0.5)
