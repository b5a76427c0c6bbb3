"""A smaller study of a large source: a seeded choice of its rows, its own test part kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from experiments.data.table import Table
from experiments.errors import DataError

MOST_CLASSES = 20  # different whole numbers that are taken for classes


def subset(table: Table, rows: int, seed: int) -> Table:
    """So many of the rows that are not the source's own test part, in their order; the same share of each class.

    Raises:
        DataError: there are fewer, or they are fewer than the classes.
    """
    from sklearn.model_selection import train_test_split

    there = len(table.target) - table.own_test
    if rows > there:
        raise DataError(f"data.rows: {table.name} has {there} rows to choose from, fewer than {rows}.")
    if rows == there:
        return table
    target = table.target[:there]
    are_classes = (
        table.classes is not None
        or target.dtype.kind == "U"
        or (target.dtype.kind == "i" and len(np.unique(target)) <= MOST_CLASSES)
    )
    try:
        drawn, _ = train_test_split(
            np.arange(there), train_size=rows, stratify=target if are_classes else None, random_state=seed
        )
    except ValueError as error:
        raise DataError(f"data.rows: {error}") from None
    kept = np.concatenate([np.sort(drawn), np.arange(there, len(table.target))])
    rows_of: dict[str, Any] = {
        key: None if (values := getattr(table, key)) is None else values[kept] for key in ("groups", "time", "weights")
    }
    features = table.features
    return replace(
        table,
        features=features[kept] if isinstance(features, np.ndarray) else features.iloc[kept].reset_index(drop=True),
        target=table.target[kept],
        **rows_of,
    )
