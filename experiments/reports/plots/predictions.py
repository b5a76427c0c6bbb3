"""Predictions against the truth: probabilities against frequencies, predicted against true numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from matplotlib.ticker import MaxNLocator

from experiments.evaluation.records import CalibrationRecord
from experiments.reports.plots.svg import BLUE, FAINT, INK, drawing, legend, svg_text

SIDE: Final = 3.7  # inches


def calibration(record: CalibrationRecord) -> str:
    """Draw the share of correct predictions by their mean probability, bin by bin, above the number of rows."""
    bins = [each for each in record.bins if each.rows]
    with drawing("calibration", SIDE, SIDE) as figure:
        axes, below = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
        axes.plot([0, 1], [0, 1], color=FAINT, linewidth=1, linestyle=(0, (4, 2)), label="perfect calibration")
        axes.plot([each.confidence for each in bins], [each.accuracy for each in bins], color=BLUE, marker="o",
                  markersize=5.5, linewidth=1.2, label="the winner")  # fmt: skip
        axes.set(xlim=(0, 1.02), ylim=(-0.02, 1.03), ylabel="share correct")
        widths = [0.92 * (each.high - each.low) for each in record.bins]
        middles = [(each.low + each.high) / 2 for each in record.bins]
        below.bar(middles, [each.rows for each in record.bins], width=widths, color=BLUE, alpha=0.6)
        below.set(xlabel="probability of the predicted class", ylabel="rows")
        below.yaxis.set_major_locator(MaxNLocator(2, integer=True))
        legend(figure)
        return svg_text(figure)


def scatter(points: Sequence[tuple[float, float]]) -> str:
    """Draw predicted by true values, with the line on which both are equal."""
    truths, predicted = zip(*points, strict=True)
    low, high = min(truths + predicted), max(truths + predicted)
    margin = 0.04 * (high - low) or 1.0
    size, alpha = (4.5, 0.75) if len(points) <= 100 else (3.2, 0.5)
    with drawing("predictions", SIDE, SIDE) as figure:
        axes = figure.add_subplot()
        ends = [low - margin, high + margin]
        axes.plot(ends, ends, color=FAINT, linewidth=1, linestyle=(0, (4, 2)), label="predicted = true")
        axes.plot(truths, predicted, linestyle="none", color=BLUE, marker="o", markersize=size, alpha=alpha,
                  markeredgewidth=0, label="a development row")  # fmt: skip
        axes.set(xlim=ends, ylim=ends, xlabel="true value", ylabel="predicted value", aspect="equal")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        axes.tick_params(labelcolor=INK)
        legend(figure)
        return svg_text(figure)
