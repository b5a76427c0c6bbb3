"""How the winner learned: its curves over the epochs, fold by fold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from matplotlib.axes import Axes

from experiments.evaluation.results import StudyResult
from experiments.reports.formatting import count, metric_of
from experiments.reports.plots.svg import BLUE, INK, ORANGE, drawing, legend, svg_text
from experiments.reports.plots.trial_points import set_range, whole_numbers
from experiments.search.trial import Curves

HALF: Final = (4.1, 2.7)  # inches
MANY_FOLDS: Final = 10

Rows = Sequence[Sequence[float]]


def score_curves(result: StudyResult, curves: Curves) -> str:
    """The winner's validation score by epoch: each fold, their mean, and the epoch that was chosen."""
    with drawing("scores", *HALF) as figure:
        axes = figure.add_subplot()
        _fold_lines(axes, curves, curves.scores)
        axes.plot(curves.epochs, curves.mean_scores, color=BLUE, linewidth=1.8, label="mean", marker=_marker(curves))
        set_range(axes, min(map(min, _settled(curves.scores))), max(map(max, curves.scores)))
        axes.set_ylabel(f"validation {metric_of(result.spec)}")
        _epochs(axes, result)
        legend(figure)
        return svg_text(figure)


def loss_curves(result: StudyResult, curves: Curves) -> str:
    """The winner's training and validation loss by epoch: the means over the folds, and each fold's validation loss."""
    with drawing("losses", *HALF) as figure:
        axes = figure.add_subplot()
        _fold_lines(axes, curves, curves.validation_losses)
        mark = _marker(curves)
        axes.plot(
            curves.epochs, _means(curves.validation_losses), color=BLUE, linewidth=1.8, label="validation", marker=mark
        )
        training = [[loss] for loss in _means(curves.train_losses)]
        axes.plot(
            curves.epochs, training, color=ORANGE, linewidth=1.6, linestyle=(0, (4, 1.6)), label="training", marker=mark
        )
        losses = [(*both[0], *both[1]) for both in zip(curves.validation_losses, training, strict=True)]
        set_range(axes, min(map(min, losses)), max(map(max, _settled(losses))))
        axes.set_ylabel(
            "loss, nats per row" if result.data.task == "classification" else "loss per row, target at variance 1"
        )
        _epochs(axes, result)
        legend(figure)
        return svg_text(figure)


def _fold_lines(axes: Axes, curves: Curves, rows: Rows) -> None:
    """A faint line for each fold; of many folds the band from the lowest to the highest."""
    name = count(len(rows[0]), "fold")
    if len(rows[0]) > MANY_FOLDS:
        lows, highs = list(map(min, rows)), list(map(max, rows))
        axes.fill_between(curves.epochs, lows, highs, color=BLUE, alpha=0.18, linewidth=0, label=name)
    else:
        for fold, line in enumerate(zip(*rows, strict=True)):
            axes.plot(curves.epochs, line, color=BLUE, alpha=0.45, linewidth=0.8, label=None if fold else name)


def _epochs(axes: Axes, result: StudyResult) -> None:
    """The axis of epochs, with the chosen one marked."""
    epoch = result.best.epochs
    axes.axvline(epoch, color=INK, linewidth=0.9, linestyle=(0, (1.5, 1.5)), label=f"chosen epoch, {epoch}", zorder=1)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(whole_numbers(6))


def _marker(curves: Curves) -> str:
    """One epoch is no line that could be seen."""
    return "o" if len(curves.epochs) == 1 else ""


def _settled(rows: Rows) -> Rows:
    """Curves without their first fifth, where they run through so many values that nothing else could be told apart."""
    return rows[len(rows) // 5 :]


def _means(rows: Rows) -> list[float]:
    return [sum(row) / len(row) for row in rows]
