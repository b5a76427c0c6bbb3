"""Scores of a network with one column shuffled, on rows that it did not learn from.

Source: Breiman (2001), Machine Learning 45, 5-32, section 10; Fisher, Rudin and Dominici (2019), JMLR 20.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.data.subsample import subsample
from experiments.evaluation.refit import RefitTask
from experiments.search.cross_validation import prepare_fold
from experiments.search.executors.shared_data import DataReference, open_folds
from experiments.search.scorers import scorer
from experiments.search.seeds import COLUMN, TRIAL, fold_seed
from nnet.batches import FoldData
from nnet.training import fit


@dataclass(frozen=True)
class PermutationTask:
    """A trial's network of one fold, to be trained again, and the number of shuffles of each column.

    trained: the trial's configuration, number, best epoch and learning rate factors.
    sources: (inputs,) the column that each input is made of.
    rows:    largest number of validation rows to predict; a seeded choice where there are more.
    """

    trained: RefitTask
    fold: int
    metric: str
    columns: int
    sources: NDArray[np.int64]
    rows: int
    repeats: int


@dataclass(frozen=True)
class Permuted:
    """Scores of one fold.

    rows:     number of rows that were predicted.
    baseline: the score of the rows as they are.
    scores:   (columns, repeats) scores with the column shuffled; NaN where the metric has no value.
    """

    rows: int
    baseline: float
    scores: NDArray[np.float64]


def permute_columns(task: PermutationTask, data: FoldData, target: Target) -> Permuted:
    """Train the fold's network as the trial did, to its best epoch, and shuffle one column at a time.

    All inputs of a column are shuffled together, which is what shuffling the column before preprocessing comes to.
    """
    chosen = task.trained
    learnt, units = prepare_fold(data, chosen.candidate, target)
    architecture = chosen.candidate.architecture(learnt.x.shape[1], target)
    seed = fold_seed(chosen.seed, TRIAL, chosen.number, task.fold)
    network, _ = fit(architecture, chosen.candidate.training, learnt, seed, chosen.epochs, chosen.factors)
    drawing, shuffling = fold_seed(chosen.seed, COLUMN, chosen.number, task.fold).spawn(2)
    truth = learnt.y[learnt.validation]
    rows = learnt.validation[subsample(truth, task.rows, bool(target.classes), drawing)]
    x, y = learnt.x[rows], learnt.y[rows]
    plain = scorer(task.metric, target)
    score = plain if target.classes else units.scored(plain)
    scores = np.empty((task.columns, task.repeats))
    baseline = score(network.predict(x), y)
    chance = np.random.default_rng(shuffling)
    shuffled = x.copy()
    for column in range(task.columns):
        inputs = np.flatnonzero(task.sources == column)
        for repeat in range(task.repeats):
            shuffled[:, inputs] = x[np.ix_(chance.permutation(len(x)), inputs)]
            scores[column, repeat] = score(network.predict(shuffled), y)
        shuffled[:, inputs] = x[:, inputs]
    return Permuted(len(rows), baseline, scores)


def run_permutation(task: PermutationTask, reference: DataReference) -> Permuted:
    """Train a fold's network again and shuffle its columns."""
    return permute_columns(task, open_folds(reference)[task.fold], reference.target)
