"""Strokes and marks: how a line or a point looks in a picture and in its legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from markupsafe import escape

from experiments.reports.plots.svg import Attribute, element, number

Shape = Literal["circle", "diamond", "down", "up", "left", "right", "cross", "bar"]
Point = tuple[float, float]

# lines through points of the square from -1 to 1; a mark is closed if it is filled
_SHAPES: Final = MappingProxyType(
    {
        "diamond": (((0, -1), (1, 0), (0, 1), (-1, 0)),),
        "down": (((-1, -0.9), (1, -0.9), (0, 0.9)),),
        "up": (((-1, 0.9), (1, 0.9), (0, -0.9)),),
        "left": (((0.9, -1), (0.9, 1), (-0.9, 0)),),
        "right": (((-0.9, -1), (-0.9, 1), (0.9, 0)),),
        "cross": (((-1, -1), (1, 1)), ((-1, 1), (1, -1))),
        "bar": (((0, -1), (0, 1)),),
    }
)
_OPEN: Final = ("cross", "bar")


@dataclass(frozen=True)
class Stroke:
    """The look of a line; width in points, dash as SVG writes it."""

    colour: str
    width: float = 1.4
    dash: str | None = None
    opacity: float | None = None

    def through(self, points: Sequence[Point]) -> str:
        """Draw the line through points."""
        return element(
            "path",
            d=path(points),
            fill="none",
            stroke=self.colour,
            stroke_width=self.width,
            stroke_dasharray=self.dash,
            stroke_opacity=self.opacity,
            stroke_linejoin="round",
        )


@dataclass(frozen=True)
class Mark:
    """The look of a point; radius in points.

    hollow: drawn as an outline of this width; 0 fills the mark.
    """

    shape: Shape
    colour: str
    radius: float
    hollow: float = 0.0
    opacity: float | None = None

    def at(self, points: Sequence[Point], titles: Sequence[str] = ()) -> str:
        """Draw the mark at points.

        Args:
            titles: words for each point, which a pointer on it shows.
        """
        if not points:
            return ""
        said = [element("title", str(escape(title))) for title in titles] or [""] * len(points)
        drawn = "".join(self._one(*point, title) for point, title in zip(points, said, strict=True))
        outlined = self.hollow or (1.3 if self.shape in _OPEN else 0.0)
        look: dict[str, Attribute] = {"fill": self.colour, "fill_opacity": self.opacity}
        if outlined:
            look = {"fill": "none", "stroke": self.colour, "stroke_width": outlined, "stroke_opacity": self.opacity}
        return element("g", drawn, **look)

    def _one(self, x: float, y: float, title: str) -> str:
        if self.shape == "circle":
            return element("circle", title, cx=x, cy=y, r=self.radius)
        lines = [[(x + self.radius * dx, y + self.radius * dy) for dx, dy in each] for each in _SHAPES[self.shape]]
        return element("path", title, d="".join(map(path, lines)) + ("" if self.shape in _OPEN else "z"))


def path(points: Sequence[Point]) -> str:
    """Write the path through points.

    >>> path([(1, 2), (3.5, 4)])
    'M1 2L3.5 4'
    """
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)
