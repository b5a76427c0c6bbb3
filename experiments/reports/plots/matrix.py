"""Confusion matrices, and maps of the importance of pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from experiments.evaluation.records.analysis_record import Counts
from experiments.reports.blocks import Fact
from experiments.reports.plots.chart import Axis, Chart
from experiments.reports.plots.svg import BLUE, INK, ORANGE, RULE, distinct, document, element, rectangle, text
from experiments.reports.plots.text_width import text_width

SIDE: Final = 266.0  # points
NUMBER: Final = 8.0  # largest size of the numbers
NUMBERED: Final = 15  # most classes whose cells have room for a number
NAMED: Final = 20  # most classes whose rows have room for a name
DEEPEST: Final = 0.6  # opacity at which a number on the cell is readable, in light and dark mode
FAINTEST: Final = 0.06


def confusion(key: str, counts: Counts, classes: Sequence[str]) -> str:
    """Draw a confusion matrix: correct predictions in one colour, errors in another.

    Opacity is the share of the true class; errors, which are few, have a stronger scale.

    Args:
        key: of the counts in results.json.
    """
    size, named = len(counts), len(counts) <= NAMED
    places = range(0, size, 1 if named else max(1, round(size / 5)))
    names = distinct(classes, 12) if named else list(map(str, range(size)))
    ticks = [(place, names[place]) for place in places]
    said = "{} class" if named else "number of the {} class"
    across = Axis(-0.5, size - 0.5, ticks, said.format("predicted"), "", named=True, colour=INK)
    down = Axis(size - 0.5, -0.5, ticks, said.format("true"), "", colour=INK)
    chart = Chart(SIDE, None, across, down)
    shares = {
        (row, column): count / sum(line)
        for row, line in enumerate(counts)
        for column, count in enumerate(line)
        if count
    }
    most = max((share for (row, column), share in shares.items() if row != column), default=1.0)
    side = chart.across(1) - chart.across(0)
    cells, numbers = [], []
    for (row, column), share in shares.items():
        opacity = DEEPEST * (share if row == column else (share / most) ** 0.5)
        x, y = chart.across(column), chart.up(row)
        cells.append(_cell(x - side / 2, y - side / 2, side, BLUE if row == column else ORANGE, opacity))
        if size <= NUMBERED:
            number = f"{counts[row][column]:,}"
            fitting = NUMBER * min(1.0, 0.92 * side / text_width(number, NUMBER))
            fact = Fact(f"{key}[{row}][{column}]", number)
            numbers.append(text(x, y, fact, "middle", font_size=fitting))
    chart.add(_framed(cells, chart.across(-0.5), chart.up(-0.5), size * side, size * side))
    chart.add(element("g", "\n".join(numbers), fill=INK))
    return chart.svg()


def heat_map(drops: Mapping[tuple[int, int], float], width: int, height: int) -> str:
    """Draw the importance of each pixel (row, column): positive drops in one colour, negative drops in another."""
    most = max(map(abs, drops.values())) or 1.0
    side = min((SIDE - 4) / width, 2 * SIDE / height)
    left = (SIDE - side * width) / 2
    cells = [
        _cell(left + side * column, 2 + side * row, side, BLUE if drop > 0 else ORANGE, 0.95 * abs(drop) / most)
        for (row, column), drop in drops.items()
        if abs(drop) > FAINTEST * most
    ]
    return document(SIDE, side * height + 4, _framed(cells, left, 2, side * width, side * height))


def _cell(x: float, y: float, side: float, colour: str, opacity: float) -> str:
    return rectangle(x, y, side, side, fill=colour, fill_opacity=max(opacity, FAINTEST))


def _framed(cells: Sequence[str], x: float, y: float, width: float, height: float) -> str:
    """Put a frame around cells, between which no gap is seen."""
    frame = rectangle(x, y, width, height, fill="none", stroke=RULE, stroke_width=0.7)
    return element("g", "\n".join(cells), shape_rendering="crispEdges") + frame
