"""What the search did, trial by trial, and what each parameter did. Every picture is an SVG text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from experiments.evaluation.results import StudyResult, TrialRecord
from experiments.reports.formatting import all_parameters, bounds_of, is_active, label, metric_of
from experiments.reports.plots.svg import INK, drawing, legend, svg_text
from experiments.reports.plots.trial_points import draw_trials, scale_choices, scale_range, whole_numbers

WIDE: Final = (4.2, 2.4)  # inches
SMALL: Final = (2.75, 1.9)


def history(result: StudyResult) -> str:
    """Score by trial number, with the best value so far."""
    last = max(trial.number for trial in result.trials)
    with drawing("history", *WIDE) as figure:
        axes = figure.add_subplot()
        draw_trials(axes, result, {trial.number: float(trial.number) for trial in result.trials})
        numbers, values = _best_so_far(result)
        axes.step([*numbers, last], [*values, values[-1]], where="post", color=INK, linewidth=1.1, label="best so far")
        axes.set_xlabel("trial")
        axes.xaxis.set_major_locator(whole_numbers(8))
        margin = max(0.5, 0.02 * last)
        axes.set_xlim(-margin, last + margin)
        axes.set_ylabel(metric_of(result.spec))
        legend(figure, columns=3)
        return svg_text(figure)


def slices(result: StudyResult) -> dict[str, str]:
    """One picture for each searched parameter: its value in each trial that used it, against the trial's score."""
    pictures = {}
    for name in all_parameters(trial.params for trial in result.trials):
        bounds = bounds_of(name, result.spec)
        users = [trial for trial in result.trials if is_active(name, trial.params, result.spec)]
        if bounds is not None and len({trial.params[name] for trial in users}) > 1:
            pictures[name] = _slice(result, name, bounds, users)
    return pictures


def _slice(result: StudyResult, name: str, bounds: Mapping[str, Any], users: Sequence[TrialRecord]) -> str:
    scale = scale_choices if "choices" in bounds else scale_range
    with drawing(f"slice {name}", *SMALL) as figure:
        axes = figure.add_subplot()
        draw_trials(axes, result, scale(axes, bounds, {trial.number: trial.params[name] for trial in users}))
        axes.set_xlabel(label(name))
        return svg_text(figure)


def _best_so_far(result: StudyResult) -> tuple[list[int], list[float]]:
    """The numbers and values of the trials that were the best when they were told."""
    numbers: list[int] = []
    values: list[float] = []
    for trial in sorted(result.trials, key=lambda trial: trial.number):
        if trial.value is not None and (not values or trial.value > values[-1]):
            numbers.append(trial.number)
            values.append(trial.value)
    return numbers, values
