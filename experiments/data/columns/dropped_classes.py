"""The classes that a study leaves out, with their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.data.formats.column_types import texts
from experiments.data.raw_table import RawTable, listed
from experiments.errors import DataError
from nnet.near import composed


def check_dropped(raw: RawTable, target: str, classes: Sequence[str]) -> None:
    """Refuse classes to leave out that are not there.

    Raises:
        DataError: the message names the classes that are.
    """
    if not classes:
        return
    _check_there(pc.unique(texts(raw, target).drop_null()).to_pylist(), raw.at(target), classes)


def of_classes(names: NDArray[np.str_], where: str, classes: Sequence[str]) -> NDArray[np.bool_]:
    """Mark the rows of arrays or of pictures that have some classes.

    Args:
        names: (n,) name of each row's class.
        where: place of the target, for messages.

    Raises:
        DataError: a class is not there; the message names those that are.
    """
    there = np.unique(names).tolist()
    _check_there(there, where, classes)
    return np.isin(names, [text for name in classes for text in spellings_of(name, there)])


def _check_there(there: Sequence[str], where: str, classes: Sequence[str]) -> None:
    if unknown := [name for name in classes if not spellings_of(name, there)]:
        raise DataError(f"data.drop_classes: {where} has no class {listed(unknown)}; it has {listed(there)}.")


def without_classes(raw: RawTable, target: str, classes: Sequence[str]) -> RawTable:
    """Take the target away from the rows of some classes, so that they are left out."""
    if not classes:
        return raw
    gone, own = _of_classes(raw, target, classes), raw.columns[target]
    return replace(raw, columns=raw.columns | {target: pc.if_else(gone, pa.scalar(None, own.type), own)})


def dropped_rows(files: Iterable[RawTable], target: str, classes: Sequence[str]) -> dict[str, int]:
    """Count the rows of each class that is left out, over all files."""
    parts = list(files) if classes else []
    return {name: sum(pc.sum(_of_classes(raw, target, [name])).as_py() or 0 for raw in parts) for name in classes}


def _of_classes(raw: RawTable, target: str, classes: Sequence[str]) -> pa.ChunkedArray:
    """Mark the rows of some classes."""
    column = texts(raw, target)
    there = pc.unique(column.drop_null()).to_pylist()
    return pc.is_in(column, pa.array([text for name in classes for text in spellings_of(name, there)], pa.string()))


def spellings_of(name: str, there: Iterable[str]) -> list[str]:
    """List the texts that are a class: the same text, or the same number.

    >>> spellings_of("4", ["4", "4.0", "40", "four"])
    ['4', '4.0']
    """
    number, name = number_of(name), composed(name)
    return [text for text in there if composed(text) == name or (number is not None and number_of(text) == number)]


def number_of(text: str) -> float | None:
    """Return the number that a text is; None of other texts."""
    try:
        return float(text)
    except ValueError:
        return None
