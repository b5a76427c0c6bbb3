"""What a table's target is, told from its values: classes, or numbers."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.data.table import LARGEST, Table
from experiments.errors import DataError

MOST_CLASSES = 20  # values that integers may have to be taken for classes
FEWEST_ROWS = 5  # of each of them

Asked = Literal["auto", "classification", "regression"]


def target_of(table: Table, task: Asked = "auto") -> tuple[Target, NDArray[Any]]:
    """The target of a table, and every row's label in it, or number; the source's own test rows decide nothing.

    Words and truth values are classes. So are integers of at most 20 values, each in 5 rows or more, whatever type
    holds them. Everything else is a number. The order of classes is that of their values.

    Args:
        task: what the user says it is; auto tells it from the values.

    Returns:
        the target, and y (N,): indices into its classes, or float64.

    Raises:
        DataError: the values are not what they are said to be, or not finite, or all the same, or a class is in the
            source's own test rows alone.
    """
    values = table.target
    learnt = values[: len(values) - table.own_test]
    words = values.dtype.kind not in "fiu"
    if task == "regression" and (words or table.classes is not None):
        raise DataError(f"data.task: the target {table.target_name!r} names classes; it cannot be a regression's.")
    if table.classes is not None:
        return Target(table.classes), values.astype(np.intp)
    if not words:
        _check_finite(table)
    if task == "classification" or words or (task == "auto" and _are_few_integers(learnt)):
        names = np.unique(learnt.astype(str) if words else learnt)
        classes = tuple(_name(one) for one in names)
        if len(classes) < 2:
            raise DataError(f"data: a classification needs at least two classes, but got {list(classes)}.")
        return Target(classes), _labels(values.astype(str) if words else values, names)
    if learnt.min() == learnt.max():
        raise DataError(f"data: the target {table.target_name!r} has one value alone, {learnt[0]:g}, in every row.")
    return Target(), values.astype(np.float64)


def _are_few_integers(values: NDArray[Any]) -> bool:
    if not np.array_equal(values, np.trunc(values)):
        return False
    counts = np.unique(values, return_counts=True)[1]
    return len(counts) <= MOST_CLASSES and int(counts.min()) >= FEWEST_ROWS


def _labels(values: NDArray[Any], names: NDArray[Any]) -> NDArray[np.intp]:
    """(N,) the position of each value among the sorted names."""
    labels = np.minimum(np.searchsorted(names, values), len(names) - 1)
    strange = values[names[labels] != values]
    if len(strange):
        rows = int((strange == strange[0]).sum())
        raise DataError(
            f"data: class {_name(strange[0])!r} is in {rows} of the source's own test rows, but in none to learn from; "
            f"remove these rows{'' if isinstance(strange[0], str) else ', or name data.task if it is a number'}."
        )
    return labels.astype(np.intp)


def _name(value: Any) -> str:
    whole = not isinstance(value, str) and float(value).is_integer()
    return str(int(value)) if whole else str(value)


def _check_finite(table: Table) -> None:
    usable = np.abs(table.target.astype(np.float64)) <= LARGEST  # not so for NaN
    if not usable.all():
        row = int(np.flatnonzero(~usable)[0])
        raise DataError(
            f"{table.name}: every target must be a number of at most {LARGEST:g}, but row {row} has "
            f"{table.target[row]}."
        )
