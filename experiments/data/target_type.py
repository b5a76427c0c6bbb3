"""The type of a table's target, inferred from its values: classes or numbers."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.data.table import LARGEST, Table
from experiments.errors import DataError

MOST_CLASSES = 20  # different integers that are still taken for classes
FEWEST_ROWS = 5  # rows of each of these integers

Asked = Literal["auto", "classification", "regression"]


def target_of(table: Table, task: Asked = "auto") -> tuple[Target, NDArray[Any]]:
    """Infer the target of a table, and label every row; the source's own test rows have no influence.

    Words and truth values are classes. Integers, even as floats, are classes if there are at most 20 different ones and
    each is in at least 5 rows. All other values are numbers. Classes are in the order of their values.

    Args:
        task: the user's choice; auto infers it from the values.

    Returns:
        the target, and y (N,): indices into its classes, or float64.

    Raises:
        DataError: the values do not suit the task, are not finite or all equal, or a class is only in the source's own
            test rows.
    """
    values = table.target
    own = values[: len(values) - table.own_test]
    words = values.dtype.kind not in "fiu"
    if task == "regression" and (words or table.classes is not None):
        raise DataError(
            f"data.task: a regression needs numbers, but target {table.target_name!r} has classes; set classification."
        )
    if table.classes is not None:
        return Target(table.classes), values.astype(np.intp)
    if words:
        values, own = values.astype(str), own.astype(str)
    else:
        _check_finite(table)
    if task == "classification" or words or (task == "auto" and _are_few_integers(own)):
        names = np.unique(own)
        if len(names) < 2:
            raise DataError(f"data: a classification needs at least two classes, but got {[_name(names[0])]}.")
        return Target(tuple(map(_name, names))), _labels(values, names)
    if own.min() == own.max():
        raise DataError(
            f"data: the target {table.target_name!r} must vary, but every row has {own[0]:g}; name another."
        )
    return Target(), values.astype(np.float64)


def _are_few_integers(values: NDArray[Any]) -> bool:
    if not np.array_equal(values, np.trunc(values)):
        return False
    counts = np.unique(values, return_counts=True)[1]
    return len(counts) <= MOST_CLASSES and int(counts.min()) >= FEWEST_ROWS


def _labels(values: NDArray[Any], names: NDArray[Any]) -> NDArray[np.intp]:
    """Return (N,) the position of each value among the sorted names."""
    labels = np.minimum(np.searchsorted(names, values), len(names) - 1)
    unknown = values[names[labels] != values]
    if len(unknown):
        rows = int((unknown == unknown[0]).sum())
        raise DataError(
            f"data: every class needs a row to learn from, but class {_name(unknown[0])!r} is only in {rows} of the "
            "source's own test rows; remove them, or set data.task if the target is a number."
        )
    return labels.astype(np.intp)


def _name(value: Any) -> str:
    whole = not isinstance(value, str) and float(value).is_integer()
    return str(int(value)) if whole else str(value)


def _check_finite(table: Table) -> None:
    unusable = np.flatnonzero(~(np.abs(table.target.astype(np.float64)) <= LARGEST))  # NaN is unusable
    if len(unusable):
        row = unusable[0]
        raise DataError(
            f"{table.name}: a target must be a number of at most {LARGEST:g}, but row {row} (from 0) has "
            f"{table.target[row]}; correct it or remove the row."
        )
