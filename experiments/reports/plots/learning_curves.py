"""The winner's learning curves over the epochs, fold by fold."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Final

from experiments.config.readable import count
from experiments.evaluation.records.results import StudyResult
from experiments.reports.metrics import metric_label, metric_of, unit_of_loss
from experiments.reports.plots.chart import Axis, Chart
from experiments.reports.plots.marks import Mark, Stroke
from experiments.reports.plots.score_axis import score_axis, with_margin
from experiments.reports.plots.svg import BLUE, INK, ORANGE
from experiments.reports.plots.ticks import number_ticks
from experiments.search.trial import Curves

HALF: Final = (295.0, 132.0)  # points
MANY_FOLDS: Final = 10

Rows = Sequence[Sequence[float]]  # by epoch, the values of all folds


def score_curves(result: StudyResult, curves: Curves) -> str:
    """Draw the validation score by epoch: each fold, their mean, and the chosen epoch."""
    metric = metric_of(result.spec)
    low, high = with_margin(min(map(min, _settled(curves.scores))), max(map(max, curves.scores)))
    scores = score_axis(metric, low, high, f"validation {metric_label(metric)}", 7)
    chart = Chart(*HALF, _epochs(curves), scores, clip="scores")
    _draw_folds(chart, curves.epochs, curves.scores)
    _draw_mean(chart, curves.epochs, curves.scores, Stroke(BLUE, 1.8), "mean")
    return _with_chosen_epoch(chart, result)


def loss_curves(result: StudyResult, curves: Curves) -> str:
    """Draw the training and the validation loss by epoch: means over the folds, and each fold's validation loss."""
    validation, training = curves.validation_losses, curves.train_losses
    both = [(*row, fmean(trained)) for row, trained in zip(validation, training, strict=True)]
    low, high = with_margin(min(map(min, both)), max(map(max, _settled(both))))
    of_classes = f"loss, {unit} per row" if (unit := unit_of_loss(result)) else "loss per row"
    title = of_classes if result.data.task == "classification" else "loss per row, target at variance 1"
    chart = Chart(*HALF, _epochs(curves), Axis(low, high, number_ticks(low, high, 7), title), clip="losses")
    _draw_folds(chart, curves.epochs, validation)
    _draw_mean(chart, curves.epochs, validation, Stroke(BLUE, 1.8), "validation")
    _draw_mean(chart, curves.epochs, training, Stroke(ORANGE, 1.8, "6 2.5"), "training")
    return _with_chosen_epoch(chart, result)


def _draw_folds(chart: Chart, epochs: Sequence[int], rows: Rows) -> None:
    """Draw a faint line for each fold; for many folds the band from the lowest to the highest."""
    name = count(len(rows[0]), "fold")
    if len(rows[0]) > MANY_FOLDS:
        lows, highs = zip(epochs, map(min, rows), strict=True), zip(epochs, map(max, rows), strict=True)
        chart.area([*lows, *reversed(list(highs))], BLUE, 0.18, name)
        return
    for fold, values in enumerate(zip(*rows, strict=True)):
        line = list(zip(map(float, epochs), values, strict=True))
        chart.line(line, Stroke(BLUE, 0.8, opacity=0.45), "" if fold else name)


def _draw_mean(chart: Chart, epochs: Sequence[int], rows: Rows, stroke: Stroke, name: str) -> None:
    """Draw the mean over the folds; a single epoch as a dot, because a line of one point is invisible."""
    points = list(zip(map(float, epochs), map(fmean, rows), strict=True))
    chart.line(points, stroke, name, Mark("circle", stroke.colour, 3) if len(epochs) == 1 else None)


def _epochs(curves: Curves) -> Axis:
    """Make the axis of epochs."""
    first, last = min(curves.epochs), max(curves.epochs)
    margin = 0.03 * (last - first) or 1.0
    low, high = max(0.0, first - margin), last + margin
    return Axis(low, high, number_ticks(low, high, 6, whole=True), "epoch", "line")


def _with_chosen_epoch(chart: Chart, result: StudyResult) -> str:
    """Mark the chosen epoch, and return the picture."""
    chart.upright(result.best.epochs, Stroke(INK, 0.9, "1.5 1.5"), f"chosen epoch, {result.best.epochs}")
    return chart.svg()


def _settled(rows: Rows) -> Rows:
    """Return curves without their first fifth, whose steep start would hide all the rest."""
    return rows[len(rows) // 5 :]
