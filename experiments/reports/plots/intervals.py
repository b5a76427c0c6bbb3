"""Scores as dots with their intervals: plain models beside the tuned one, and the gain over the default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from experiments.evaluation.results import ScoreDifference
from experiments.reports.formatting import MINUS
from experiments.reports.plots.svg import BLUE, FAINT, INK, MUTED, drawable, drawing, fact_id, svg_text

WIDTH: Final = 4.2  # inches
FAR: Final = 4  # a score this many times as far from the others as they lie apart leaves the picture


@dataclass(frozen=True)
class Dot:
    """A score by name; without an interval where none belongs to it. Main ones are drawn in the first colour.

    key: of the score in results.json.
    """

    name: str
    score: float
    interval: tuple[float, float] | None
    main: bool = False
    key: str = ""

    @property
    def ends(self) -> tuple[float, ...]:
        """All that has to be in the picture."""
        return (self.score, *self.interval) if self.interval else (self.score,)


def dots(name: str, rows: Sequence[Dot], metric: str) -> str:
    """The scores one below the other, on one scale; a faint line leads down from the first.

    A score so far below that the others could not be told apart stands on the left edge.
    """
    low = _left_end(rows)
    with drawing(name, WIDTH, 0.75 + 0.27 * len(rows)) as figure:
        axes = figure.add_subplot()
        axes.grid(visible=False)
        axes.axvline(rows[0].score, color=FAINT, linewidth=0.9, linestyle=(0, (1.5, 1.5)), zorder=1)
        for place, row in enumerate(rows):
            colour = BLUE if row.main else INK
            if row.score < low:
                axes.plot([0.012], [place], color=MUTED, marker="<", markersize=6, transform=axes.get_yaxis_transform())
                axes.text(
                    0.035,
                    place,
                    f"{row.score:.3g}".replace("-", MINUS),
                    color=MUTED,
                    va="center",
                    transform=axes.get_yaxis_transform(),
                    gid=fact_id(row.key),
                )
                continue
            if row.interval:
                ends = [max(row.interval[0], low), row.interval[1]]
                axes.plot(ends, [place, place], color=colour, linewidth=2.4 if row.main else 1.6, solid_capstyle="butt")
            face = colour if row.main or row.interval else "none"
            axes.plot([row.score], [place], color=colour, marker="o", markersize=6.5, markerfacecolor=face)
        shown = [end for row in rows if row.score >= low for end in row.ends]
        first, last = max(min(shown), low), max(shown)
        margin = 0.06 * (last - first) or 0.01 * abs(last) or 0.01
        axes.set_xlim(first - (2 if low > min(row.score for row in rows) else 1) * margin, last + margin)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_yticks(range(len(rows)), [drawable(row.name, 34) for row in rows])
        axes.tick_params(axis="y", labelcolor=INK)
        axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axes.set_xlabel(metric)
        return svg_text(figure)


def _left_end(rows: Sequence[Dot]) -> float:
    """Where the scale ends on the left: minus infinity where all scores fit on it."""
    scores = sorted((row.score for row in rows), reverse=True)
    for better, worse in pairwise(scores[1:]):
        span = max(scores[0] - better, *(row.interval[1] - row.interval[0] for row in rows if row.interval), 0.0)
        if better - worse > FAR * span > 0:
            return min(end for row in rows if row.score >= better for end in row.ends)
    return float("-inf")


def difference(found: ScoreDifference) -> str:
    """The winner's gain over the default on the test rows, with its interval, against zero."""
    low, high = found.ci95
    reach = 1.15 * max(abs(low), abs(high), abs(found.score)) or 1.0
    with drawing("difference", WIDTH, 1.0) as figure:
        axes = figure.add_subplot()
        axes.grid(visible=False)
        axes.axvline(0, color=FAINT, linewidth=1)
        axes.plot([low, high], [0, 0], color=INK, linewidth=2.2, solid_capstyle="butt")
        axes.plot([low, high], [0, 0], color=INK, linestyle="none", marker="|", markersize=9, markeredgewidth=1.4)
        axes.plot([found.score], [0], color=INK, marker="o", markersize=6.5)
        axes.set_xlim(-reach, reach)
        axes.set_ylim(-1, 1.6)
        axes.yaxis.set_major_locator(NullLocator())
        axes.xaxis.set_major_locator(MaxNLocator(6, symmetric=True, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:+.3g}".replace("-", MINUS) if x else "0"))
        axes.text(-reach, 1.15, "← default better", color=MUTED, ha="left", va="center")
        axes.text(reach, 1.15, "tuned better →", color=MUTED, ha="right", va="center")
        return svg_text(figure)
