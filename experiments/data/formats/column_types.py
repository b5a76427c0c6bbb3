"""The cells of a column as texts or as numbers, and what of them is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.data.raw_table import LARGEST_FILE, RawTable
from experiments.data.table import LARGEST
from experiments.data.texts import MISSING, NUMBER
from experiments.errors import DataError

FEW = 20  # rows or values, too few to conclude anything
NAME_IT = ", or name the column in data.categories"
PROBE = 100  # texts
LONG = 200  # characters, more than a category has


def cleaned(raw: RawTable, names: Iterable[str]) -> RawTable:
    """Choose columns; their texts, truth values and categories become stripped texts, null where they are missing.

    Raises:
        DataError: a column would take too much memory.
    """
    types = {name: raw.columns[name].type for name in names}
    truths = {name for name, kind in types.items() if pa.types.is_boolean(kind)}
    columns = {
        name: _stripped(raw, name)
        if is_text(kind) or name in truths or pa.types.is_dictionary(kind)
        else raw.columns[name]
        for name, kind in types.items()
    }
    return replace(raw, columns=columns, declared=raw.declared | truths)


def _stripped(raw: RawTable, name: str) -> pa.ChunkedArray:
    column = raw.columns[name]
    if pa.types.is_boolean(column.type):  # as pandas writes them
        return pc.if_else(column, "True", "False").cast(pa.string())
    words = [word for word in MISSING if word not in raw.present]
    if not pa.types.is_dictionary(column.type):
        return _trimmed(column, words)
    size = sum(pc.sum(pc.binary_length(part.dictionary).take(part.indices)).as_py() or 0 for part in column.chunks)
    if size > LARGEST_FILE:
        raise DataError(
            f"{raw.at(name)} unpacks to {size} bytes of text, but at most {LARGEST_FILE} can be read; drop it."
        )
    return pa.chunked_array(
        [_trimmed(part.dictionary, words).take(part.indices) for part in column.chunks], pa.string()
    )


def _trimmed(texts: Any, missing: Sequence[str]) -> Any:
    """Strip texts, and make those null that stand for a missing value."""
    stripped = pc.utf8_trim_whitespace(texts.cast(pa.string()))
    absent = pc.is_in(pc.utf8_lower(stripped), pa.array(missing, pa.string()))
    return pc.if_else(absent, pa.scalar(None, pa.string()), stripped)


def texts(raw: RawTable, name: str) -> pa.ChunkedArray:
    """Return a column of a cleaned table as texts.

    Raises:
        DataError: its values are no single values.
    """
    column = raw.columns[name]
    try:
        return column if is_text(column.type) else column.cast(pa.string())
    except pa.ArrowException:  # lists, bytes that are no text
        raise DataError(
            f"{raw.at(name)} must hold single values, but holds {column.type}; name it in data.drop."
        ) from None


def is_text(kind: pa.DataType) -> bool:
    """Return whether values of that type are texts."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def is_number(kind: pa.DataType) -> bool:
    """Return whether values of that type are numbers, or all missing."""
    types = pa.types
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind) or types.is_null(kind))


def words_in(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Mark the texts that are not numbers; a missing text is not marked."""
    try:
        column.slice(0, PROBE).cast(pa.float64())
        column.cast(pa.float64())  # much faster than the expression, where all are numbers
        return pa.chunked_array([pa.repeat(False, len(column))])
    except pa.ArrowInvalid:
        pass
    return pc.invert(pc.match_substring_regex(column, NUMBER)).fill_null(False)


def read_number(raw: RawTable, name: str, otherwise: str = NAME_IT) -> NDArray[np.float64]:
    """Return (N,) the values of a column of numbers, NaN where missing.

    Args:
        otherwise: another advice about a text.

    Raises:
        DataError: a value is not a number, or is too large to compute with.
    """
    column = raw.columns[name]
    advice = "correct it, or leave the cell empty if it is missing"
    if is_text(column.type):
        raw.refuse(name, words_in(column), "must hold numbers", advice.replace(", or", ",") + otherwise)
    elif not is_number(column.type):
        raise DataError(f"{raw.at(name)} must hold numbers, but holds values of type {column.type}; name another.")
    values = np.array(column.cast(pa.float64(), safe=False).to_numpy(), np.float64)
    raw.refuse(name, np.abs(values) > LARGEST, f"must have numbers of at most {LARGEST:g}", advice)  # NaN is not
    return values


def lenient_numbers(raw: RawTable, name: str) -> tuple[NDArray[np.float64], int, int]:
    """Read a column of numbers; a value that is no number, infinite or enormous is missing.

    Returns:
        values (N,), NaN where missing; how many texts were no numbers, and how many numbers infinite or enormous.
    """
    column, unread = raw.columns[name], 0
    if is_text(column.type):
        words = words_in(column)
        unread = pc.sum(words).as_py() or 0
        column = pc.if_else(words, pa.scalar(None, pa.string()), column)
    elif not is_number(column.type):
        return np.full(len(column), np.nan), 0, 0
    values = np.array(column.cast(pa.float64(), safe=False).to_numpy(), np.float64)
    large = np.abs(values) > LARGEST
    values[large] = np.nan
    return values, unread, int(large.sum())


def refuse_missing(raw: RawTable, name: str, role: str) -> None:
    """Refuse a column with missing values.

    Raises:
        DataError: a value is missing; the message names its row.
    """
    missing = raw.columns[name].is_null(nan_is_null=True)
    raw.refuse(name, missing, f"is {role}", "fill in the cell or remove the row")


def refuse_long(raw: RawTable, name: str, advice: str) -> None:
    """Refuse texts that are too long for names.

    Raises:
        DataError: a text is too long; the message names its row.
    """
    long = pc.greater(pc.utf8_length(texts(raw, name)), LONG).fill_null(False)
    raw.refuse(name, long, f"must have texts of at most {LONG} characters", advice)
