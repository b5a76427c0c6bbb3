"""The type of a table's target, inferred from its values: classes or numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.data.table import LARGEST, Table
from experiments.data.texts import words_among_numbers
from experiments.errors import DataError

MOST_CLASSES = 20  # different whole numbers that are still taken for classes
FEWEST_ROWS = 5  # rows of each of them, where there are more than STEPS
STEPS = 7  # different whole numbers at most of which a few may be rarer, as the ends of a scale are
PEAKED = 6  # different whole numbers at least whose frequencies have one peak in 32 of 720 orders by chance

Asked = Literal["auto", "classification", "regression"]


@dataclass(frozen=True)
class LabelledTable:
    """A table whose target is known.

    y:      (N,) indices into the target's classes, or float64 numbers.
    target: the classes of y, if it has any.
    """

    table: Table
    y: NDArray[Any]
    target: Target


def labelled(table: Table, task: Asked = "auto") -> LabelledTable:
    """Infer the target of a table, and label every row; the source's own test rows have no influence.

    Words and truth values are classes, and so are two different values of any kind. Integers, even as floats, are
    classes if there are at most 20 different ones and each is in at least 5 rows, or if there are at most 7 and most of
    them are: with more, rare ones are the tail of a count. All other values are numbers. Classes are in the order of
    their values.

    Args:
        task: the user's choice; auto infers it from the values.

    Raises:
        DataError: the values do not suit the task, are not finite or all equal, or a class is only in the source's own
            test rows.
    """
    words = table.target.dtype.kind not in "fiu"
    if task == "regression" and (words or table.classes is not None):
        _refuse_classes(table, words)
    if table.classes is not None:
        return LabelledTable(table, table.target.astype(np.intp), Target(table.classes))
    if not words:
        _check_finite(table)
    values = table.target.astype(str) if words else table.target
    own = values[: table.learned]
    if task == "classification" or words or (task == "auto" and _are_classes(own)):
        names = np.unique(own)
        if len(names) < 2:
            raise DataError(f"data: a classification needs at least two classes, but got {[_name(names[0])]}.")
        return LabelledTable(table, _labels(values, names), Target(tuple(map(_name, names))))
    if own.min() == own.max():
        raise DataError(
            f"data: the target {table.target_name!r} must vary, but all {len(own)} rows have {own[0]:g}; name another."
        )
    return LabelledTable(table, values.astype(np.float64), Target())


def _refuse_classes(table: Table, words: bool) -> None:
    missing = words_among_numbers(table.target.astype(str)) if words and table.reading is not None else ""
    advice = f", or leave out the rows of words with {missing}" if missing else ""
    raise DataError(
        f"data.task: a regression needs numbers, but target {table.target_name!r} has classes; set classification"
        f"{advice}."
    )


def with_logarithm(rows: LabelledTable) -> LabelledTable:
    """Take the logarithm of the target for what is learnt.

    Raises:
        DataError: it has classes, or a number that is not positive.
    """
    own, name = rows.y[: rows.table.learned], rows.table.target_name
    if rows.target.classes or not own.min() > 0:
        has = "has classes" if rows.target.classes else f"has {own.min():g}"
        raise DataError(f"data.target_transform: log needs positive numbers, but target {name!r} {has}; remove it.")
    return replace(rows, target=replace(rows.target, log=True))


def type_note(rows: LabelledTable) -> str | None:
    """Say how a target was taken whose whole numbers could be classes as well as a number; None where it is plain."""
    table = rows.table
    values = table.target[: table.learned]
    if table.classes is not None or values.dtype.kind not in "fiu":
        return None
    different, counts = np.unique(values, return_counts=True)
    least = counts.min()
    if not 2 < len(different) <= MOST_CLASSES or (different % 1).any():
        return None
    if least < FEWEST_ROWS:
        why = f"the rarest with {least} of the {len(values)} rows"
    elif len(different) >= PEAKED and _have_one_peak(counts):
        why = "as frequent as those of a count or a scale"
    else:
        return None
    taken, other, task = "classes", "a number", "regression"
    if not rows.target.classes:
        taken, other, task = "a number", "classes", "classification"
    return (
        f"target {table.target_name!r}: its {len(different)} different whole numbers, {why}, are taken for {taken}; "
        f"data.task = {task} takes them for {other}."
    )


def _have_one_peak(counts: NDArray[np.intp]) -> bool:
    """Tell whether the frequencies of ascending numbers rise to a peak, twice the least or more, and then fall."""
    steps = np.diff(counts)
    peak = int(counts.argmax())
    alike = 2 * counts.min() > counts.max()  # such as equally many rows of each class but for a remainder
    return bool((steps[:peak] >= 0).all() and (steps[peak:] <= 0).all() and not alike)


def _are_classes(values: NDArray[Any]) -> bool:
    """Tell whether numbers are classes: two values, or few whole numbers most of which have several rows."""
    different, counts = np.unique(values, return_counts=True)
    if len(different) == 2:
        return True
    if len(different) > MOST_CLASSES or (different % 1).any():
        return False
    return bool(counts.min() >= FEWEST_ROWS or (len(different) <= STEPS and np.median(counts) >= FEWEST_ROWS))


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
            f"{table.name}: a target must be a number of at most {LARGEST:g}, but row {table.positions[row]} (from 0) "
            f"has {table.target[row]}; correct it or remove the row."
        )
