"""Legends: a sample of each line and mark with its name, in columns above a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from experiments.reports.plots.marks import Mark, Stroke
from experiments.reports.plots.svg import MUTED, element, rectangle, text
from experiments.reports.plots.text_width import text_width

SIZE: Final = 8.5  # points, of the letters
ROW: Final = 13.0
SAMPLE: Final = 13.0
GAP: Final = 4.0  # between a sample and its name
BETWEEN: Final = 9.0  # columns


@dataclass(frozen=True)
class Entry:
    """A name with its look; area is drawn as a rectangle of the stroke's colour."""

    name: str
    stroke: Stroke | None = None
    mark: Mark | None = None
    area: bool = False


def legend(entries: Sequence[Entry], width: float, size: float = SIZE) -> tuple[str, float]:
    """Draw a legend whose lower edge is at the height 0, in as many columns as fit; return it with its height.

    Args:
        size: of the letters.
    """
    columns = _columns(entries, width, size)
    rows = -(-len(entries) // len(columns))
    drawn = []
    for at, entry in enumerate(entries):
        row, column = divmod(at, len(columns))
        drawn.append(_entry(entry, 3 + sum(columns[:column]), (row - rows + 0.5) * ROW - 3, size))
    return element("g", "".join(drawn), font_size=size, fill=MUTED), rows * ROW + 5


def _columns(entries: Sequence[Entry], width: float, size: float) -> list[float]:
    """Return the widths of the most columns that fit; of one column at least."""
    widths = [SAMPLE + GAP + text_width(entry.name, size) + BETWEEN for entry in entries]
    for count in range(len(entries), 1, -1):
        columns = [max(widths[column::count]) for column in range(count)]
        if sum(columns) - BETWEEN <= width - 6:
            return columns
    return [max(widths)]


def _entry(entry: Entry, x: float, y: float, size: float) -> str:
    drawn = text(x + SAMPLE + GAP, y, entry.name, font_size=size)
    if entry.stroke is not None and entry.area:
        drawn += rectangle(x, y - 3.5, SAMPLE, 7, fill=entry.stroke.colour, fill_opacity=entry.stroke.opacity)
    elif entry.stroke is not None:
        drawn += entry.stroke.through([(x, y), (x + SAMPLE, y)])
    return drawn + (entry.mark.at([(x + SAMPLE / 2, y)]) if entry.mark else "")
