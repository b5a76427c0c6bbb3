"""A table with rows of another file, or part of one, as its own test part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from experiments.data.raw_table import listed, shown
from experiments.data.table import Table
from experiments.errors import DataError


def appended(table: Table, test: Table) -> Table:
    """A table with another's rows as its own test part.

    Raises:
        DataError: their targets or widths are not of one kind.
    """
    classes = table.classes
    if classes is not None and test.classes is not None and classes != test.classes:
        strange = sorted(set(test.classes) - set(classes))
        if strange:
            raise DataError(f"data.test: has classes that {table.name} has not: {listed(strange)}.")
        test = replace(test, target=np.array([classes.index(one) for one in test.classes])[test.target])
    one_kind = (table.classes is None) == (test.classes is None)
    if not one_kind or (table.target.dtype.kind == "U") != (test.target.dtype.kind == "U"):
        raise DataError(
            f"data.test: target {shown(table.target_name)} is of another type in one file than in the other."
        )
    if table.time is not None and (table.time.dtype.kind == "M") != (np.asarray(test.time).dtype.kind == "M"):
        raise DataError("data.test: data.time holds dates in one file and numbers in the other.")
    if table.features.shape[1] != test.features.shape[1] or table.kinds != test.kinds:
        raise DataError(
            f"data.test: its rows must have the {table.features.shape[1]} features of {table.name}, of the same kinds, "
            f"but have {test.features.shape[1]}."
        )
    optional: dict[str, Any] = {
        key: None if (own := getattr(table, key)) is None else np.concatenate([own, getattr(test, key)])
        for key in ("groups", "time", "weights")
    }
    features: Any
    if isinstance(table.features, np.ndarray) and isinstance(test.features, np.ndarray):
        features = np.concatenate([table.features, test.features])
    else:
        import pandas as pd

        frames = [pd.DataFrame(one.features, columns=list(one.columns)) for one in (table, test)]
        features = pd.concat(frames, ignore_index=True)
    return replace(
        table,
        features=features,
        target=np.concatenate([table.target, test.target]),
        own_test=len(test.target),
        cells=table.source_cells().followed_by(test.source_cells()),
        **optional,
    )
