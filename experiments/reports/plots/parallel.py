"""Parallel coordinates: each complete trial as a line through its parameters to its score.

Source: Inselberg (1985), The plane with parallel coordinates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from experiments.evaluation.results import StudyResult, TrialRecord
from experiments.reports.formatting import NOTHING, all_parameters, bounds_of, is_active, label
from experiments.reports.metrics import Scores, metric_label
from experiments.reports.plots.parameter_axis import ParameterAxis, linear_ticks, parameter_axis
from experiments.reports.plots.svg import BLUE, FAINT, GREEN, INK, ORANGE, PAPER, drawing, svg_text
from experiments.reports.plots.trial_points import score_range

HEIGHT: Final = 3.3  # inches
UNUSED: Final = -0.13  # height at which a line crosses the axis of a parameter that the trial did not use
BEHIND: Final = {"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "pad": 0.6}  # so that lines do not cross words
MOST: Final = 300  # lines, the best trials; more could not be told apart
FEWEST: Final = 2  # complete trials, and parameters, that make a picture
WINNER: Final[dict[str, Any]] = {"color": ORANGE, "linewidth": 2.4, "marker": "o", "markersize": 5, "zorder": 5}
DEFAULT: Final[dict[str, Any]] = {"color": GREEN, "linewidth": 1.8, "linestyle": (0, (4, 1.6)), "marker": "D",
                                  "markersize": 4.5, "zorder": 4}  # fmt: skip
LEGEND: Final[dict[str, dict[str, Any]]] = {
    "winner": WINNER,
    "default": DEFAULT,
    "good score": {"color": BLUE, "alpha": 0.8, "linewidth": 1.6},
    "poor score": {"color": BLUE, "alpha": 0.3, "linewidth": 0.8},
}


def parallel(result: StudyResult) -> str | None:
    """Draw the picture; None where too few trials are complete or too few parameters vary."""
    trials = _drawn(result)
    scale = _axes(result, trials)
    if len(trials) < FEWEST or len(scale) <= FEWEST:
        return None
    default = result.default.number if result.default else None
    crowd = 1.0 if len(trials) <= 60 else max(0.25, 60 / len(trials))
    with drawing("parallel", max(5.2, 1.02 * len(scale)), HEIGHT) as figure:
        axes = figure.add_subplot()
        axes.set_axis_off()
        axes.set_xlim(-0.35, len(scale) - 0.65)
        axes.set_ylim(-0.22, 1.32)
        for place, (name, axis) in enumerate(scale.items()):
            _draw_axis(axes, place, name, axis)
        for trial in trials:
            heights = [axis.places[trial.number] for axis in scale.values()]
            drawn: dict[str, Any] = {"color": BLUE, "alpha": crowd * (0.12 + 0.68 * heights[-1] ** 2),
                                     "linewidth": 0.7 + 0.9 * heights[-1], "zorder": 2}  # fmt: skip
            if trial.number in (result.best.number, default):
                drawn = WINNER if trial.number == result.best.number else DEFAULT
            axes.plot(range(len(heights)), heights, **drawn)
        shown = {name: drawn for name, drawn in LEGEND.items() if default not in (None, result.best.number)
                 or name != "default"}  # fmt: skip
        handles = [Line2D([], [], label=name, **drawn) for name, drawn in shown.items()]
        axes.legend(handles=handles, loc="upper left", ncols=4, handlelength=1.8, fontsize=9.5)
        return svg_text(figure)


def _drawn(result: StudyResult) -> list[TrialRecord]:
    """List the best complete trials, the winner last, and the default whatever its score."""
    complete = sorted(
        (trial for trial in result.trials if trial.value is not None),
        key=lambda trial: (trial.value or 0.0, -trial.number),
    )
    default = result.default.number if result.default else None
    return [*(trial for trial in complete[:-MOST] if trial.number == default), *complete[-MOST:]]


def _axes(result: StudyResult, trials: Sequence[TrialRecord]) -> dict[str, ParameterAxis]:
    """Map the names of parameters that vary to their axes, and that of the metric to its axis where scores differ."""
    axes = {}
    for name in all_parameters(trial.params for trial in trials):
        bounds = bounds_of(name, result.spec)
        used = {trial.number: trial.params[name] for trial in trials if is_active(name, trial.params, result.spec)}
        if bounds is not None and len(set(used.values())) > 1:
            axis = parameter_axis(bounds, used)
            if unused := {trial.number: UNUSED for trial in trials if trial.number not in used}:
                axis = ParameterAxis({**axis.places, **unused}, [*axis.ticks, (UNUSED, NOTHING)], axis.step)
            axes[label(name)] = axis
    values = {trial.number: trial.value for trial in trials if trial.value is not None}
    if len(set(values.values())) > 1:
        scores, high = Scores.of_selection(result), max(values.values())
        low = max(score_range(result)[0], min(values.values()))
        span = high - low
        clear = [tick for tick in linear_ticks(low, high, whole=False) if min(tick - low, high - tick) > 0.13 * span]
        ticks = [((tick - low) / span, scores.show(tick)) for tick in (low, *clear, high)]
        places = {number: max(0.0, (value - low) / span) for number, value in values.items()}
        axes[metric_label(scores.metric)] = ParameterAxis(places, ticks, 0.0)
    return axes


def _draw_axis(axes: Axes, place: int, name: str, axis: ParameterAxis) -> None:
    words = name.split(" ")
    half = (len(words) + 1) // 2
    title = "\n".join(filter(None, (" ".join(words[:half]), " ".join(words[half:]))))
    axes.plot([place, place], [0, 1], color=FAINT, linewidth=0.9, zorder=3)
    axes.text(place, 1.04, title, ha="center", va="bottom", color=INK, fontsize=9.5)
    for height, text in axis.ticks:
        axes.plot([place - 0.03, place], [height, height], color=FAINT, linewidth=0.8, zorder=3)
        axes.text(place - 0.06, height, text, ha="right", va="center", color=INK, fontsize=8.5, zorder=6, bbox=BEHIND)
