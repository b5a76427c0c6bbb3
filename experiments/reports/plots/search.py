"""The score of every trial: by its number, and by each parameter."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from experiments.evaluation.results import StudyResult
from experiments.reports.formatting import all_parameters, bounds_of, is_active, label
from experiments.reports.metrics import axis_label, metric_of
from experiments.reports.plots.parameter_axis import parameter_axis
from experiments.reports.plots.svg import INK, drawing, legend, svg_text
from experiments.reports.plots.trial_points import draw_trials, whole_numbers

WIDE: Final = (4.2, 2.4)  # inches
SMALL: Final = (2.75, 1.9)


def history(result: StudyResult) -> str:
    """Draw the score by trial number, with the best value so far."""
    trials = sorted(result.trials, key=lambda trial: trial.number)
    numbers = [float(trial.number) for trial in trials]
    values = [-math.inf if trial.value is None else trial.value for trial in trials]
    best = np.maximum.accumulate(values)
    with drawing("history", *WIDE) as figure:
        axes = figure.add_subplot()
        draw_trials(axes, result, dict(zip(map(int, numbers), numbers, strict=True)))
        known = np.isfinite(best)
        axes.step(np.array(numbers)[known], best[known], where="post", color=INK, linewidth=1.1, label="best so far")
        axes.set_xlabel("trial")
        axes.xaxis.set_major_locator(whole_numbers(8))
        margin = max(0.5, 0.02 * numbers[-1])
        axes.set_xlim(-margin, numbers[-1] + margin)
        axes.set_ylabel(axis_label(metric_of(result.spec)))
        legend(figure, columns=3)
        return svg_text(figure)


def slices(result: StudyResult) -> dict[str, str]:
    """Draw, for each searched parameter, the score by its value in each trial that used it."""
    pictures = {}
    for name in all_parameters(trial.params for trial in result.trials):
        bounds = bounds_of(name, result.spec)
        values: dict[int, Any] = {
            trial.number: trial.params[name] for trial in result.trials if is_active(name, trial.params, result.spec)
        }
        if bounds is not None and len(set(values.values())) > 1:
            with drawing(f"slice {name}", *SMALL) as figure:
                axes = figure.add_subplot()
                axis = parameter_axis(bounds, values)
                draw_trials(axes, result, {at: place + axis.step * _aside(at) for at, place in axis.places.items()})
                axes.set_xlim(-0.04 - 0.2 * axis.step, 1.04 + 0.2 * axis.step)
                axes.set_xticks(*zip(*axis.ticks, strict=True))
                axes.set_xlabel(label(name))
                pictures[name] = svg_text(figure)
    return pictures


def _aside(number: int) -> float:
    """Return a small step to either side, so that trials with the same value do not hide each other."""
    return 0.3 * (number * 0.618034 % 1 - 0.5)
