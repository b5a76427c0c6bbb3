"""The axis of a parameter: its searched range or choices from 0 to 1, on the scale of the search."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from experiments.evaluation.records.results import StudyResult, TrialRecord
from experiments.reports.formatting import bounds_of, is_active, label, parameter
from experiments.reports.plots.chart import Axis
from experiments.reports.plots.svg import distinct
from experiments.reports.plots.ticks import linear_ticks, log_ticks, short_number

FEW: Final = 10  # most whole numbers that stand apart on an axis


@dataclass(frozen=True)
class ParameterAxis:
    """The axis of a parameter.

    places: place of each trial, by number.
    ticks:  places and texts.
    step:   distance between neighbouring choices or few whole numbers; 0 for others.
    named:  whether the ticks are names of choices, of which none is left out.
    """

    places: Mapping[int, float]
    ticks: Sequence[tuple[float, str]]
    step: float
    named: bool = False

    def side(self, name: str, margin: float) -> Axis:
        """Make the side of a chart, with room for marks beside the ends and between the steps.

        Args:
            name: of the parameter.
        """
        margin += 0.2 * self.step
        return Axis(-margin, 1 + margin, self.ticks, label(name), "line", self.named)


def axis_of(result: StudyResult, name: str, trials: Iterable[TrialRecord]) -> ParameterAxis | None:
    """Make the axis of a parameter for the trials that used it; None where it was not searched, or has one value."""
    bounds = bounds_of(name, result.spec)
    values = {trial.number: trial.params[name] for trial in trials if is_active(name, trial.params, result.spec)}
    return None if bounds is None or len(set(values.values())) < 2 else parameter_axis(bounds, values)


def parameter_axis(bounds: Mapping[str, Any], values: Mapping[int, Any]) -> ParameterAxis:
    """Make the axis of values by trial number, of which at least two differ; the default may lie outside the bounds.

    >>> parameter_axis({"choices": ["relu", "tanh"]}, {0: "tanh", 1: "relu"})
    ParameterAxis(places={0: 0.75, 1: 0.25}, ticks=[(0.25, 'relu'), (0.75, 'tanh')], step=0.5, named=True)
    >>> parameter_axis({"low": 0.01, "high": 1.0, "log": True}, {0: 0.1, 1: 1.0})
    ParameterAxis(places={0: 0.5, 1: 1.0}, ticks=[(0.0, '0.01'), (0.5, '0.1'), (1.0, '1')], step=0.0, named=False)
    """
    if "choices" in bounds:
        order = list(dict.fromkeys([*bounds["choices"], *values.values()]))
        middles = {choice: (index + 0.5) / len(order) for index, choice in enumerate(order)}
        names = distinct([parameter(choice) for choice in middles], 12)
        ticks = list(zip(middles.values(), names, strict=True))
        return ParameterAxis({number: middles[value] for number, value in values.items()}, ticks, 1 / len(order), True)
    low, high = min(bounds["low"], *values.values()), max(bounds["high"], *values.values())
    whole = all(isinstance(value, int) for value in values.values())
    step = 1 / (high - low) if whole and high - low <= FEW else 0.0
    scale: Callable[[float], float] = float
    shown = linear_ticks(low, high, whole=whole)
    if bounds.get("log") and low > 0:
        scale, shown, step = math.log, log_ticks(low, high, 2 if whole else 10), 0.0

    def place(value: float) -> float:
        return (scale(value) - scale(low)) / (scale(high) - scale(low))

    places = {number: place(value) for number, value in values.items()}
    return ParameterAxis(places, [(place(tick), short_number(tick)) for tick in shown], step)
