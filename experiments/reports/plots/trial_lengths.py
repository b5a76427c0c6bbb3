"""The number of trials still in training at each epoch, and where they ended."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from experiments.reports.plots.chart import Axis, Chart
from experiments.reports.plots.marks import Mark
from experiments.reports.plots.svg import BLUE, FAINT, GREEN, ORANGE
from experiments.reports.plots.ticks import number_ticks
from experiments.reports.trial_lengths import Ending

WIDE: Final = (302.0, 88.0)  # points
MARKS: Final = {
    "pruned": Mark("down", FAINT, 3.2),
    "diverged": Mark("cross", ORANGE, 2.8),
    "complete": Mark("bar", GREEN, 3.6),
}


def endings(ends: Sequence[Ending], epochs: int) -> str:
    """Draw a step down for each trial that ended, with marks for the reasons."""
    x = Axis(0, epochs * 1.01, number_ticks(0, epochs, 8, whole=True), "epoch", "line")
    chart = Chart(*WIDE, x, Axis(0, len(ends) * 1.06, number_ticks(0, len(ends), 5, whole=True), "trials"))
    steps = sorted({0, epochs, *(end.epoch for end in ends)})
    outline: list[tuple[float, float]] = [(0, 0)]
    for here, there in pairwise(steps):
        going = sum(end.epoch > here for end in ends)
        outline += [(here, going), (there, going)]
    chart.area([*outline, (epochs, 0)], BLUE, 0.18, "trials in training")
    for how, mark in MARKS.items():
        ended = sorted({end.epoch for end in ends if end.how == how})
        if ended:
            chart.marks([(epoch, sum(end.epoch >= epoch for end in ends)) for epoch in ended], mark, how)
    return chart.svg()
