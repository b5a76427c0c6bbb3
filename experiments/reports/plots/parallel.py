"""Parallel coordinates: each complete trial a line through its parameters to its score.

Source: Inselberg (1985), The plane with parallel coordinates.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from experiments.evaluation.results import StudyResult, TrialRecord
from experiments.reports.formatting import NOTHING, all_parameters, bounds_of, is_active, label, metric_of, parameter
from experiments.reports.plots.svg import BLUE, FAINT, GREEN, INK, ORANGE, PAPER, drawable, drawing, svg_text
from experiments.reports.plots.trial_points import log_ticks, score_range, short_number, whole_numbers

HEIGHT: Final = 3.3  # inches
UNUSED: Final = -0.13  # where a line crosses the axis of a parameter that the trial had no use for
BEHIND: Final = {"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "pad": 0.6}  # so that lines do not cross words
MOST: Final = 300  # lines, the best ones; among more nothing could be told apart
FEWEST: Final = 2  # complete trials and axes that make a picture


@dataclass(frozen=True)
class Axis:
    """One upright axis: the place of each trial on it, by number, and the ticks. The range searched is 0 to 1."""

    name: str
    places: Mapping[int, float]
    ticks: Sequence[tuple[float, str]]


def parallel(result: StudyResult) -> str | None:
    """The picture; None where too few trials are complete or too few parameters vary."""
    trials = _drawn(result)
    axes_of = _axes(result, trials)
    if len(trials) < FEWEST or len(axes_of) < FEWEST + 1:
        return None
    with drawing("parallel", max(5.2, 1.02 * len(axes_of)), HEIGHT) as figure:
        axes = figure.add_subplot()
        axes.set_axis_off()
        axes.set_xlim(-0.35, len(axes_of) - 0.65)
        axes.set_ylim(-0.22, 1.32)
        for place, axis in enumerate(axes_of):
            _draw_axis(axes, place, axis)
        ends = axes_of[-1].places
        for trial in trials:
            line = [axis.places[trial.number] for axis in axes_of]
            axes.plot(range(len(line)), line, **_look(result, trial.number, ends[trial.number], len(trials)))
        handles = [Line2D([], [], label=name, **look) for name, look in _named(result).items()]
        axes.legend(handles=handles, loc="upper left", ncols=4, handlelength=1.8, fontsize=9.5)
        return svg_text(figure)


def _drawn(result: StudyResult) -> list[TrialRecord]:
    """The best complete trials, the winner last, and the default whatever its score."""
    complete = sorted(
        (one for one in result.trials if one.value is not None), key=lambda one: (one.value or 0.0, -one.number)
    )
    default = result.default.number if result.default else None
    return [*(one for one in complete[:-MOST] if one.number == default), *complete[-MOST:]]


def _axes(result: StudyResult, trials: Sequence[TrialRecord]) -> list[Axis]:
    found = []
    for name in all_parameters(trial.params for trial in trials):
        bounds = bounds_of(name, result.spec)
        used = {trial.number: trial.params[name] for trial in trials if is_active(name, trial.params, result.spec)}
        if bounds is not None and len(set(used.values())) > 1:
            axis = _choices if "choices" in bounds else _range
            found.append(_with_unused(axis(name, bounds, used), trials))
    scores = {trial.number: trial.value for trial in trials if trial.value is not None}
    if len(set(scores.values())) > 1:
        low, high = score_range(result)[0], max(scores.values())
        low = max(low, min(scores.values()))
        shown = [low, *(tick for tick in _linear(low, high, whole=False)), high]
        ticks = [(_share(tick, low, high), f"{tick:.4g}") for tick in _apart(shown, 0.13 * (high - low))]
        found.append(
            Axis(metric_of(result.spec), {n: max(0.0, _share(one, low, high)) for n, one in scores.items()}, ticks)
        )
    return found


def _with_unused(axis: Axis, trials: Sequence[TrialRecord]) -> Axis:
    """The axis with a place below it for trials that had no use for the parameter."""
    unused = {trial.number: UNUSED for trial in trials if trial.number not in axis.places}
    return Axis(axis.name, {**axis.places, **unused}, [*axis.ticks, (UNUSED, NOTHING)]) if unused else axis


def _choices(name: str, bounds: Mapping[str, Any], used: Mapping[int, Any]) -> Axis:
    order = list(dict.fromkeys([*bounds["choices"], *used.values()]))
    places = {choice: (index + 0.5) / len(order) for index, choice in enumerate(order)}
    ticks = [(place, drawable(parameter(choice), 12)) for choice, place in places.items()]
    return Axis(label(name), {number: places[value] for number, value in used.items()}, ticks)


def _range(name: str, bounds: Mapping[str, Any], used: Mapping[int, Any]) -> Axis:
    low, high = min(bounds["low"], *used.values()), max(bounds["high"], *used.values())
    whole = all(isinstance(value, int) for value in used.values())
    if bounds.get("log") and low > 0:
        shown = log_ticks(low, high, 2 if whole else 10)
        places = {number: _share(math.log(value), math.log(low), math.log(high)) for number, value in used.items()}
        ticks = [(_share(math.log(tick), math.log(low), math.log(high)), short_number(tick)) for tick in shown]
    else:
        shown = _linear(low, high, whole)
        places = {number: _share(value, low, high) for number, value in used.items()}
        ticks = [(_share(tick, low, high), short_number(tick)) for tick in shown]
    return Axis(label(name), places, ticks)


def _linear(low: float, high: float, whole: bool) -> list[float]:
    locator = whole_numbers(5)
    locator.set_params(integer=whole)
    return [float(tick) for tick in locator.tick_values(low, high) if low <= tick <= high]


def _apart(ticks: Sequence[float], least: float) -> list[float]:
    """The first and the last, and those between that stand clear of both."""
    first, *between, last = ticks
    return [first, *(tick for tick in between if tick - first > least and last - tick > least), last]


def _share(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low)


def _draw_axis(axes: Axes, place: int, axis: Axis) -> None:
    axes.plot([place, place], [0, 1], color=FAINT, linewidth=0.9, zorder=3)
    words = axis.name.split(" ")
    lines = [" ".join(words[: (len(words) + 1) // 2]), " ".join(words[(len(words) + 1) // 2 :])]
    axes.text(place, 1.04, "\n".join(filter(None, lines)), ha="center", va="bottom", color=INK, fontsize=9.5)
    for height, text in axis.ticks:
        axes.plot([place - 0.03, place], [height, height], color=FAINT, linewidth=0.8, zorder=3)
        axes.text(place - 0.06, height, text, ha="right", va="center", color=INK, fontsize=8.5, zorder=6, bbox=BEHIND)


def _look(result: StudyResult, number: int, share: float, trials: int) -> dict[str, Any]:
    named = _named(result)
    if number == result.best.number:
        return named["winner"] | {"zorder": 5}
    if result.default is not None and number == result.default.number:
        return named["default"] | {"zorder": 4}
    crowd = 1.0 if trials <= 60 else max(0.25, 60 / trials)
    return {"color": BLUE, "alpha": crowd * (0.12 + 0.68 * share**2), "linewidth": 0.7 + 0.9 * share, "zorder": 2}


def _named(result: StudyResult) -> dict[str, dict[str, Any]]:
    """The lines that the legend explains."""
    named: dict[str, dict[str, Any]] = {"winner": {"color": ORANGE, "linewidth": 2.4, "marker": "o", "markersize": 5}}
    if result.default is not None and result.default.number != result.best.number:
        named["default"] = {
            "color": GREEN,
            "linewidth": 1.8,
            "linestyle": (0, (4, 1.6)),
            "marker": "D",
            "markersize": 4.5,
        }
    return named | {
        "high score": {"color": BLUE, "alpha": 0.8, "linewidth": 1.6},
        "low score": {"color": BLUE, "alpha": 0.3, "linewidth": 0.8},
    }
