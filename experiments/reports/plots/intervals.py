"""Scores as dots with their intervals: the tuned model and the baselines, and the difference from the default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from experiments.evaluation.results import ScoreDifference
from experiments.reports.metrics import Scores, axis_label, lower_is_better, metric_label
from experiments.reports.plots.svg import BLUE, FAINT, INK, MUTED, drawable, drawing, fact_id, svg_text
from experiments.reports.plots.trial_points import set_score_axis

WIDTH: Final = 4.2  # inches
FAR: Final = 4  # gap, in spans of the better scores, from which a worse score is off the scale


@dataclass(frozen=True)
class Dot:
    """A named score, with or without an interval.

    main: drawn in the first colour.
    key:  of the score in results.json.
    """

    name: str
    score: float
    interval: tuple[float, float] | None
    main: bool = False
    key: str = ""

    @property
    def ends(self) -> tuple[float, ...]:
        """The values that the picture has to show."""
        return (self.score, *self.interval) if self.interval else (self.score,)


def dots(name: str, rows: Sequence[Dot], metric: str, title: str = "") -> str:
    """Draw scores below each other on one scale, with a dotted line down from the first.

    A score so much worse that the others could not be told apart stands as an arrow on the edge, with its number.

    Args:
        title: words before the name of the metric on the axis.
    """
    low = _worst_shown(rows)
    shown = [end for row in rows if row.score >= low for end in row.ends]
    first, last = max(min(shown), low), max(shown)
    margin = 0.06 * (last - first) or 0.01 * abs(last) or 0.01
    reversed_axis = lower_is_better(metric)
    with drawing(name, WIDTH, 0.75 + 0.27 * len(rows)) as figure:
        axes = figure.add_subplot()
        axes.grid(visible=False)
        axes.axvline(rows[0].score, color=FAINT, linewidth=0.9, linestyle=(0, (1.5, 1.5)), zorder=1)
        for place, row in enumerate(rows):
            colour = BLUE if row.main else INK
            if row.score < low:
                across = axes.get_yaxis_transform()
                marker, words = (0.988, 0.965) if reversed_axis else (0.012, 0.035)
                axes.plot(marker, place, color=MUTED, marker=">" if reversed_axis else "<", markersize=6,
                          transform=across)  # fmt: skip
                axes.text(words, place, Scores.like(metric, row.score).show(row.score), color=MUTED, va="center",
                          ha="right" if reversed_axis else "left", transform=across, gid=fact_id(row.key))  # fmt: skip
                continue
            if row.interval:
                ends = [max(row.interval[0], low), row.interval[1]]
                axes.plot(ends, [place, place], color=colour, linewidth=2.4 if row.main else 1.6, solid_capstyle="butt")
            face = colour if row.main or row.interval else "none"
            axes.plot(row.score, place, color=colour, marker="o", markersize=6.5, markerfacecolor=face)
        axes.set_xlim(first - (1 if len(shown) == sum(len(row.ends) for row in rows) else 2) * margin, last + margin)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_yticks(range(len(rows)), [drawable(row.name, 34) for row in rows])
        axes.tick_params(axis="y", labelcolor=INK)
        set_score_axis(axes.xaxis, metric)
        axes.set_xlabel(f"{title} {axis_label(metric)}".strip())
        return svg_text(figure)


def _worst_shown(rows: Sequence[Dot]) -> float:
    """Return where the scale ends; minus infinity where all scores fit on it."""
    scores = sorted((row.score for row in rows), reverse=True)
    for better, worse in pairwise(scores[1:]):
        span = max(scores[0] - better, *(row.interval[1] - row.interval[0] for row in rows if row.interval), 0.0)
        if better - worse > FAR * span > 0:
            return min(end for row in rows if row.score >= better for end in row.ends)
    return float("-inf")


def difference(compared: ScoreDifference, metric: str) -> str:
    """Draw how much better or worse the tuned model is than the default, with its interval, against zero."""
    low, high = compared.ci95
    reach = 1.15 * max(abs(low), abs(high), abs(compared.score)) or 1.0
    with drawing("difference", WIDTH, 1.2) as figure:
        axes = figure.add_subplot()
        axes.grid(visible=False)
        axes.axvline(0, color=FAINT, linewidth=1)
        axes.plot([low, high], [0, 0], color=INK, linewidth=2.2, solid_capstyle="butt")
        axes.plot([low, high], [0, 0], color=INK, linestyle="none", marker="|", markersize=9, markeredgewidth=1.4)
        axes.plot(compared.score, 0, color=INK, marker="o", markersize=6.5)
        axes.set_xlim(-reach, reach)
        axes.set_ylim(-1, 1.6)
        axes.yaxis.set_major_locator(NullLocator())
        axes.xaxis.set_major_locator(MaxNLocator(6, symmetric=True, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{abs(x):,.6g}"))
        axes.set_xlabel(f"difference in {metric_label(metric)}")
        axes.text(-reach, 1.15, "← default better", color=MUTED, ha="left", va="center")
        axes.text(reach, 1.15, "tuned better →", color=MUTED, ha="right", va="center")
        return svg_text(figure)
