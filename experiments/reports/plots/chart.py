"""Charts: lines, marks and words on two axes, with a legend above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from experiments.reports.blocks import Fact
from experiments.reports.plots.legend import Entry, legend
from experiments.reports.plots.marks import Mark, Point, Stroke, path
from experiments.reports.plots.svg import (
    FAINT,
    MUTED,
    RULE,
    SIZE,
    Anchor,
    Attribute,
    document,
    drawable,
    element,
    number,
    text,
)
from experiments.reports.plots.text_width import text_width
from experiments.reports.plots.ticks import Ticks

EDGE: Final = 3.0  # points, around everything
DASH: Final = 3.0  # length of the dash at a tick
TITLE: Final = 13.0  # height of an axis' title
LONGEST: Final = 60  # most letters of a title


@dataclass(frozen=True)
class Axis:
    """One side of a chart.

    first:  value at the left or lower end.
    last:   value at the other end, which may be the smaller one.
    ticks:  in the order from the first end to the last.
    rule:   a line along the axis with a dash at each tick, or a grid across the chart, or nothing.
    named:  the ticks are names, of which none is left out.
    colour: of the labels.
    """

    first: float
    last: float
    ticks: Ticks = ()
    title: str = ""
    rule: Literal["line", "grid", ""] = "grid"
    named: bool = False
    colour: str = MUTED

    def share(self, value: float) -> float:
        """Return the place of a value: 0 at the first end, 1 at the last."""
        return (value - self.first) / (self.last - self.first)

    def at(self, share: float) -> float:
        """Return the value at a place."""
        return self.first + share * (self.last - self.first)

    @property
    def left(self) -> float:
        """The width in points of the labels and the title beside a chart."""
        labels = max((text_width(label, SIZE) for _, label in self.ticks), default=0.0)
        return EDGE + (TITLE if self.title else 0.0) + (labels + 4 if labels else 0.0)


class Chart:
    """A drawing on two axes, in points, whose upper edge without the legend is at the height 0."""

    def __init__(self, width: float, height: float | None, x: Axis, y: Axis, clip: str = "", left: float = 0.0):
        """Lay out a chart.

        Args:
            width:  of the whole picture.
            height: of the part between the axes; None makes that square.
            clip:   identifier of the region outside which no line is seen; "" shows all.
            left:   least room for the labels beside the chart.
        """
        self.width, self._x, self._y, self._clip = width, x, y, clip
        self._left = max(left, y.left)
        self._right = width - EDGE
        if x.ticks:
            (first, first_label), (last, last_label) = x.ticks[0], x.ticks[-1]
            across = self._right - self._left
            self._left = max(self._left, text_width(first_label, SIZE) / 2 - x.share(first) * across)
            over = text_width(last_label, SIZE) / 2 - (1 - x.share(last)) * across
            self._right = width - max(EDGE, over + 1)
        self._top = SIZE / 2 + 1 if y.ticks and y.rule else EDGE
        self._bottom = self._top + (self._right - self._left if height is None else height)
        self._ticks, self._turned = self._fitting_ticks()
        self._legend: list[Entry] = []
        self._drawn: list[str] = []
        self._words: list[str] = []

    def across(self, value: float) -> float:
        """Return the horizontal place of a value."""
        return self._left + self._x.share(value) * (self._right - self._left)

    def up(self, value: float) -> float:
        """Return the vertical place of a value."""
        return self._bottom - self._y.share(value) * (self._bottom - self._top)

    def line(self, points: Sequence[Point], stroke: Stroke, name: str = "", mark: Mark | None = None) -> None:
        """Draw a line through points, and a mark on each; a name stands in the legend."""
        placed = self._placed(points)
        self.add(stroke.through(placed) + (mark.at(placed) if mark else ""))
        self.explain(name, stroke, mark)

    def upright(self, x: float, stroke: Stroke, name: str = "") -> None:
        """Draw a line from the bottom to the top."""
        self.line([(x, self._y.first), (x, self._y.last)], stroke, name)

    def area(self, points: Sequence[Point], colour: str, opacity: float, name: str = "") -> None:
        """Fill the area within points."""
        self.add(element("path", d=path(self._placed(points)) + "z", fill=colour, fill_opacity=opacity))
        if name:
            self._legend.append(Entry(name, Stroke(colour, opacity=opacity), area=True))

    def marks(self, points: Sequence[Point], mark: Mark, name: str = "", titles: Sequence[str] = ()) -> None:
        """Draw marks; a pointer on one shows its title."""
        self.add(mark.at(self._placed(points), titles))
        self.explain(name, mark=mark)

    def text(self, x: float, y: float, words: str | Fact, anchor: Anchor = "start", colour: str = MUTED) -> None:
        """Write words at a place in points; they are never cut off."""
        self._words.append(text(x, y, words, anchor, fill=colour))

    def add(self, svg: str) -> None:
        """Add an element at its place in points."""
        self._drawn.append(svg)

    def explain(self, name: str, stroke: Stroke | None = None, mark: Mark | None = None) -> None:
        """Put a name into the legend."""
        if name:
            self._legend.append(Entry(name, stroke, mark))

    def svg(self) -> str:
        """Return the document."""
        above, height = self.legend()
        body, below = self.body()
        return document(self.width, height + below, f"{above}\n{body}".strip(), top=-height)

    def legend(self) -> tuple[str, float]:
        """Return the legend, and its height."""
        return legend(self._legend, self.width) if self._legend else ("", 0.0)

    def body(self) -> tuple[str, float]:
        """Return all but the legend, and its height."""
        across, below = self._across()
        drawn = "\n".join(self._drawn)
        if self._clip:
            width, height = self._right - self._left, self._bottom - self._top
            region = element("rect", x=self._left, y=self._top, width=width, height=height)
            drawn = element("clipPath", region, id=self._clip) + element("g", drawn, clip_path=f"url(#{self._clip})")
        return "\n".join(filter(None, (self._beside(), across, drawn, "".join(self._words)))), below

    def _placed(self, points: Sequence[Point]) -> list[Point]:
        return [(self.across(x), self.up(y)) for x, y in points]

    def _fitting_ticks(self) -> tuple[Ticks, bool]:
        """Leave out horizontal ticks that have no room, or turn their names; return the ticks, and whether so."""
        for step in range(1, len(self._x.ticks) + 1):
            ticks = self._x.ticks[::step]
            ends = [(self.across(value), text_width(label, SIZE) / 2) for value, label in ticks]
            if all(there - here > half + other + 6 for (here, half), (there, other) in pairwise(ends)):
                return ticks, False
            if self._x.named:
                return ticks, True
        return self._x.ticks, False

    def _beside(self) -> str:
        """Draw the vertical axis with its labels and its title."""
        axis, drawn = self._y, ""
        if axis.rule == "grid":
            heights = [self.up(value) for value, _ in axis.ticks]
            grid = "".join(path([(self._left, height), (self._right, height)]) for height in heights)
            drawn += element("path", d=grid, stroke=RULE, stroke_width=0.6) if grid else ""
        labels = [text(self._left - 4, self.up(value), label, "end") for value, label in axis.ticks if label]
        drawn += element("g", "".join(labels), fill=axis.colour) if labels else ""
        if axis.title:
            turned = f"translate({EDGE + SIZE / 2:g} {(self._top + self._bottom) / 2:.2f}) rotate(-90)"
            drawn += _title(0, 0, axis.title, self._bottom, fill=MUTED, transform=turned)
        return drawn

    def _across(self) -> tuple[str, float]:
        """Draw the horizontal axis; return it with the height at which it ends."""
        axis, drawn, below = self._x, "", self._bottom
        if axis.rule == "line":
            dashes = "".join(f"M{self.across(value):.2f} {self._bottom:.2f}v{DASH:g}" for value, _ in self._ticks)
            drawn += element(
                "path", d=f"M{self._left:.2f} {self._bottom:.2f}H{self._right:.2f}{dashes}", stroke=FAINT,
                stroke_width=0.7, fill="none",
            )  # fmt: skip
            below += DASH
        if self._turned:
            places = [(label, f"translate({self.across(value):.2f} {below + 3:.2f}) rotate(-90)")
                      for value, label in self._ticks]  # fmt: skip
            labels = [text(0, 0, label, "end", transform=place) for label, place in places]
            below += 4 + max(text_width(label, SIZE) for label, _ in places)
        else:
            labels = [text(self.across(value), below + 8, label, "middle") for value, label in self._ticks if label]
            below += 13 if labels else 0
        drawn += element("g", "".join(labels), fill=axis.colour) if labels else ""
        if axis.title:
            middle = (self._left + self._right) / 2
            drawn += _title(middle, below + 7, axis.title, self._right - self._left, fill=MUTED)
            below += TITLE
        return drawn, below + 2


def _title(x: float, y: float, title: str, room: float, **attributes: Attribute) -> str:
    """Write the title of an axis, in letters so small that it has room."""
    shown = drawable(title, LONGEST)
    size = SIZE * min(1.0, room / text_width(shown, SIZE))
    return text(x, y, shown, "middle", font_size=None if size == SIZE else size, **attributes)


def stacked(above: Chart, below: Chart) -> str:
    """Return two charts of the same width below each other, under the legend of the first."""
    upper, legend_height = above.legend()
    first, height = above.body()
    second, more = below.body()
    moved = element("g", second, transform=f"translate(0 {number(height)})")
    return document(above.width, legend_height + height + more, f"{upper}\n{first}\n{moved}", top=-legend_height)
