"""Which columns the winner's predictions of development rows rest on: permutation importance, fold by fold."""

from __future__ import annotations

from statistics import fmean, stdev

import numpy as np

from experiments.data.prepare import StudyData, fitted_on
from experiments.inputs import Inputs
from experiments.records.analysis import PermutationRecord, PermutedColumn
from experiments.search.executor import Executor
from experiments.search.permutation import PermutationTask, Permuted
from experiments.search.refit import RefitTask
from experiments.search.trial import Told
from experiments.search.worker import run_permutation
from experiments.space import Space
from experiments.spec import StudySpec

PREDICTIONS = 3_000_000  # rows x columns x repeats, over all folds
SCORINGS = 20_000  # folds x columns x repeats; scikit-learn's scorers take milliseconds
MOST_ROWS = 2_000  # of a fold
MOST_REPEATS = 5
MOST_COLUMNS = 1_000


def permutation(
    spec: StudySpec, space: Space, data: StudyData, winner: Told, inputs: Inputs, executor: Executor
) -> PermutationRecord | str:
    """The record of a COMPLETE trial, or why there is none. A pure function of the study: who computes changes nothing.

    Each fold's network is trained again as in the trial, so that without a choice of rows `baseline` is the trial's
    value, to the bit.

    Args:
        inputs: the folds by preprocessing.

    Raises:
        WorkerLost: a task was given up. That is no property of the study, so it is no reason to leave a part out.
    """
    pairs, columns = data.folds.pairs, data.features
    if columns > MOST_COLUMNS:
        return f"{columns:,} columns; at most {MOST_COLUMNS:,} are shuffled"
    if columns * len(pairs) > SCORINGS:
        return f"{columns:,} columns in {len(pairs)} folds; at most {SCORINGS:,} times a column is shuffled in a fold"
    rows, repeats = _affordable(columns, [len(validation) for _, validation in pairs])
    candidate = space.candidate(winner.params)
    way, result = candidate.preprocessing, winner.result
    trained = RefitTask(result.number, candidate, result.epochs, spec.study.seed, result.curves.factors)
    tasks = [
        PermutationTask(
            trained,
            fold,
            spec.cv.metric,
            columns,
            fitted_on(data.development, train, way).sources,
            rows,
            repeats,
        )
        for fold, (train, _) in enumerate(pairs)
    ]
    futures = [executor.submit(run_permutation, task, inputs[way]) for task in tasks]
    return _record(spec.cv.metric, data.development.table.columns, [future.result() for future in futures])


def _affordable(columns: int, validation: list[int]) -> tuple[int, int]:
    """Rows of each fold, at most, and repeats.

    >>> _affordable(64, [288] * 5), _affordable(784, [2400] * 5)
    ((2000, 5), (765, 1))
    """
    rows = min(MOST_ROWS, PREDICTIONS // (columns * len(validation)))
    predicted = columns * sum(min(rows, count) for count in validation)
    repeats = min(MOST_REPEATS, PREDICTIONS // predicted, SCORINGS // (columns * len(validation)))
    return rows, max(1, repeats)


def _record(metric: str, names: tuple[str, ...], folds: list[Permuted]) -> PermutationRecord | str:
    baseline = sum(one.baseline for one in folds) / len(folds)
    shuffled = sum((one.scores for one in folds), np.zeros(1)) / len(folds)
    if not (np.isfinite(baseline) and np.isfinite(shuffled).all()):
        return f"{metric} has no value on the rows of some fold, as they are or with a column shuffled"
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
        rows=sum(one.rows for one in folds),
        repeats=len(drops[0]),
        baseline=baseline,
        columns=tuple(sorted(columns, key=lambda one: (-one.drop, one.name))),
    )
