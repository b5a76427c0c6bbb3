"""The score of every complete trial by the size of its network."""

from __future__ import annotations

from math import log10
from typing import Final

from experiments.evaluation.records.analysis_record import SmallestRecord
from experiments.evaluation.records.results import StudyResult
from experiments.reports.metrics import axis_label, metric_of
from experiments.reports.plots.chart import Axis, Chart
from experiments.reports.plots.marks import Mark
from experiments.reports.plots.svg import BLUE, INK
from experiments.reports.plots.ticks import round_ticks
from experiments.reports.plots.trial_points import draw_trials, trial_axis

WIDE: Final = (302.0, 118.0)  # points
MARGIN: Final = 0.05  # share of the axis beside the smallest and the largest network
NEAR: Final = Mark("circle", BLUE, 6.0, opacity=0.22)
OTHER: Final = Mark("circle", INK, 5.0, hollow=1.6)


def sizes(result: StudyResult, record: SmallestRecord) -> str:
    """Draw the scores by the number of parameters, on a logarithmic axis.

    Those within one standard error of the best have a halo. A ring marks the winner, and another one the smallest of
    them, or the best where the smallest is the winner.
    """
    metric, places = metric_of(result.spec), {one.trial: log10(one.parameters) for one in record.networks}
    values = {trial.number: trial.value for trial in result.trials if trial.value is not None}
    low, high = min(places.values()), max(places.values())
    margin = MARGIN * (high - low) or 0.5
    ticks = [(log10(tick), f"{tick:,}") for tick in round_ticks(10 ** (low - margin), 10 ** (high + margin))]
    across = Axis(low - margin, high + margin, ticks, "parameters", "line")
    chart = Chart(*WIDE, across, trial_axis(result, axis_label(metric)), clip="sizes")
    near = [(places[one.trial], values[one.trial]) for one in record.networks if one.behind <= one.error]
    chart.marks(near, NEAR, "within one standard error of the best")
    draw_trials(chart, result, places, named=True)
    for name, number in (("best", record.best), ("smallest of these", record.trial)):
        if number != result.best.number:
            chart.marks([(places[number], values[number])], OTHER, name)
    return chart.svg()
