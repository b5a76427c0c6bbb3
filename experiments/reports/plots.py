"""The report's pictures, each an SVG text: what the search did, how the winner learned, what each parameter did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from experiments.records.results import Difference, StudyResult, TrialRecord
from experiments.reports.marks import draw_trials, scale_choices, scale_range, set_range, whole_numbers
from experiments.reports.svg import BLUE, FAINT, INK, MUTED, ORANGE, drawing, svg_text
from experiments.reports.wording import MINUS, all_parameters, is_active, label, layer_of, metric_label
from experiments.search.trial import Curves

WIDE: Final = (4.8, 2.5)  # inches
HALF: Final = (4.1, 2.7)
SMALL: Final = (2.75, 1.9)
MANY_FOLDS: Final = 10

Rows = Sequence[Sequence[float]]


def history(result: StudyResult) -> str:
    """Score by trial number, with the best value so far."""
    last = max(trial.number for trial in result.trials)
    with drawing("history", *WIDE) as figure:
        axes = figure.add_subplot()
        draw_trials(axes, result, {trial.number: float(trial.number) for trial in result.trials})
        numbers, values = _best_so_far(result)
        axes.step([*numbers, last], [*values, values[-1]], where="post", color=INK, linewidth=1.1, label="best so far")
        axes.set_xlabel("trial")
        axes.xaxis.set_major_locator(whole_numbers(8))
        margin = 0.02 * max(last, 10)
        axes.set_xlim(-margin, last + margin)
        axes.set_ylabel(_metric(result))
        _legend(figure, columns=4)
        return svg_text(figure)


def slices(result: StudyResult) -> dict[str, str]:
    """One picture for each searched parameter: its value in each trial that used it, against the trial's score."""
    space: Mapping[str, Any] = result.spec.get("space", {})
    pictures = {}
    for name in all_parameters(trial.params for trial in result.trials):
        bounds = space.get(name, space.get("hidden_units" if layer_of(name) else name))
        users = [trial for trial in result.trials if is_active(name, trial.params, result.spec)]
        if bounds is not None and len({trial.params[name] for trial in users}) > 1:
            pictures[name] = _slice(result, name, bounds, users)
    return pictures


def score_curves(result: StudyResult, curves: Curves) -> str:
    """The winner's validation score by epoch: each fold, their mean, and the epoch that was chosen."""
    with drawing("scores", *HALF) as figure:
        axes = figure.add_subplot()
        _fold_lines(axes, curves, curves.scores)
        axes.plot(curves.epochs, curves.mean_scores, color=BLUE, linewidth=1.8, label="mean")
        set_range(axes, min(map(min, _settled(curves.scores))), max(map(max, curves.scores)))
        axes.set_ylabel(f"validation {_metric(result)}")
        _epochs(axes, result)
        _legend(figure)
        return svg_text(figure)


def loss_curves(result: StudyResult, curves: Curves) -> str:
    """The winner's training and validation loss by epoch: the means over the folds, and each fold's validation loss."""
    with drawing("losses", *HALF) as figure:
        axes = figure.add_subplot()
        _fold_lines(axes, curves, curves.validation_losses)
        axes.plot(curves.epochs, _means(curves.validation_losses), color=BLUE, linewidth=1.8, label="validation")
        training = [[loss] for loss in _means(curves.train_losses)]
        axes.plot(curves.epochs, training, color=ORANGE, linewidth=1.6, linestyle=(0, (4, 1.6)), label="training")
        losses = [(*both[0], *both[1]) for both in zip(curves.validation_losses, training, strict=True)]
        set_range(axes, min(map(min, losses)), max(map(max, _settled(losses))))
        axes.set_ylabel(
            "loss, nats per row" if result.data.task == "classification" else "loss per row, target at variance 1"
        )
        _epochs(axes, result)
        _legend(figure)
        return svg_text(figure)


def difference(found: Difference) -> str:
    """The winner's gain over the default on the test rows, with its interval, against zero."""
    low, high = found.ci95
    reach = 1.15 * max(abs(low), abs(high), abs(found.score)) or 1.0
    with drawing("difference", WIDE[0], 1.0) as figure:
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


def _slice(result: StudyResult, name: str, bounds: Mapping[str, Any], users: Sequence[TrialRecord]) -> str:
    scale = scale_choices if "choices" in bounds else scale_range
    with drawing(f"slice {name}", *SMALL) as figure:
        axes = figure.add_subplot()
        draw_trials(axes, result, scale(axes, bounds, {trial.number: trial.params[name] for trial in users}))
        axes.set_xlabel(label(name))
        return svg_text(figure)


def _best_so_far(result: StudyResult) -> tuple[list[int], list[float]]:
    """The numbers and values of the trials that were the best when they were told."""
    numbers: list[int] = []
    values: list[float] = []
    for trial in sorted(result.trials, key=lambda trial: trial.number):
        if trial.value is not None and (not values or trial.value > values[-1]):
            numbers.append(trial.number)
            values.append(trial.value)
    return numbers, values


def _fold_lines(axes: Axes, curves: Curves, rows: Rows) -> None:
    """A faint line for each fold; of many folds the band from the lowest to the highest."""
    name = f"{len(rows[0])} folds"
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


def _settled(rows: Rows) -> Rows:
    """Curves without their first fifth, where they run through so many values that nothing else could be told apart."""
    return rows[len(rows) // 5 :]


def _means(rows: Rows) -> list[float]:
    return [sum(row) / len(row) for row in rows]


def _legend(figure: Figure, columns: int = 5) -> None:
    figure.legend(loc="outside upper left", ncols=columns, handlelength=1.4)


def _metric(result: StudyResult) -> str:
    return metric_label(str(result.spec.get("cv", {}).get("metric", "score")))
