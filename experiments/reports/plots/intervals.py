"""Scores as dots with their intervals: the tuned model and the baselines, and the difference from the default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from experiments.evaluation.records.results import ScoreDifference
from experiments.reports.blocks import Fact
from experiments.reports.metrics import Scores, axis_label, lower_is_better
from experiments.reports.plots.chart import Axis, Chart
from experiments.reports.plots.marks import Mark, Stroke
from experiments.reports.plots.score_axis import gain_axis, score_axis
from experiments.reports.plots.svg import BLUE, FAINT, INK, MUTED, distinct

WIDTH: Final = 302.0  # points
ROW: Final = 20.0
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


def dots(rows: Sequence[Dot], metric: str, title: str = "") -> str:
    """Draw scores below each other on one scale, with a dotted line down from the first.

    A score so much worse that the others could not be told apart stands as an arrow on the edge, with its number.

    Args:
        title: words before the name of the metric on the axis.
    """
    low = _worst_shown(rows)
    shown = [end for row in rows if row.score >= low for end in row.ends]
    first, last = max(min(shown), low), max(shown)
    margin = 0.06 * (last - first) or 0.01 * abs(last) or 0.01
    cut = len(shown) < sum(len(row.ends) for row in rows)
    names = Axis(len(rows) - 0.5, -0.5, list(enumerate(distinct([row.name for row in rows], 34))), rule="", colour=INK)
    scores = score_axis(metric, first - (2 if cut else 1) * margin, last + margin, f"{title} {axis_label(metric)}", 7)
    chart = Chart(WIDTH, ROW * len(rows), replace(scores, rule="line"), names)
    chart.upright(rows[0].score, Stroke(FAINT, 0.9, "1.5 1.5"))
    for place, row in enumerate(rows):
        colour, height = BLUE if row.main else INK, chart.up(place)
        if row.score < low:
            words = Fact(row.key, Scores.like(metric, row.score).show(row.score))
            worst = chart.across(first - 2 * margin)
            if lower_is_better(metric):
                chart.add(Mark("right", MUTED, 3.3).at([(worst - 4, height)]))
                chart.text(worst - 10, height, words, "end")
            else:
                chart.add(Mark("left", MUTED, 3.3).at([(worst + 4, height)]))
                chart.text(worst + 10, height, words)
            continue
        if row.interval:
            thick = Stroke(colour, 2.4 if row.main else 1.6)
            chart.line([(max(row.interval[0], low), place), (row.interval[1], place)], thick)
        filled = row.main or row.interval is not None
        chart.marks([(row.score, place)], Mark("circle", colour, 3.7) if filled else Mark("circle", colour, 3.2, 1.0))
    return chart.svg()


def has_arrow(rows: Sequence[Dot]) -> bool:
    """Return whether `dots` draws a score as an arrow, as it is off the scale."""
    low = _worst_shown(rows)
    return any(row.score < low for row in rows)


def _worst_shown(rows: Sequence[Dot]) -> float:
    """Return where the scale ends; minus infinity where all scores fit on it."""
    scores = sorted((row.score for row in rows), reverse=True)
    for better, worse in pairwise(scores[1:]):
        span = max(scores[0] - better, *(row.interval[1] - row.interval[0] for row in rows if row.interval), 0.0)
        if better - worse > FAR * span > 0:
            return min(end for row in rows if row.score >= better for end in row.ends)
    return float("-inf")


def difference(compared: ScoreDifference, metric: str, tuned: str = "tuned") -> str:
    """Draw how much better or worse the tuned model is than the default, with its interval, against zero.

    Args:
        tuned: the word for what is compared with the default.
    """
    low, high = compared.ci95
    reach = 1.15 * max(abs(low), abs(high), abs(compared.score)) or 1.0
    chart = Chart(WIDTH, 52, gain_axis(metric, reach), Axis(-1, 1.6))
    chart.upright(0.0, Stroke(FAINT, 1))
    chart.line([(low, 0), (high, 0)], Stroke(INK, 2.2), mark=Mark("bar", INK, 4.5))
    chart.marks([(compared.score, 0)], Mark("circle", INK, 3.7))
    chart.text(chart.across(-reach), chart.up(1.15), "← default better")
    chart.text(chart.across(reach), chart.up(1.15), f"{tuned} better →", "end")
    return chart.svg()
