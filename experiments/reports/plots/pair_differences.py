"""The differences of pairs of studies with their intervals, against zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from experiments.evaluation.comparison.choices import ChoiceDifference
from experiments.evaluation.comparison.finalists import FinalistPair
from experiments.reports.plots.chart import Axis, Chart
from experiments.reports.plots.marks import Mark, Stroke
from experiments.reports.plots.score_axis import gain_axis
from experiments.reports.plots.svg import BLUE, FAINT, INK, distinct

WIDTH: Final = 302.0  # points
LONGEST: Final = 14  # letters of a name, of which two stand on a line
ROW: Final = 34.0


@dataclass(frozen=True)
class NamedDifference:
    """The difference of two studies or finalists, by their names."""

    first: str
    second: str
    found: ChoiceDifference | FinalistPair


def pair_differences(rows: Sequence[NamedDifference], metric: str) -> str:
    """Draw each difference, in the first colour where it is claimed; the names of a pair stand on their sides."""
    ends = [abs(end) for row in rows for end in row.found.interval]
    reach = 1.15 * max(ends) or 1.0
    chart = Chart(WIDTH, ROW * len(rows), gain_axis(metric, reach), Axis(len(rows) - 0.35, -0.6))
    chart.upright(0.0, Stroke(FAINT, 1))
    names = list(dict.fromkeys(name for row in rows for name in (row.first, row.second)))
    shown = dict(zip(names, distinct(names, LONGEST), strict=True))
    for at, row in enumerate(rows):
        colour = BLUE if row.found.claimed else INK
        low, high = row.found.interval
        chart.line([(low, at), (high, at)], Stroke(colour, 2.2), mark=Mark("bar", colour, 4.5))
        chart.marks([(row.found.score, at)], Mark("circle", colour, 3.7))
        words = chart.up(at - 0.42)
        chart.text(chart.across(-reach), words, f"← {shown[row.second]} better")
        chart.text(chart.across(reach), words, f"{shown[row.first]} better →", "end")
    return chart.svg()
