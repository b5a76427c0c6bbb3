"""Permutation importance: the columns that the winner's predictions of development rows rest on, fold by fold."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from statistics import fmean, stdev

import numpy as np

from experiments.config.candidate import parameter_count
from experiments.data.prepare import fitted_on
from experiments.evaluation.analysis.permutation import Permuted, Shuffling
from experiments.evaluation.final_model.mean_outputs import FEW_INPUTS
from experiments.evaluation.records.analysis_record import PermutationRecord, PermutedColumn
from experiments.evaluation.records.reasons import NoMetric, TooManyColumns, TooManyShuffles
from experiments.search.context import StudyContext
from experiments.search.trial import FinishedTrial
from nnet.ordered_sums import ordered_mean

PREDICTIONS = 3_000_000  # limit of rows x columns x repeats x networks, over all folds
SCORINGS = 20_000  # limit of folds x columns; scikit-learn's scorers take milliseconds
REPEATED = 1_000  # limit of folds x columns x repeats, beyond one shuffle of each column
PRODUCTS = 200_000_000_000  # limit of predictions x weights that they are multiplied by, which take as long
FEWEST_ROWS, MOST_ROWS = 100, 2_000  # rows of a fold
MOST_REPEATS = 5
MOST_COLUMNS = 1_000


def shuffling_of(study: StudyContext, winner: FinishedTrial) -> Shuffling | TooManyColumns | TooManyShuffles:
    """Choose the shuffles of a COMPLETE trial's model, or return the reason why there are none."""
    spec, data = study.spec, study.data
    pairs, columns = data.folds.pairs, data.features
    candidate = study.space.candidate(winner.params)
    if reason := too_many(columns, len(pairs)):
        return reason
    sources = tuple(fitted_on(data.development, train, candidate.preprocessing).sources for train, _ in pairs)
    multiplied = max(map(len, sources))
    if multiplied > FEW_INPUTS:  # those of the column alone
        multiplied = max(int(np.bincount(source).max()) for source in sources)
    weights = parameter_count(candidate, multiplied, data.target)
    validation = [len(validation) for _, validation in pairs]
    return Shuffling(columns, sources, *shuffles(columns, validation, weights, spec.final.members))


def too_many(columns: int, folds: int) -> TooManyColumns | TooManyShuffles | None:
    """Return the reason why no column is shuffled; None if there is none."""
    if columns > MOST_COLUMNS:
        return TooManyColumns(columns=columns, limit=MOST_COLUMNS)
    if columns * folds > SCORINGS:
        return TooManyShuffles(columns=columns, folds=folds, limit=SCORINGS)
    return None


def shuffles(columns: int, validation: Sequence[int], weights: int, members: int = 1) -> tuple[int, int]:
    """Choose the largest number of rows of each fold, and the number of shuffles of each column, for some seconds.

    A column is shuffled at least once. It is shuffled again only as far as the limits allow.

    Args:
        validation: number of validation rows of each fold.
        weights:    number of a network's weights that a shuffled row is multiplied by.
        members:    number of networks that predict each row.

    >>> shuffles(64, [288] * 5, weights=9_000), shuffles(784, [2400] * 5, 60_000), shuffles(784, [2400] * 5, 400_000)
    ((2000, 3), (765, 1), (127, 1))
    >>> shuffles(64, [288] * 5, 9_000, members=5), shuffles(784, [2400] * 5, 60_000, members=5)
    ((1875, 3), (153, 1))
    >>> shuffles(600, [13] * 5, 40_000, members=5), shuffles(600, [13] * 5, 640_000, members=5)
    ((200, 1), (100, 1))
    """
    folds = len(validation)
    predictions = min(PREDICTIONS, PRODUCTS // weights) // members
    rows = min(MOST_ROWS, max(FEWEST_ROWS, predictions // (columns * folds)))
    predicted = columns * sum(min(rows, count) for count in validation)
    repeats = min(MOST_REPEATS, predictions // predicted, REPEATED // (columns * folds))
    return rows, max(1, repeats)


def permutation_record(
    metric: str, names: tuple[str, ...], folds: Sequence[Permuted], members: int
) -> PermutationRecord | NoMetric:
    """Return the mean over the folds, or the reason that the metric has no value somewhere.

    Unless there are so many rows that only some are predicted, `baseline` is the score of the out-of-fold outputs.

    Args:
        names:   of the columns.
        members: number of networks of the model that predicted the rows.
    """
    baseline = ordered_mean([fold.baseline for fold in folds])
    shuffled = reduce(np.add, [fold.scores for fold in folds]) / len(folds)  # np.mean adds one column otherwise
    if not (np.isfinite(baseline) and np.isfinite(shuffled).all()):
        return NoMetric(metric=metric)
    drops = (baseline - shuffled).tolist()
    columns = [
        PermutedColumn(
            name=name,
            position=position,
            drop=fmean(of_column),
            deviation=stdev(of_column) if len(of_column) > 1 else None,
        )
        for position, (name, of_column) in enumerate(zip(names, drops, strict=True))
    ]
    return PermutationRecord(
        metric=metric,
        members=members,
        rows=sum(fold.rows for fold in folds),
        repeats=len(drops[0]),
        baseline=baseline,
        columns=tuple(sorted(columns, key=lambda column: (-column.drop, column.name))),
    )
