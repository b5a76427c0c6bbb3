"""A smaller study of a large source: a seeded choice of its rows, its own test part kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.data.splits import rows_of
from experiments.data.table import Table
from experiments.errors import DataError


def subset(table: Table, target: Target, y: NDArray[Any], rows: int, seed: int) -> tuple[Table, NDArray[Any]]:
    """So many of the rows that are not the source's own test part, in their order; the same share of each class.

    Args:
        y: (N,) labels in the target, or numbers.

    Returns:
        the table of these rows and of the test part, and their y.

    Raises:
        DataError: there are fewer, or they are fewer than the classes.
    """
    from sklearn.model_selection import train_test_split

    there = len(y) - table.own_test
    if rows > there:
        raise DataError(f"data.rows: {table.name} has {there} rows to choose from, fewer than {rows}.")
    if rows == there:
        return table, y
    try:
        drawn, _ = train_test_split(
            np.arange(there), train_size=rows, stratify=y[:there] if target.classes else None, random_state=seed
        )
    except ValueError as error:
        raise DataError(f"data.rows: {error}") from None
    kept = np.concatenate([np.sort(drawn), np.arange(there, len(y))])
    cells = None if table.cells is None else table.cells.take(kept)
    return replace(rows_of(table, kept), own_test=table.own_test, cells=cells), y[kept]
