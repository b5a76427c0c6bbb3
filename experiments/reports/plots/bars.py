"""Named lengths as horizontal bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from experiments.reports.blocks import Fact
from experiments.reports.plots.chart import Axis, Chart
from experiments.reports.plots.marks import Stroke
from experiments.reports.plots.svg import BLUE, FAINT, INK, ORANGE, SIZE, distinct, rectangle
from experiments.reports.plots.text_width import text_width
from experiments.reports.plots.ticks import number_ticks

WIDTH: Final = 302.0  # points
ROW: Final = 21.0
THICK: Final = 12.5


@dataclass(frozen=True)
class Bar:
    """A named length.

    words:     text at the end of the bar.
    deviation: length of the whisker to either side.
    """

    name: str
    length: float
    words: Fact
    deviation: float = 0.0


def bars(rows: Sequence[Bar], axis: str, limit: float | None = None) -> str:
    """Draw a bar for each row, in their order; lengths below zero in the second colour.

    Args:
        limit: length at which a dotted line stands.
    """
    low = min(0.0, *(row.length - row.deviation for row in rows))
    high = max(0.0, limit or 0.0, *(row.length + row.deviation for row in rows))
    high = high if high > low else 1.0
    names = Axis(len(rows) - 0.5, -0.5, list(enumerate(distinct([row.name for row in rows], 28))), rule="", colour=INK)
    room = (max(text_width(str(row.words.text), SIZE) for row in rows) + 8) / (WIDTH - names.left)  # for the words
    end = high + (high - low) * room / (1 - room)
    lengths = Axis(low, end, number_ticks(low, end), axis, "line")
    chart = Chart(WIDTH, ROW * len(rows), lengths, names)
    for place, row in enumerate(rows):
        ends, height = sorted((0.0, row.length)), chart.up(place)
        left, right = chart.across(ends[0]), chart.across(ends[1])
        colour = BLUE if row.length >= 0 else ORANGE
        chart.add(rectangle(left, height - THICK / 2, right - left, THICK, fill=colour))
        if row.deviation:
            chart.line([(row.length - row.deviation, place), (row.length + row.deviation, place)], Stroke(INK, 1))
        words = chart.across(max(0.0, row.length + row.deviation)) + 4
        if limit is not None and -2 < chart.across(limit) - words < text_width(str(row.words.text), SIZE) + 2:
            words = chart.across(limit) + 4  # beside the line, which would cross them
        chart.text(words, height, row.words)
    chart.upright(0.0, Stroke(FAINT, 0.9))
    if limit is not None:
        chart.upright(limit, Stroke(INK, 0.9, "1.5 1.5"))
    return chart.svg()
