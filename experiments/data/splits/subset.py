"""A seeded choice of a source's rows, for a smaller study; the source's own test part is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from experiments.data.columns.target_type import LabelledTable
from experiments.data.splits.class_rows import check_classes
from experiments.data.splits.split import rows_of
from experiments.errors import DataError


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
    drawn_rows = replace(
        rows_of(table, kept),
        own_test=table.own_test,
        cells=table.source_cells().take(kept),
    )
    return LabelledTable(drawn_rows, y[kept], whole.target)
