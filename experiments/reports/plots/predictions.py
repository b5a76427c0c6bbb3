"""How far predictions can be taken at their word: probabilities against what came true, numbers against the truth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from matplotlib.ticker import MaxNLocator

from experiments.evaluation.records import CalibrationRecord
from experiments.reports.plots.svg import BLUE, FAINT, INK, drawing, legend, svg_text

SIDE: Final = 3.7  # inches


def calibration(found: CalibrationRecord) -> str:
    """Share of right predictions against their mean probability, bin by bin; beneath, how many rows each bin has."""
    bins = [one for one in found.bins if one.rows]
    with drawing("calibration", SIDE, SIDE) as figure:
        axes, below = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
        axes.plot([0, 1], [0, 1], color=FAINT, linewidth=1, linestyle=(0, (4, 2)), label="as they say")
        axes.plot([one.confidence for one in bins], [one.accuracy for one in bins], color=BLUE, marker="o",
                  markersize=5.5, linewidth=1.2, label="the winner")  # fmt: skip
        axes.set(xlim=(0, 1.02), ylim=(-0.02, 1.03), ylabel="share right")
        widths = [0.92 * (one.high - one.low) for one in found.bins]
        middles = [(one.low + one.high) / 2 for one in found.bins]
        below.bar(middles, [one.rows for one in found.bins], width=widths, color=BLUE, alpha=0.6)
        below.set(xlabel="probability of the predicted class", ylabel="rows")
        below.yaxis.set_major_locator(MaxNLocator(2, integer=True))
        legend(figure)
        return svg_text(figure)


def scatter(points: Sequence[tuple[float, float]]) -> str:
    """Predicted against true, with the line on which both are equal."""
    truths, predicted = zip(*points, strict=True)
    low, high = min(truths + predicted), max(truths + predicted)
    margin = 0.04 * (high - low) or 1.0
    with drawing("predictions", SIDE, SIDE) as figure:
        axes = figure.add_subplot()
        ends = [low - margin, high + margin]
        axes.plot(ends, ends, color=FAINT, linewidth=1, linestyle=(0, (4, 2)), label="equal")
        few = len(points) <= 100
        axes.plot(truths, predicted, linestyle="none", color=BLUE, marker="o", markersize=4.5 if few else 3.2,
                  alpha=0.75 if few else 0.5, markeredgewidth=0, label="a development row")  # fmt: skip
        axes.set(xlim=ends, ylim=ends, xlabel="true", ylabel="predicted", aspect="equal")
        axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        axes.tick_params(labelcolor=INK)
        legend(figure)
        return svg_text(figure)
