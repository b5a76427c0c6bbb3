"""The score of every trial: by its number, and by each parameter."""

from __future__ import annotations

from typing import Final

from experiments.evaluation.records.results import StudyResult
from experiments.reports.formatting import all_parameters
from experiments.reports.metrics import axis_label, metric_of
from experiments.reports.plots.chart import Axis, Chart
from experiments.reports.plots.marks import Stroke
from experiments.reports.plots.parameter_axis import ParameterAxis, axis_of
from experiments.reports.plots.svg import INK
from experiments.reports.plots.ticks import number_ticks
from experiments.reports.plots.trial_points import draw_trials, trial_axis

WIDE: Final = (302.0, 108.0)  # points
SMALL: Final = (198.0, 98.0)


def history(result: StudyResult) -> str:
    """Draw the score by trial number, with the best value so far."""
    last = max(trial.number for trial in result.trials)
    margin = max(0.5, 0.02 * last)
    numbers = Axis(-margin, last + margin, number_ticks(0, last, 8, whole=True), "trial", "line")
    scores = trial_axis(result, axis_label(metric_of(result.spec)))
    chart = Chart(*WIDE, numbers, scores, clip="history")  # the first trials may be far off the scale
    chart.line(_best_so_far(result), Stroke(INK, 1.1), "best so far")
    draw_trials(chart, result, {trial.number: float(trial.number) for trial in result.trials}, named=True)
    return chart.svg()


def slices(result: StudyResult) -> dict[str, str]:
    """Draw, for each searched parameter, the score by its value in each trial that used it."""
    pictures = {}
    for name in all_parameters(trial.params for trial in result.trials):
        if (axis := axis_of(result, name, result.trials)) is not None:
            pictures[name] = _slice(result, axis, name)
    return pictures


def _slice(result: StudyResult, axis: ParameterAxis, name: str) -> str:
    chart = Chart(*SMALL, axis.side(name, 0.04), trial_axis(result))
    draw_trials(chart, result, {at: place + axis.step * _aside(at) for at, place in axis.places.items()})
    return chart.svg()


def _best_so_far(result: StudyResult) -> list[tuple[float, float]]:
    """Return the corners of the line that rises with each better value."""
    corners: list[tuple[float, float]] = []
    for trial in sorted(result.trials, key=lambda trial: trial.number):
        best = corners[-1][1] if corners else trial.value
        if best is not None:
            value = best if trial.value is None else max(best, trial.value)
            corners += [(trial.number, best), (trial.number, value)] if value > best or not corners else []
    return [*corners, (max(trial.number for trial in result.trials), corners[-1][1])]


def _aside(number: int) -> float:
    """Return a small step to either side, so that trials with the same value do not hide each other."""
    return 0.3 * (number * 0.618034 % 1 - 0.5)
