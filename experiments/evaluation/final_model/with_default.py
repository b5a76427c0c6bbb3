"""A final model of two configurations: the mean of the outputs of the winner's networks and of the default's.

The winner of a noisy search is often a lucky one, and the default was chosen beforehand. On most small tables their
mean is better than either. Where the search shows that the winner is much better, it stays alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

from experiments.config.target import Target
from experiments.evaluation.final_model.mean_outputs import joined
from experiments.evaluation.uncertainty.of_predictions import OutOfFold
from experiments.evaluation.uncertainty.temperature import scaled
from experiments.evaluation.validation_rows import ValidationRows
from experiments.search.out_of_fold import array_of
from experiments.search.scorers import scorer
from experiments.search.trial import FinishedTrial
from nnet.arrays import Array

if TYPE_CHECKING:  # workers load no pydantic
    from experiments.config.spec import StudySpec

MOST_ERRORS = 3.0  # standard errors that the winner may be better by, beside the default


def joins_default(spec: StudySpec, finalists: Sequence[FinishedTrial]) -> bool:
    """Return whether the final model has the default's networks beside the winner's.

    Args:
        finalists: the winner, then the default unless it has no score or is the winner itself.
    """
    if spec.final.choice != "with_default" or len(finalists) < 2:
        return False
    winner, default = (trial.result.fold_scores for trial in finalists)
    return are_close(winner, default, spec.cv.splitter, spec.cv.n_repeats)


def share_held(splitter: str, folds: int, repeats: int) -> float:
    """Return the number of validation rows for each training row, in the mean over the folds.

    Args:
        folds:   number of all folds.
        repeats: number of divisions of the rows, each into as many folds.

    >>> share_held("StratifiedKFold", 5, 1), share_held("RepeatedKFold", 50, 10), share_held("TimeSeriesSplit", 2, 1)
    (0.25, 0.25, 0.75)
    """
    splits = folds // repeats
    if splitter == "TimeSeriesSplit":
        return fmean(1 / parts for parts in range(1, splits + 1))
    return 1 / (splits - 1)


def are_close(winner: Sequence[float], default: Sequence[float], splitter: str, repeats: int) -> bool:
    """Return whether the winner's scores are at most MOST_ERRORS standard errors above the default's in the mean.

    Args:
        winner:   score on each of F folds, F at least 2.
        default:  the default's on the same folds.
        splitter: as of `share_held`.
        repeats:  as of `share_held`.

    Source: of the standard error Nadeau and Bengio (2003), Machine Learning 52, 239-281.

    >>> [are_close([0.8, 0.9, 0.7], default, "KFold", 1) for default in ([0.7, 0.9, 0.7], [0.5, 0.6, 0.4])]
    [True, False]
    """
    gains = np.subtract(winner, default)
    error = gains.std(ddof=1) * sqrt(1 / len(gains) + share_held(splitter, len(gains), repeats))
    return bool(gains.mean() <= MOST_ERRORS * error)


def joined_folds(
    winner: OutOfFold, default: OutOfFold, metric: str, target: Target, rows: ValidationRows
) -> tuple[Array, float]:
    """Return the outputs (P, outputs) of both on the folds, and their mean score over the folds."""
    z = joined(array_of(winner.content.open()), array_of(default.content.open()), winner.are_probabilities)
    score = scorer(metric, target)
    return z, fmean(score(z[rows.folds == fold], rows.y[rows.folds == fold]) for fold in np.unique(rows.folds))


def final_outputs(
    outputs: Sequence[Array], temperatures: Sequence[float], joins: bool, probabilities: bool
) -> list[Array]:
    """Return the outputs of the final model and of the default's, each at its temperature.

    Args:
        outputs:      those of the winner's networks, then of the default's unless there is none.
        temperatures: of the final model, then of the default's.
        joins:        whether the final model has the default's networks, too.
    """
    final = [joined(outputs[0], outputs[1], probabilities), *outputs[1:]] if joins else outputs
    return [scaled(z, temperature) for z, temperature in zip(final, temperatures, strict=False)]
