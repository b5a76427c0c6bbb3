"""Predictions against the truth: probabilities against frequencies, ROC curves, predicted and true numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from experiments.evaluation.records.analysis_record import CalibrationRecord
from experiments.evaluation.records.roc_record import RocRecord
from experiments.reports.plots.chart import Axis, Chart, stacked
from experiments.reports.plots.marks import Mark, Stroke
from experiments.reports.plots.svg import BLUE, FAINT
from experiments.reports.plots.ticks import number_ticks

SIDE: Final = 266.0  # points
DASHED: Final = Stroke(FAINT, 1, "4 2")
STEPS: Final = 8  # points of a curve of precision for each corner of the ROC curve


def calibration(record: CalibrationRecord) -> str:
    """Draw the share of correct predictions by their mean probability, bin by bin, above the number of rows."""
    most = max(each.rows for each in record.bins)
    correct = Axis(-0.02, 1.03, number_ticks(0, 1), "share correct")
    rows = Axis(0, 1.05 * most or 1.0, number_ticks(0, most, 3, whole=True), "rows")
    left = max(correct.left, rows.left)
    above = Chart(SIDE, 165, Axis(0, 1.02, rule=""), correct, left=left)
    above.line([(0, 0), (1, 1)], DASHED, "perfect calibration")
    points = [(each.confidence, each.accuracy) for each in record.bins if each.rows]
    above.line(points, Stroke(BLUE, 1.2), "the model", Mark("circle", BLUE, 3))
    below = Chart(SIDE, 40, Axis(0, 1.02, number_ticks(0, 1), "probability of the predicted class", "line"), rows,
                  left=left)  # fmt: skip
    for each in record.bins:
        gap = 0.04 * (each.high - each.low)
        low, high = each.low + gap, each.high - gap
        below.area([(low, 0), (low, each.rows), (high, each.rows), (high, 0)], BLUE, 0.6)
    return stacked(above, below)


def scatter(points: Sequence[tuple[float, float]]) -> str:
    """Draw predicted by true values, with the line on which both are equal."""
    low, high = min(map(min, points)), max(map(max, points))
    margin = 0.04 * (high - low) or 1.0
    low, high = low - margin, high + margin
    ticks = number_ticks(low, high)
    chart = Chart(SIDE, None, Axis(low, high, ticks, "true value", "line"), Axis(low, high, ticks, "predicted value"))
    chart.line([(low, low), (high, high)], DASHED, "predicted = true")
    chart.marks(points, _mark(points), "a development row")
    return chart.svg()


def residuals(points: Sequence[tuple[float, float]]) -> str:
    """Draw true less predicted value by predicted value, with the line on which both are equal."""
    predicted = [(guess, true - guess) for true, guess in points]
    low, high = min(guess for guess, _ in predicted), max(guess for guess, _ in predicted)
    margin = 0.04 * (high - low) or 1.0
    reach = 1.08 * max(abs(residual) for _, residual in predicted) or 1.0
    across = Axis(low - margin, high + margin, number_ticks(low - margin, high + margin), "predicted value", "line")
    up = Axis(-reach, reach, number_ticks(-reach, reach), "true − predicted value")
    chart = Chart(SIDE, 200, across, up)
    chart.line([(low - margin, 0), (high + margin, 0)], DASHED, "predicted = true")
    chart.marks(predicted, _mark(points), "a development row")
    return chart.svg()


def roc(record: RocRecord) -> str:
    """Draw the true positive rate by the false positive rate, with the line of guessing."""
    ticks = number_ticks(0, 1)
    across = Axis(-0.02, 1.02, ticks, "false positive rate", "line")
    chart = Chart(SIDE, None, across, Axis(-0.02, 1.02, ticks, "true positive rate"))
    chart.line([(0, 0), (1, 1)], DASHED, "guessing")
    chart.line(record.points, Stroke(BLUE, 1.6), "the model")
    return chart.svg()


def precision_recall(record: RocRecord) -> str:
    """Draw precision by recall, with the line of guessing.

    Between two corners both rates of the ROC curve move evenly, and the precision does not.
    """
    ticks, curve = number_ticks(0, 1), []
    for (false, true), (later_false, later_true) in pairwise(record.points):
        for step in range(1, STEPS + 1):
            recall = true + step / STEPS * (later_true - true)
            hits = record.positives * recall
            taken = record.negatives * (false + step / STEPS * (later_false - false))
            curve.append((recall, hits / (hits + taken)))
    share = record.positives / (record.positives + record.negatives)
    across = Axis(-0.02, 1.02, ticks, "recall", "line")
    chart = Chart(SIDE, None, across, Axis(-0.02, 1.02, ticks, "precision"))
    chart.line([(0, share), (1, share)], DASHED, "guessing")
    chart.line(curve, Stroke(BLUE, 1.6), "the model")
    return chart.svg()


def _mark(points: Sequence[tuple[float, float]]) -> Mark:
    """Return the mark of a row, smaller and lighter where there are many."""
    few = len(points) <= 100
    return Mark("circle", BLUE, 2.25 if few else 1.6, opacity=0.75 if few else 0.5)
