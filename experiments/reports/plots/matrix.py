"""Confusion matrices, and maps of the importance of pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.ticker import NullLocator

from experiments.evaluation.records import Counts
from experiments.reports.plots.svg import BLUE, INK, MUTED, ORANGE, RULE, drawable, drawing, fact_id, svg_text

SIDE: Final = 3.7  # inches
NUMBERED: Final = 15  # most classes whose cells have room for a number
NAMED: Final = 20  # most classes whose rows have room for a name
DEEPEST: Final = 0.6  # opacity at which a number on the cell is readable, in light and dark mode
FAINTEST: Final = 0.06

Cells = Mapping[tuple[int, int], tuple[str, float]]  # (row, column): colour, opacity


def confusion(name: str, key: str, counts: Counts, classes: Sequence[str]) -> str:
    """Draw a confusion matrix: correct predictions in one colour, errors in another.

    Opacity is the share of the true class; errors, which are few, have a stronger scale.

    Args:
        key: of the counts in results.json.
    """
    size = len(counts)
    shares = {
        (row, column): number / sum(line)
        for row, line in enumerate(counts)
        for column, number in enumerate(line)
        if number
    }
    most = max((share for (row, column), share in shares.items() if row != column), default=1.0)
    cells = {
        (row, column): (BLUE, DEEPEST * share) if row == column else (ORANGE, DEEPEST * (share / most) ** 0.5)
        for (row, column), share in shares.items()
    }
    with drawing(name, SIDE, SIDE) as figure:
        axes = figure.add_subplot()
        _fill(axes, cells, size, size)
        if size <= NUMBERED:
            for row, column in cells:
                axes.text(column, row, f"{counts[row][column]:,}", ha="center", va="center",
                          fontsize=8 if size <= 10 else 6.5, gid=fact_id(f"{key}[{row}][{column}]"))  # fmt: skip
        names = [drawable(name, 12) for name in classes] if size <= NAMED else []
        places = range(size) if names else range(0, size, max(1, round(size / 5)))
        long = max(map(len, names), default=0) > 3 and size > 3
        axes.set_xticks(places, names or [str(place) for place in places], rotation=90 if long else 0)
        axes.set_yticks(places, names or [str(place) for place in places])
        axes.set_xlabel("predicted class" if names else "number of the predicted class")
        axes.set_ylabel("true class" if names else "number of the true class")
        return svg_text(figure)


def heat_map(name: str, drops: Mapping[tuple[int, int], float], width: int, height: int) -> str:
    """Draw the importance of each pixel (row, column): positive drops in one colour, negative drops in another."""
    most = max(map(abs, drops.values())) or 1.0
    cells = {
        place: (BLUE if drop > 0 else ORANGE, 0.95 * abs(drop) / most)
        for place, drop in drops.items()
        if abs(drop) > FAINTEST * most
    }
    with drawing(name, SIDE, SIDE * height / width + 0.3 if height <= 2 * width else 2 * SIDE) as figure:
        axes = figure.add_subplot()
        _fill(axes, cells, width, height)
        axes.xaxis.set_major_locator(NullLocator())
        axes.yaxis.set_major_locator(NullLocator())
        return svg_text(figure)


def _fill(axes: Axes, cells: Cells, width: int, height: int) -> None:
    squares = [
        [(column - 0.5, row - 0.5), (column + 0.5, row - 0.5), (column + 0.5, row + 0.5), (column - 0.5, row + 0.5)]
        for row, column in cells
    ]
    colours = [to_rgba(colour, max(opacity, FAINTEST)) for colour, opacity in cells.values()]
    axes.add_collection(PolyCollection(squares, facecolors=colours, edgecolors="none", clip_on=False))
    axes.grid(visible=False)
    axes.tick_params(length=0, labelcolor=INK, colors=MUTED, labelsize=8)
    for spine in axes.spines.values():
        spine.set(visible=True, color=RULE)
    axes.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5), aspect="equal")
