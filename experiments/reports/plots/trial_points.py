"""How trials and parameters are drawn, alike in every picture: the marks, the range of scores, the parameters' axes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from experiments.evaluation.results import StudyResult, TrialRecord
from experiments.reports.formatting import parameter
from experiments.reports.plots.svg import BLUE, FAINT, GREEN, ORANGE, drawable

FEW: Final = 10  # so many whole numbers stand apart on an axis, and trials at one of them side by side
CROWD: Final = 150  # more trials than these are drawn smaller and lighter
EDGE: Final = 0.03  # the height, as a share of the axes, of marks for trials that have no place on the scale

Kind = Literal["complete", "pruned, last score", "default", "winner", "below the axis", "diverged or failed"]
MARKERS: Final[Mapping[Kind, dict[str, Any]]] = MappingProxyType(
    {
        "complete": {"marker": "o", "color": BLUE, "markersize": 4.6, "zorder": 3},
        "pruned, last score": {"marker": "o", "color": FAINT, "markerfacecolor": "none", "markersize": 4.6},
        "default": {"marker": "D", "color": GREEN, "markersize": 6, "zorder": 4},
        "winner": {"marker": "o", "color": ORANGE, "markerfacecolor": "none", "markersize": 10, "zorder": 5,
                   "markeredgewidth": 1.6},
        "below the axis": {"marker": "v", "color": FAINT, "markersize": 4.5, "zorder": 3},
        "diverged or failed": {"marker": "x", "color": ORANGE, "markersize": 4.5, "zorder": 3},
    }
)  # fmt: skip


def draw_trials(axes: Axes, result: StudyResult, positions: Mapping[int, float]) -> None:
    """A mark for each trial that has a position, at its value, or at the last score of a pruned one.

    Trials without a place on the scale stand on the lower edge. Every picture of a study has the same scale.
    """
    low, high = score_range(result)
    set_range(axes, low, high)
    marked: dict[Kind, list[tuple[float, float]]] = {kind: [] for kind in MARKERS}
    for trial in result.trials:
        if trial.number in positions:
            for kind in _kinds(result, trial, low):
                height = EDGE if _on_the_edge(kind) else _score(trial)
                marked[kind].append((positions[trial.number], height))
    for kind, points in marked.items():
        if points:
            marker = dict(MARKERS[kind])
            if len(result.trials) > CROWD and kind not in ("default", "winner"):
                marker |= {"markersize": 0.65 * marker["markersize"], "alpha": 0.6}
            transform = axes.get_xaxis_transform() if _on_the_edge(kind) else axes.transData
            xs, ys = zip(*points, strict=True)
            axes.plot(xs, ys, linestyle="none", label=kind, transform=transform, **marker)


def score_range(result: StudyResult) -> tuple[float, float]:
    """The scores to show: from the highest down, at most four times as far as the median of the complete trials."""
    complete = sorted(trial.value for trial in result.trials if trial.value is not None)
    pruned = [trial.last for trial in result.trials if trial.reason == "pruned" and trial.last is not None]
    best, middle = complete[-1], complete[len(complete) // 2]
    reach = 4 * (best - middle) if best > middle else math.inf
    scores = [*complete, *pruned]
    return max(min(scores), best - reach), max(scores)


def set_range(axes: Axes, low: float, high: float) -> None:
    """Both ends in the picture, with room for a mark on them."""
    margin = 0.08 * (high - low) or 0.01 * abs(low) or 0.01
    axes.set_ylim(low - margin, high + margin)


def whole_numbers(most: int) -> MaxNLocator:
    """At most so many ticks, at round whole numbers."""
    return MaxNLocator(most, integer=True, steps=[1, 2, 5, 10], min_n_ticks=1)


def scale_choices(axes: Axes, bounds: Mapping[str, Any], values: Mapping[int, Any]) -> dict[int, float]:
    """An axis with a place for each choice; the trials' positions on it, given the values by trial number."""
    places = {choice: place for place, choice in enumerate(dict.fromkeys([*bounds["choices"], *values.values()]))}
    axes.set_xlim(-0.5, len(places) - 0.5)
    axes.set_xticks(range(len(places)), [drawable(parameter(choice)) for choice in places])
    return {number: places[value] + _aside(number) for number, value in values.items()}


def scale_range(axes: Axes, bounds: Mapping[str, Any], values: Mapping[int, Any]) -> dict[int, float]:
    """An axis of the whole range that was searched, on the scale it was searched on; the default may lie outside."""
    low, high = min(bounds["low"], *values.values()), max(bounds["high"], *values.values())
    whole = all(isinstance(value, int) for value in values.values())
    few = whole and high - low <= FEW
    if bounds.get("log") and low > 0:
        _scale_log(axes, low, high, 2 if whole else 10)
    else:
        margin = 0.25 if few else 0.04 * (high - low) or 1.0
        axes.set_xlim(low - margin, high + margin)
        axes.xaxis.set_major_locator(whole_numbers(5) if whole else MaxNLocator(5, steps=[1, 2, 5, 10]))
    return {number: float(value) + (_aside(number) if few else 0.0) for number, value in values.items()}


def _scale_log(axes: Axes, low: float, high: float, base: int) -> None:
    axes.set_xscale("log")
    margin = (high / low) ** 0.04
    axes.set_xlim(low / margin, high * margin)
    axes.xaxis.set_major_locator(FixedLocator(log_ticks(low, high, base)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: short_number(x)))


def log_ticks(low: float, high: float, base: int) -> list[float]:
    """Powers of the base in the range, at most five of them; both ends where it holds fewer than two.

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
    """
    >>> [short_number(x) for x in (1e-4, 0.001, 0.1, 64.0, 100000.0, 0.0)]
    ['1e-4', '0.001', '0.1', '64', '1e5', '0']
    """
    text = f"{x:.3g}" if 0.001 <= abs(x) < 1e5 or x == 0 else f"{x:.0e}"
    return text.replace("e-0", "e-").replace("e+0", "e")


def _kinds(result: StudyResult, trial: TrialRecord, low: float) -> list[Kind]:
    ring: list[Kind] = ["winner"] if trial.number == result.best.number else []
    if not math.isfinite(_score(trial)) or (trial.state != "COMPLETE" and trial.reason != "pruned"):
        return ["diverged or failed"]
    if _score(trial) < low:
        return ["below the axis"]
    if result.default is not None and trial.number == result.default.number:
        return ["default", *ring]
    return ["complete" if trial.state == "COMPLETE" else "pruned, last score", *ring]


def _score(trial: TrialRecord) -> float:
    """The value, or the last score of a trial without one; NaN where it has neither."""
    score = trial.value if trial.value is not None else trial.last
    return math.nan if score is None else score


def _on_the_edge(kind: Kind) -> bool:
    return kind in ("below the axis", "diverged or failed")


def _aside(number: int) -> float:
    """A small step to either side, so that trials with the same value do not hide each other."""
    return 0.3 * (number * 0.618034 % 1 - 0.5)
