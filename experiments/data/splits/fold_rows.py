"""The development rows that the folds are made of: all, or a seeded draw for a faster search."""

from __future__ import annotations

import numpy as np

from experiments.config.spec import CVSection
from experiments.data.splits.copies import different_rows
from experiments.data.splits.split import DevelopmentSet
from experiments.errors import DataError
from nnet.arrays import Rows


def fold_rows(development: DevelopmentSet, cv: CVSection, split_seed: int) -> Rows:
    """Return the increasing row numbers that the folds are made of, one of each set of copies.

    Where cv.fold_rows asks for fewer, they are drawn by split_seed with the same share of each class.

    Raises:
        DataError: rows of groups or in an order of time are to be drawn, or more rows or classes than there are.
    """
    from sklearn.model_selection import train_test_split

    rows, count = different_rows(development.table), cv.fold_rows
    if count is None or count == len(rows):
        return rows
    if count > len(rows):
        raise DataError(f"cv.fold_rows: must be at most {len(rows)}, the development rows, but got {count}.")
    if (key := development.table.split_key) is not None:
        raise DataError(f"cv.fold_rows: rows of data.{key} cannot be drawn one by one; remove cv.fold_rows.")
    stratify = development.y[rows] if development.target.classes else None
    try:
        drawn, _ = train_test_split(rows, train_size=count, stratify=stratify, random_state=split_seed)
    except ValueError:
        raise DataError(
            f"cv.fold_rows: {count} of {len(rows)} rows cannot be drawn so that each class has some on both sides; "
            f"set another number, or remove it."
        ) from None
    return np.sort(drawn)
