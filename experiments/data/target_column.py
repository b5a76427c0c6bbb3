"""The column to be predicted: whole numbers, numbers or texts, none of them missing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.column_types import (
    FEW,
    at,
    first,
    is_text,
    numbers_in,
    read_number,
    refuse_long,
    refuse_missing,
    texts,
)
from experiments.data.raw_table import RawTable, shown
from experiments.errors import DataError

WHOLE = r"^[+-]?\d{1,18}$"


def read_target(sheet: RawTable, name: str, as_classes: bool = False) -> tuple[NDArray[Any], tuple[str, ...] | None]:
    """(N,) the target as int64, float64 or strings, and the classes' names where the file declares them.

    With declared classes the target holds indices into them.

    Args:
        as_classes: they are known to be names, numbers among them.

    Raises:
        DataError: a value is missing or a text among numbers, or there are about as many texts as rows.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    column, place = sheet.columns[name], at(sheet, name)
    if pa.types.is_null(column.type) or pa.types.is_temporal(column.type):
        raise DataError(
            f"{place} is the target, but holds values of type {column.type}; classes or numbers are wanted."
        )
    plain = not (is_text(column.type) or as_classes)
    column = column if plain else texts(sheet, name)
    refuse_missing(sheet, name, column, "the target")
    if plain:
        if pa.types.is_integer(column.type) and not pa.types.is_uint64(column.type):
            return column.to_numpy().astype(np.int64), None
        return _present(sheet, name, read_number(sheet, name)), None
    if name in sheet.declared:
        coded = column.combine_chunks().dictionary_encode()
        order = np.argsort(names := coded.dictionary.to_numpy(zero_copy_only=False).astype(str))
        return np.argsort(order)[coded.indices.to_numpy()].astype(np.int64), tuple(map(str, names[order]))
    are_numbers = pc.mean(numbers_in(column)).as_py()
    different = pc.count_distinct(column).as_py()
    if are_numbers == 1.0 and not as_classes:
        if pc.all(pc.match_substring_regex(column, WHOLE)).as_py():
            return pc.utf8_ltrim(column, "+").cast(pa.int64()).to_numpy(), None
        return read_number(sheet, name), None
    if not as_classes and different >= FEW and (different > len(column) / 2 or are_numbers >= 0.5):
        if are_numbers >= 0.5 and (wrong := first(numbers_in(column), False)) is not None:
            value = shown(column[wrong].as_py())
            raise DataError(f"{place} is the target and a number, but {sheet.place(wrong)} has {value}; correct it.")
        raise DataError(
            f"{place} is the target, but has {different} different texts in {len(column)} rows; "
            "classes or numbers are wanted."
        )
    refuse_long(sheet, name, column, "the target's classes are names")
    return column.to_numpy(zero_copy_only=False).astype(str), None


def _present(sheet: RawTable, name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Numbers of which none is NaN, which a file may have beside null."""
    if np.isnan(values).any():
        row = int(np.isnan(values).argmax())
        raise DataError(
            f"{at(sheet, name)} is the target, but {sheet.place(row)} has nan; fill it in or remove the row."
        )
    return values
