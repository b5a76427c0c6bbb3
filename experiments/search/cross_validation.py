"""Cross-validation of a candidate, a pure function of its task and the folds: no storage, clock or globals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite
from statistics import stdev

import numpy as np

from experiments.config.candidate import Candidate
from experiments.config.target import Target
from experiments.search.out_of_fold import BestOutputs, fingerprint, npy
from experiments.search.pruning import Pruning, VisibleStudy
from experiments.search.scorers import scorer
from experiments.search.seeds import TRIAL, fold_seed
from experiments.search.target_scaling import TargetScaler, fit_scaler
from experiments.search.trial import Curves, PrunerAttributes, Reason, State, TrialOutput, TrialResult, TrialTask
from nnet.batches import FoldData
from nnet.ordered_sums import ordered_mean
from nnet.stopping import EarlyStopping
from nnet.training import EpochReport, train


def cross_validate(
    task: TrialTask, folds: Sequence[FoldData], target: Target, study: VisibleStudy | None = None
) -> TrialOutput:
    """Train the candidate on all folds in lockstep, until its last epoch, early stopping, the pruner or divergence.

    Args:
        task:   the configuration, its number, and the trials that it may be compared with.
        folds:  the development rows of each fold.
        target: the classes or the number that is predicted.
        study:  saves work if it is passed again with the next task; it does not change the result.
    """
    settings = task.candidate.training
    prepared = [prepare_fold(fold, task.candidate, target) for fold in folds]
    folds = [fold for fold, _ in prepared]
    outputs = BestOutputs(scorer(task.metric, target), len(folds))
    scores = [
        score if target.classes else scaler.scored(score)
        for score, (_, scaler) in zip(outputs.scores, prepared, strict=True)
    ]
    architectures = [task.candidate.architecture(fold.x.shape[1], target) for fold in folds]
    seeds = [fold_seed(task.seed, TRIAL, task.number, fold) for fold in range(len(folds))]
    pruning = Pruning(task, study or VisibleStudy())
    stopping = EarlyStopping(settings.patience)
    scored: list[EpochReport] = []
    reason: Reason = ""
    factors: list[float] = []
    for report in train(architectures, settings, folds, seeds, scores):
        factors.append(report.learning_factor)
        if not _finite(report):
            reason = "diverged"
            break
        if report.scores is None:
            continue
        scored.append(report)
        mean = ordered_mean(report.scores)
        stop = stopping.update(report.epoch, mean) or report.epoch == settings.epochs
        if stopping.best_epoch == report.epoch:
            outputs.keep()
        if stop:
            break
        if pruning.should_prune(report.epoch, mean) and task.number > 0:
            reason = "pruned"
            break
    state: State = "PRUNED" if reason else "COMPLETE"
    result = result_of(task.number, state, reason, curves_of(scored, factors), stopping.best_epoch, pruning.attributes)
    if reason:
        return TrialOutput(result, None)
    content = npy(outputs.best)
    return TrialOutput(replace(result, out_of_fold=fingerprint(content)), content)


def prepare_fold(fold: FoldData, candidate: Candidate, target: Target) -> tuple[FoldData, TargetScaler]:
    """Weight the rows of a fold, and standardise a target that is a number, both by the training rows alone.

    Returns:
        the fold, and the scaler that turns the network's predictions into the target's own units.
    """
    fold = weighted(fold, candidate.class_weight, target)
    if target.classes:
        return fold, TargetScaler()
    scaler = fit_scaler(fold.y[fold.train], target.log)
    return replace(fold, y=scaler.standardised(fold.y)), scaler


def weighted(fold: FoldData, class_weight: str, target: Target) -> FoldData:
    """Return the fold with the weights of the data times those of the classes; data weights are scaled to at most 1.

    With "balanced", a row of class c weighs W / (classes * W_c) times its own weight, as in scikit-learn: W_c is the
    weight of the class's training rows together, W that of all training rows.
    """
    if class_weight == "none" and fold.weights is None:
        return fold
    own = np.ones(len(fold.y)) if fold.weights is None else fold.weights.astype(np.float64)
    if class_weight == "balanced":
        totals = np.bincount(fold.y[fold.train], own[fold.train], minlength=target.outputs)
        of_class = totals.sum() / (target.outputs * np.where(totals > 0, totals, 1.0))
        own = own * of_class[fold.y]
    if fold.weights is not None:
        largest = own[fold.train].max()  # only proportions matter; in float32 large numbers do
        own = np.minimum(own / (largest or 1.0), 1.0)
    return replace(fold, weights=own.astype(fold.x.dtype))


def curves_of(reports: Sequence[EpochReport], factors: Sequence[float]) -> Curves:
    """Return the curves of the scored epochs.

    Args:
        factors: factor of the learning rate in every epoch, scored or not.
    """
    return Curves(
        epochs=tuple(report.epoch for report in reports),
        scores=tuple(report.scores or () for report in reports),
        validation_losses=tuple(report.validation_losses or () for report in reports),
        train_losses=tuple(report.train_losses for report in reports),
        factors=tuple(factors) if min(factors, default=1.0) < 1 else (),
    )


def result_of(
    number: int, state: State, reason: Reason, curves: Curves, best_epoch: int, attributes: PrunerAttributes = ()
) -> TrialResult:
    """Derive a trial's result from its curves: at its best epoch when COMPLETE, else at its last."""
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
        marks=attributes,
    )


def _finite(report: EpochReport) -> bool:
    values = (*report.train_losses, *(report.validation_losses or ()), *(report.scores or ()))
    return all(map(isfinite, values))
