"""Scores of a model with one column shuffled, on rows that it did not learn from.

Source: Breiman (2001), Machine Learning 45, 5-32, section 10; Fisher, Rudin and Dominici (2019), JMLR 20.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.data.splits.subsample import subsample
from experiments.evaluation.final_model.mean_outputs import Changed
from nnet.arrays import Array, Targets
from nnet.metrics import Score


@dataclass(frozen=True)
class Shuffling:
    """The number of shuffles of each column.

    sources: (inputs,) of each fold, the column that each input is made of.
    rows:    largest number of validation rows to predict; a seeded choice where there are more.
    """

    columns: int
    sources: tuple[NDArray[np.int64], ...]
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


@dataclass(frozen=True)
class FoldPredictor:
    """The model of a fold.

    outputs: the outputs for inputs.
    changed: for inputs, the outputs when some of them have other values.
    score:   the score of outputs against the truth.
    """

    outputs: Callable[[Array], Array]
    changed: Callable[[Array], Changed]
    score: Score


def permute_columns(
    model: FoldPredictor, x: Array, y: Targets, fold: int, shuffling: Shuffling, seed: np.random.SeedSequence
) -> Permuted:
    """Shuffle one column of the validation rows at a time, and score the model's outputs.

    All inputs of a column are shuffled together, which is what shuffling the column before preprocessing comes to.

    Args:
        x:    (N, inputs) of the validation rows.
        y:    (N,) their truth; rows are chosen from each class alike where they are integers.
        fold: position in the shuffling's sources.
    """
    drawing, shuffler = seed.spawn(2)
    rows = subsample(y, shuffling.rows, np.issubdtype(y.dtype, np.integer), drawing)
    x, y, sources = x[rows], y[rows], shuffling.sources[fold]
    scores = np.empty((shuffling.columns, shuffling.repeats))
    baseline, changed = model.score(model.outputs(x), y), model.changed(x)
    chance = np.random.default_rng(shuffler)
    for column in range(shuffling.columns):
        inputs = np.flatnonzero(sources == column)
        for repeat in range(shuffling.repeats):
            shuffled = x[np.ix_(chance.permutation(len(x)), inputs)]
            scores[column, repeat] = model.score(changed(inputs, shuffled), y)
    return Permuted(len(rows), baseline, scores)
