"""The outer folds of nested cross-validation: each is the test set of a study that learns from other rows.

Classes are stratified and groups stay whole. Of rows in time order, a fold comes after all that its study has.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from experiments.config.data_options import DataSection
from experiments.config.spec import CVSection
from experiments.data.columns.target_type import LabelledTable
from experiments.data.splits.class_rows import check_counts
from experiments.data.splits.fold_rows import fold_rows
from experiments.data.splits.folds import make_folds, suitable_folds
from experiments.data.splits.holdout import SealedTestSet
from experiments.data.splits.positive import with_positive_last
from experiments.data.splits.split import DevelopmentSet, check_roles, development_set, sealed_set, split
from experiments.data.table import Table
from experiments.errors import DataError
from nnet.arrays import Rows

SIDE = "cv.outer: every class needs a row on each side"
FEWER = "set a smaller cv.outer"


def split_off(rows: LabelledTable, data: DataSection) -> tuple[DevelopmentSet, SealedTestSet]:
    """Split the test set off: an outer fold where [data] names one, or else as `split` does.

    Raises:
        DataError: as of these.
    """
    if data.test_fold is not None:
        return split_by_fold(rows, data)
    return split(rows, data.test_size, data.split_seed, data.positive)


def split_by_fold(rows: LabelledTable, data: DataSection) -> tuple[DevelopmentSet, SealedTestSet]:
    """Split an outer fold off. For fold 0 all rows are learned from, and those of all folds are sealed.

    Args:
        data: [data] with `test_fold`.

    Raises:
        DataError: the source has test rows of its own, or there is no such fold.
    """
    assert data.test_fold is not None
    fold, folds = data.test_fold
    pairs = outer_folds(rows, folds, data.split_seed)
    if data.positive is not None:
        rows = with_positive_last(rows, data.positive)
    if fold:
        development, test = pairs[fold - 1]
    else:
        development, test = _in_order(rows.table), np.sort(np.concatenate([test for _, test in pairs]))
    return development_set(rows, development), sealed_set(rows, test)


def outer_folds(whole: LabelledTable, folds: int, split_seed: int) -> tuple[tuple[Rows, Rows], ...]:
    """Return (development, test) row numbers of each outer fold.

    Raises:
        DataError: the source has test rows of its own, or there are too few rows, groups, or rows of a class.
    """
    if (table := whole.table).own_test:
        raise DataError(
            f"cv.outer: the outer folds are the test sets, but {table.name} has {table.own_test} test rows of its own; "
            "remove cv.outer."
        )
    check_roles(whole)
    order = _in_order(table)
    everything = development_set(_light(whole), order)
    made = make_folds(everything, CVSection(n_splits=folds), split_seed, key="outer")
    pairs = tuple((order[learned], order[tested]) for learned, tested in made.pairs)
    for fold, pair in enumerate(pairs, 1):
        for rows, side in zip(pair, ("development", "test"), strict=True):
            if len(rows) < 2:  # a score of numbers needs two
                raise DataError(f"cv.outer: each side needs two rows, but outer fold {fold} has {len(rows)}; {FEWER}.")
            check_counts(whole, rows, 1, (SIDE, f" {side} rows in outer fold {fold}", FEWER))
    return pairs


def check_inner_folds(whole: LabelledTable, data: DataSection, cv: CVSection) -> None:
    """Refuse at once what the folds of one of the outer studies would refuse.

    Raises:
        DataError: the message names the outer fold.
    """
    assert data.test_fold is not None
    for fold, (rows, _) in enumerate(outer_folds(whole, data.test_fold[1], data.split_seed), 1):
        development = development_set(_light(whole), rows)
        try:
            drawn = fold_rows(development, cv, data.split_seed)
            make_folds(development, suitable_folds(development, cv, drawn), data.split_seed, drawn)
        except DataError as error:
            raise DataError(f"outer fold {fold}: {error}") from None


def _light(rows: LabelledTable) -> LabelledTable:
    return replace(rows, table=rows.table.without_features())


def _in_order(table: Table) -> Rows:
    """Return all rows in the order of time, or as they are in the source."""
    return np.arange(len(table.target)) if table.time is None else np.argsort(table.time, kind="stable")
