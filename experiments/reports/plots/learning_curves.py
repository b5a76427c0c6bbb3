"""The winner's learning curves over the epochs, fold by fold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes

from experiments.config.documents import count
from experiments.evaluation.results import StudyResult
from experiments.reports.metrics import metric_label, metric_of
from experiments.reports.plots.svg import BLUE, INK, ORANGE, drawing, legend, svg_text
from experiments.reports.plots.trial_points import set_range, set_score_axis, whole_numbers
from experiments.search.trial import Curves

HALF: Final = (4.1, 2.7)  # inches
MANY_FOLDS: Final = 10


def score_curves(result: StudyResult, curves: Curves) -> str:
    """Draw the validation score by epoch: each fold, their mean, and the chosen epoch."""
    scores, metric = np.array(curves.scores), metric_of(result.spec)
    with drawing("scores", *HALF) as figure:
        axes = figure.add_subplot()
        _fold_lines(axes, curves.epochs, scores)
        _line(axes, curves.epochs, scores, BLUE, "mean")
        set_range(axes, _settled(scores).min(), scores.max())
        set_score_axis(axes.yaxis, metric)
        axes.set_ylabel(f"validation {metric_label(metric)}")
        _epochs(axes, result)
        legend(figure)
        return svg_text(figure)


def loss_curves(result: StudyResult, curves: Curves) -> str:
    """Draw the training and the validation loss by epoch: means over the folds, and each fold's validation loss."""
    validation, training = np.array(curves.validation_losses), np.array(curves.train_losses)
    losses = np.column_stack([validation, training.mean(axis=1)])
    with drawing("losses", *HALF) as figure:
        axes = figure.add_subplot()
        _fold_lines(axes, curves.epochs, validation)
        _line(axes, curves.epochs, validation, BLUE, "validation")
        _line(axes, curves.epochs, training, ORANGE, "training", linestyle=(0, (4, 1.6)))
        set_range(axes, losses.min(), _settled(losses).max())
        classes = result.data.task == "classification"
        axes.set_ylabel("loss, nats per row" if classes else "loss per row, target at variance 1")
        _epochs(axes, result)
        legend(figure)
        return svg_text(figure)


def _fold_lines(axes: Axes, epochs: Sequence[int], rows: Any) -> None:
    """Draw a faint line for each fold; for many folds the band from the lowest to the highest."""
    name = count(rows.shape[1], "fold")
    if rows.shape[1] > MANY_FOLDS:
        lows, highs = rows.min(axis=1), rows.max(axis=1)
        axes.fill_between(epochs, lows, highs, color=BLUE, alpha=0.18, linewidth=0, label=name)
    else:
        for fold, line in enumerate(rows.T):
            axes.plot(epochs, line, color=BLUE, alpha=0.45, linewidth=0.8, label=None if fold else name)


def _line(axes: Axes, epochs: Sequence[int], rows: Any, color: str, name: str, **drawn: Any) -> None:
    """Draw the mean over the folds; a single epoch as a dot, because a line of one point is invisible."""
    marker = "o" if len(epochs) == 1 else ""
    axes.plot(epochs, rows.mean(axis=1), color=color, linewidth=1.8, label=name, marker=marker, **drawn)


def _epochs(axes: Axes, result: StudyResult) -> None:
    """Make the axis of epochs, with the chosen epoch marked."""
    epoch = result.best.epochs
    axes.axvline(epoch, color=INK, linewidth=0.9, linestyle=(0, (1.5, 1.5)), label=f"chosen epoch, {epoch}", zorder=1)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(whole_numbers(6))


def _settled(rows: Any) -> Any:
    """Return curves without their first fifth, whose steep start would hide all the rest."""
    return rows[len(rows) // 5 :]
