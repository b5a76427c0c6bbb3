"""Permutation importance: the columns that the winner's predictions of development rows rest on, fold by fold."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, stdev

import numpy as np

from experiments.config.candidate import parameter_count
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.data.prepare import StudyData, fitted_on
from experiments.evaluation.permutation import PermutationTask, Permuted, run_permutation
from experiments.evaluation.reasons import NoMetric, TooManyColumns, TooManyShuffles
from experiments.evaluation.records import PermutationRecord, PermutedColumn
from experiments.evaluation.refit import refit_task
from experiments.search.executors.base import Executor
from experiments.search.inputs import Inputs
from experiments.search.trial import FinishedTrial

PREDICTIONS = 3_000_000  # limit of rows x columns x repeats, over all folds
SCORINGS = 20_000  # limit of folds x columns x repeats; scikit-learn's scorers take milliseconds
PRODUCTS = 200_000_000_000  # limit of predictions x weights of the network, which take as long
FEWEST_ROWS, MOST_ROWS = 100, 2_000  # rows of a fold
MOST_REPEATS = 5
MOST_COLUMNS = 1_000


def permutation(
    spec: StudySpec, space: Space, data: StudyData, winner: FinishedTrial, inputs: Inputs, executor: Executor
) -> PermutationRecord | TooManyColumns | TooManyShuffles | NoMetric:
    """Compute the record of a COMPLETE trial, or the reason why there is none; the same on any executor.

    Each fold's network is trained again as in the trial. Unless there are so many rows that only some are predicted,
    `baseline` is the trial's value, to the bit.

    Args:
        inputs: the folds by preprocessing.

    Raises:
        WorkerLost: a task was given up. That is no property of the study, so it is no reason to leave a part out.
    """
    pairs, columns = data.folds.pairs, data.features
    candidate = space.candidate(winner.params)
    if reason := too_many(columns, len(pairs)):
        return reason
    sources = [fitted_on(data.development, train, candidate.preprocessing).sources for train, _ in pairs]
    weights = parameter_count(candidate, max(map(len, sources)), data.target)
    rows, repeats = shuffles(columns, [len(validation) for _, validation in pairs], weights)
    trained = refit_task(winner, candidate, spec.study.seed)
    tasks = [
        PermutationTask(trained, fold, spec.cv.metric, columns, of_inputs, rows, repeats)
        for fold, of_inputs in enumerate(sources)
    ]
    futures = [executor.submit(run_permutation, task, inputs[candidate.preprocessing]) for task in tasks]
    return _record(spec.cv.metric, data.development.table.columns, [future.result() for future in futures])


def too_many(columns: int, folds: int) -> TooManyColumns | TooManyShuffles | None:
    """Return the reason why no column is shuffled; None if there is none."""
    if columns > MOST_COLUMNS:
        return TooManyColumns(columns=columns, limit=MOST_COLUMNS)
    if columns * folds > SCORINGS:
        return TooManyShuffles(columns=columns, folds=folds, limit=SCORINGS)
    return None


def shuffles(columns: int, validation: Sequence[int], weights: int) -> tuple[int, int]:
    """Choose the largest number of rows of each fold, and the number of shuffles of each column, for some seconds.

    Args:
        validation: number of validation rows of each fold.
        weights:    number of the network's weights.

    >>> shuffles(64, [288] * 5, weights=9_000), shuffles(784, [2400] * 5, 60_000), shuffles(784, [2400] * 5, 400_000)
    ((2000, 5), (765, 1), (127, 1))
    """
    folds = len(validation)
    predictions = min(PREDICTIONS, max(PRODUCTS // weights, columns * folds * FEWEST_ROWS))
    rows = min(MOST_ROWS, predictions // (columns * folds))
    predicted = columns * sum(min(rows, count) for count in validation)
    repeats = min(MOST_REPEATS, predictions // predicted, SCORINGS // (columns * folds))
    return rows, max(1, repeats)


def _record(metric: str, names: tuple[str, ...], folds: list[Permuted]) -> PermutationRecord | NoMetric:
    baseline = sum(fold.baseline for fold in folds) / len(folds)
    shuffled = sum((fold.scores for fold in folds), np.zeros(1)) / len(folds)
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
        rows=sum(fold.rows for fold in folds),
        repeats=len(drops[0]),
        baseline=baseline,
        columns=tuple(sorted(columns, key=lambda column: (-column.drop, column.name))),
    )
