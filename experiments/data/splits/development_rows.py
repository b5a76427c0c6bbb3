"""The rows that a study learns from, as they are before it reads features: how columns are read follows from these."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from experiments.config.data_options import DataSection
from experiments.data.columns.spellings import with_one_spelling
from experiments.data.columns.target_type import LabelledTable, labelled, type_note, with_logarithm
from experiments.data.splits.class_rows import check_classes
from experiments.data.splits.copies import Copies, with_copies
from experiments.data.splits.outer_folds import split_off
from experiments.data.splits.split import rows_of
from experiments.data.table import Table
from experiments.errors import DataError
from nnet.arrays import Rows


def understood(table: Table, data: DataSection) -> tuple[LabelledTable, Copies | None, tuple[str, ...]]:
    """Infer the target, draw rows and decide about copies, and say what was decided: all that precedes the split.

    Raises:
        DataError: the target does not suit [data], or rows cannot be drawn or kept together.
    """
    table, notes = with_one_spelling(table)
    rows = labelled(table, data.task)
    if data.target_transform is not None:
        rows = with_logarithm(rows)
    if data.task == "auto" and (note := type_note(rows)) is not None:
        notes += (note,)
    if data.rows is not None:
        rows = subset(rows, data.rows, data.split_seed)
    table, copies = with_copies(rows.table, data.copies)
    return replace(rows, table=table), copies, notes + (() if copies is None else copies.notes(data.copies))


def subset(whole: LabelledTable, rows: int, seed: int) -> LabelledTable:
    """Draw rows, in their order and with the same share of each class; the source's own test part is kept whole.

    Raises:
        DataError: there are fewer rows, or more classes than rows to draw.
    """
    from sklearn.model_selection import train_test_split

    table, y, there = whole.table, whole.y, whole.table.learned
    if rows > there:
        raise DataError(
            f"data.rows: must be at most {there}, the rows of {table.name} without its test part, but got {rows}."
        )
    if rows == there:
        return whole
    check_classes(whole)
    try:
        drawn, _ = train_test_split(
            np.arange(there), train_size=rows, stratify=y[:there] if whole.target.classes else None, random_state=seed
        )
    except ValueError as error:
        raise DataError(f"data.rows: {error}") from None
    kept = np.concatenate([np.sort(drawn), np.arange(there, len(y))])
    drawn_rows = replace(rows_of(table, kept), own_test=table.own_test, cells=table.source_cells().take(kept))
    return LabelledTable(drawn_rows, y[kept], whole.target)


def development_rows(table: Table, data: DataSection) -> Rows:
    """Return the rows that the study's own split gives to the search, in the order of the file.

    Where the split is impossible, these are all rows; the study itself then says what is wrong.
    """
    light = replace(table.without_features(), numbers=None)
    try:
        rows, _, _ = understood(light, data)
        development, _ = split_off(rows, data)
    except DataError:
        return np.arange(len(table.target))
    return np.sort(development.table.positions)
