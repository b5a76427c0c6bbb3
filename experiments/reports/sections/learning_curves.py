"""The learning curves of the winner."""

from __future__ import annotations

from experiments.evaluation.records.results import StudyResult
from experiments.reports.blocks import Fact, Figures, Picture, Section, sentence
from experiments.reports.metrics import metric_label, metric_of
from experiments.reports.plots.learning_curves import loss_curves, score_curves
from experiments.search.trial import Curves

SCORES = (
    "Validation {} of the winner, trial {}, by epoch: each fold and their mean. The spread of the folds is not a "
    "confidence interval. The steep start of a curve may lie outside the picture."
)
LOSSES = (
    "Training and validation loss of the winner by epoch. A validation loss that rises while the training loss falls "
    "shows overfitting. The training loss is measured with dropout on and without the penalty."
)


def learning_curves(result: StudyResult, curves: Curves | None) -> Section | None:
    """Show the winner's curves; None where they are unknown, or a single dot."""
    if curves is None or len(curves.epochs) < 2:
        return None
    name = metric_label(metric_of(result.spec))
    metric, trial = Fact("spec.cv.metric", name), Fact("best.number", str(result.best.number))
    alt = f"Validation {name} of the winner by epoch, for each fold and their mean"
    scores = Picture("scores", score_curves(result, curves), alt, sentence(SCORES, metric, trial))
    alt = "Training and validation loss of the winner by epoch"
    losses = Picture("losses", loss_curves(result, curves), alt, LOSSES)
    return Section("Learning curves", "learning", (Figures((scores, losses), "pair"),))
