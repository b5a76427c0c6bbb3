"""evaluate: a candidate, cross-validated. A pure function of its task and the folds: no storage, clock or globals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite
from statistics import stdev

import numpy as np

from experiments.search.pruning import Pruning, ToldStudy
from experiments.search.scoring import scorer
from experiments.search.seeds import TRIAL, fold_seed
from experiments.search.trial import Curves, Marks, Reason, State, TrialResult, TrialTask
from nnet.batches import FoldData
from nnet.stopping import EarlyStopping
from nnet.training import EpochReport, train


def evaluate(task: TrialTask, folds: Sequence[FoldData], classes: int, told: ToldStudy | None = None) -> TrialResult:
    """Train the candidate on all folds in lockstep, until its horizon, early stopping, the pruner or divergence.

    Args:
        task:    the configuration, its number, and what it may be compared with.
        folds:   the development rows of each fold.
        classes: number of outputs.
        told:    saves work when it comes back with the next task; the result is the same.
    """
    settings = task.candidate.training
    folds = [weighted(fold, task.candidate.class_weight, classes) for fold in folds]
    architectures = [task.candidate.architecture(fold.x.shape[1], classes) for fold in folds]
    seeds = [fold_seed(task.seed, TRIAL, task.number, fold) for fold in range(len(folds))]
    pruning = Pruning(task, told or ToldStudy())
    stopping = EarlyStopping(settings.patience)
    scored: list[EpochReport] = []
    state: State = "COMPLETE"
    reason: Reason = ""
    factors: list[float] = []
    for report in train(architectures, settings, folds, seeds, scorer(task.metric, classes)):
        factors.append(report.learning_factor)
        if not _finite(report):
            state, reason = "PRUNED", "diverged"
            break
        if report.scores is None:
            continue
        scored.append(report)
        mean = sum(report.scores) / len(report.scores)
        if stopping.update(report.epoch, mean) or report.epoch == settings.epochs:
            break
        if pruning.should_prune(report.epoch, mean) and task.number > 0:
            state, reason = "PRUNED", "pruned"
            break
    return result_of(task.number, state, reason, curves_of(scored, factors), stopping.best_epoch, pruning.marks)


def weighted(fold: FoldData, class_weight: str, classes: int) -> FoldData:
    """The fold with rows weighted as the candidate says, by its training rows alone.

    balanced: a row of class c weighs n / (classes * n_c), as in scikit-learn.
    """
    if class_weight == "none":
        return fold
    counts = np.bincount(fold.y[fold.train], minlength=classes)
    weights = len(fold.train) / (classes * np.maximum(counts, 1))
    return replace(fold, weights=weights.astype(fold.x.dtype)[fold.y])


def curves_of(reports: Sequence[EpochReport], factors: Sequence[float]) -> Curves:
    """The curves of the scored epochs."""
    return Curves(
        epochs=tuple(report.epoch for report in reports),
        scores=tuple(report.scores or () for report in reports),
        validation_losses=tuple(report.validation_losses or () for report in reports),
        train_losses=tuple(report.train_losses for report in reports),
        factors=tuple(factors) if min(factors, default=1.0) < 1 else (),
    )


def result_of(
    number: int, state: State, reason: Reason, curves: Curves, best_epoch: int, marks: Marks = ()
) -> TrialResult:
    """The result that follows from a trial's curves: at its best epoch when COMPLETE, else at its last."""
    means = curves.mean_scores
    at = None if not means else curves.epochs.index(best_epoch) if state == "COMPLETE" else len(means) - 1
    fold_scores = () if at is None else curves.scores[at]
    return TrialResult(
        number=number,
        state=state,
        reason=reason,
        value=means[at] if state == "COMPLETE" and at is not None else None,
        last=means[-1] if means else None,
        epochs=0 if at is None else curves.epochs[at],
        cv_std=stdev(fold_scores) if len(fold_scores) > 1 else None,
        fold_scores=fold_scores,
        curves=curves,
        marks=marks,
    )


def _finite(report: EpochReport) -> bool:
    values = (*report.train_losses, *(report.validation_losses or ()), *(report.scores or ()))
    return all(map(isfinite, values))
