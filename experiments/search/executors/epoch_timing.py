"""The seconds of an epoch of a configuration in a worker, by as few of its rows as tell."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from experiments.search.compiled.load import load as load_passes
from experiments.search.cross_validation import cross_validate
from experiments.search.executors.shared_data import DataReference, open_folds
from experiments.search.executors.worker import run_trial
from experiments.search.trial import TrialResult, TrialTask
from nnet.arrays import Rows, Targets
from nnet.batches import FoldData

ENOUGH = 0.25  # seconds of a trial, from which on its epochs on some of the rows tell the time of all
BATCHES = 16  # of each fold, in a first epoch
PAGE = 1024  # numbers; as many lie in a page of memory


def epoch_seconds(task: TrialTask, reference: DataReference) -> float:
    """Return the seconds of an epoch of a trial on all rows of all folds.

    The trial runs on few rows of each fold, and on more of them until it takes long enough, or has all rows.
    """
    folds, training = open_folds(reference), task.candidate.training
    share = BATCHES * training.batch_size / max(len(fold.train) for fold in folds)
    while share < 1:
        load_passes()  # as a search does that is long enough
        fewer = [_fewer(fold, share) for fold in folds]
        start = time.perf_counter()
        result = cross_validate(task, fewer, reference.target).result
        seconds = time.perf_counter() - start
        if seconds >= ENOUGH:
            _touch(folds)
            return seconds / _epochs(result, training.epochs) / share
        share *= min(max(2.0, ENOUGH / seconds), 8.0)
    result = run_trial(task, reference).result
    return result.seconds / _epochs(result, training.epochs)


def _epochs(result: TrialResult, epochs: int) -> int:
    """Count the epochs of a trial; the last one of a diverged trial has no scores."""
    return min(epochs, len(result.curves.epochs) + 1)


def _fewer(fold: FoldData, share: float) -> FoldData:
    """Return a fold with a share of its rows, which all weigh alike."""
    weights = None if fold.weights is None else np.ones_like(fold.weights)
    train, validation = (_spread(rows, fold.y, share) for rows in (fold.train, fold.validation))
    return FoldData(fold.x, fold.y, train, validation, weights)


def _spread(rows: Rows, y: Targets, share: float) -> Rows:
    """Choose a share of the rows, at equal distances in the order of their targets, so that few classes are missing."""
    ordered = rows[np.argsort(y[rows], kind="stable")]
    count = max(1, round(share * len(rows)))
    return np.sort(ordered[np.linspace(0, len(rows) - 1, count).astype(np.intp)])


def _touch(folds: Sequence[FoldData]) -> None:
    """Read from every page of the inputs, so that this process holds as much memory as after a trial of all rows."""
    for x in {id(fold.x): fold.x for fold in folds}.values():
        x.reshape(-1)[::PAGE].sum()
