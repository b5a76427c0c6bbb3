"""Named lengths as horizontal bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.ticker import MaxNLocator

from experiments.reports.plots.svg import BLUE, FAINT, INK, MUTED, ORANGE, drawable, drawing, fact_id, svg_text

WIDTH: Final = 4.2  # inches


@dataclass(frozen=True)
class Bar:
    """A named length.

    deviation: length of the whisker to either side.
    words:     text at the end of the bar, which is the fact of this key.
    """

    name: str
    length: float
    deviation: float = 0.0
    words: str = ""
    key: str = ""


def bars(name: str, rows: Sequence[Bar], axis: str) -> str:
    """Draw a bar for each row, in their order; lengths below zero in the second colour."""
    with drawing(name, WIDTH, 0.7 + 0.24 * len(rows)) as figure:
        axes = figure.add_subplot()
        axes.grid(visible=False)
        lengths, places = [row.length for row in rows], range(len(rows))
        axes.barh(places, lengths, height=0.62, color=[BLUE if length >= 0 else ORANGE for length in lengths])
        if any(row.deviation for row in rows):
            axes.errorbar(lengths, places, xerr=[row.deviation for row in rows], fmt="none", ecolor=INK, elinewidth=1)
        ends = [row.length + row.deviation for row in rows]
        span = max(0.0, *ends) - min(0.0, *lengths) or 1.0
        for place, row in enumerate(rows):
            end = max(0.0, ends[place]) + 0.015 * span
            axes.text(end, place, row.words, va="center", color=MUTED, fontsize=8, gid=fact_id(row.key))
        axes.axvline(0, color=FAINT, linewidth=0.9)
        low = min(0.0, *(row.length - row.deviation for row in rows))
        axes.set_xlim(low * 1.05, max(0.0, *ends) + 0.17 * span)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_yticks(places, [drawable(row.name, 28) for row in rows])
        axes.tick_params(axis="y", labelcolor=INK)
        axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        axes.set_xlabel(axis)
        return svg_text(figure)
