"""How the winner learned."""

from __future__ import annotations

from experiments.evaluation.results import StudyResult
from experiments.reports.blocks import Fact, Figures, Picture, Section, sentence
from experiments.reports.plots.learning_curves import loss_curves, score_curves
from experiments.search.trial import Curves

SCORES = (
    "Validation score of the winner, trial {}. The spread of the folds is not a confidence interval. Where curves are "
    "steep, their start may lie outside the picture."
)
LOSSES = "Its training and validation loss. Training loss is measured with dropout on and without the penalty."


def learning(result: StudyResult, curves: Curves | None) -> Section | None:
    """The winner's curves; None where they are not known."""
    if curves is None or not curves.epochs:
        return None
    scores = Picture(
        "scores",
        score_curves(result, curves),
        "Validation score of the winner by epoch, for each fold and their mean",
        sentence(SCORES, Fact("best.number", str(result.best.number))),
    )
    losses = Picture(
        "losses", loss_curves(result, curves), "Training and validation loss of the winner by epoch", LOSSES
    )
    return Section("How the winner learned", "learning", (Figures((scores, losses), "pair"),))
