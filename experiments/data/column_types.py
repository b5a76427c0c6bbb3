"""The type of a column, inferred from its values: numbers or categories. Other columns are refused with advice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.data.raw_table import LARGEST_FILE, RawTable, shown
from experiments.data.table import LARGEST, ColumnReason
from experiments.data.texts import MISSING, NUMBER
from experiments.errors import DataError


class Unfit(DataError):
    """A column that is no feature: it says nothing of new rows, or holds what cannot be learnt from.

    reason: why, as results.json has it.
    """

    def __init__(self, reason: ColumnReason, message: str):
        super().__init__(message)
        self.reason = reason

    def __reduce__(self) -> tuple[type[Unfit], tuple[ColumnReason, str]]:
        """Travel to another process."""
        return Unfit, (self.reason, str(self))


# names of row numbers and identifiers; a column of that name whose whole numbers all differ is one
INDEX_NAME = r"(?i:index|row_?names?|row_?n(r|um|umber)|unnamed: 0|__index_level_0__|id|.*[_ ]id)|.*[a-z]I[dD]"
DATE = r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2}))([T ].*)?$"
COMMA = r"^[+-]?\d+(,\d+)+$|^[+-]?\d+$"
FEW = 20  # rows or values, too few to conclude anything
NAME_IT = ", or name the column in data.categories"
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
    if pa.types.is_dictionary(column.type):
        size = sum(pc.sum(pc.binary_length(part.dictionary).take(part.indices)).as_py() or 0 for part in column.chunks)
        if size > LARGEST_FILE:
            raise DataError(
                f"{raw.at(name)} unpacks to {size} bytes of text, but at most {LARGEST_FILE} can be read; drop it."
            )
    if pa.types.is_boolean(column.type):  # as pandas writes them
        return pc.if_else(column, "True", "False").cast(pa.string())
    stripped = pc.utf8_trim_whitespace(column.cast(pa.string()))
    words = [word for word in MISSING if word not in raw.present]
    missing = pc.is_in(pc.utf8_lower(stripped), pa.array(words))
    return pc.if_else(missing, pa.scalar(None, pa.string()), stripped)


def without_words(raw: RawTable, names: Iterable[str], words: Sequence[str]) -> RawTable:
    """Make further words missing in columns of numbers; in other columns they may be categories."""
    if not words:
        return raw
    null, gone = pa.scalar(None, pa.string()), pa.array(words, pa.string())
    columns = {name: raw.columns[name] for name in names if is_text(raw.columns[name].type)}
    changed = {name: pc.if_else(pc.is_in(column, gone), null, column) for name, column in columns.items()}
    return replace(raw, columns=raw.columns | changed)


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


def lenient_numbers(raw: RawTable, name: str) -> NDArray[np.float64]:
    """Return (N,) the values of a column of numbers, NaN where a value is missing, no number, or too large."""
    column = raw.columns[name]
    if is_text(column.type):
        column = pc.if_else(words_in(column), pa.scalar(None, pa.string()), column)
    elif not is_number(column.type):
        return np.full(len(column), np.nan)
    values = np.array(column.cast(pa.float64(), safe=False).to_numpy(), np.float64)
    values[np.abs(values) > LARGEST] = np.nan
    return values


def misfits(raw: RawTable, names: Iterable[str]) -> int:
    """Count the cells of columns of numbers that are no numbers."""
    columns = [raw.columns[name] for name in names]
    return sum(pc.sum(words_in(column)).as_py() or 0 for column in columns if is_text(column.type))


def read_category(raw: RawTable, name: str) -> Any:
    """Return (N,) the values of a column of categories, a pandas Series of strings.

    Raises:
        DataError: a value is a long text.
    """
    refuse_long(raw, name, "name the column in data.drop if it is free text")
    return texts(raw, name).to_pandas()


def is_category(raw: RawTable, name: str) -> bool:
    """Return whether a column's values are categories; otherwise they are numbers.

    Raises:
        DataError: they are an identifier, free text, dates, a mixture of numbers and texts, or all missing.
    """
    kind, place = raw.columns[name].type, raw.at(name)
    if pa.types.is_temporal(kind):
        raise Unfit("dates", f"{place} holds dates; name it as data.time if it orders the rows, or in data.drop.")
    if not (is_text(kind) or pa.types.is_null(kind)):
        if not is_number(kind):
            raise Unfit("no_values", f"{place} holds values of type {kind}; name it in data.drop.")
        _refuse_counter(raw, name)
        return False
    present = raw.columns[name].drop_null()
    if not len(present):
        raise Unfit("empty", f"{place} is empty in every row; name it in data.drop.")
    if name in raw.declared:
        return True
    words = pc.sum(words_in(present)).as_py() / len(present)
    if words <= 0.5:
        if not words:
            _refuse_counter(raw, name)
        return False  # reading the numbers names the words among them
    example = shown(present[0].as_py())
    if pc.all(pc.match_substring_regex(present, DATE)).as_py():
        raise Unfit(
            "dates",
            f"{place} holds dates such as {example}; name it as data.time if it orders the rows, or in data.drop.",
        )
    if pc.all(pc.match_substring_regex(present, COMMA)).as_py():
        raise DataError(
            f"{place} holds numbers with commas such as {example}; write 7.4 for 7,4 and 1234 for 1,234, or name it in "
            "data.categories."
        )
    different = pc.count_distinct(present).as_py()
    if different >= FEW and different > len(present) / 2:
        raise Unfit(
            "identifies_rows",
            f"{place} has {different} different texts in {len(present)} rows, such as {example}, like an identifier or "
            "free text; name it in data.drop, or in data.categories if its values are categories.",
        )
    return True


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


def _refuse_counter(raw: RawTable, name: str) -> None:
    """Refuse whole numbers that count the rows: all different, and ascending or from a range as long as the file.

    Few rows prove nothing, unless the column has the name of an index.
    """
    column = raw.columns[name]
    named = name in raw.unnamed or re.fullmatch(INDEX_NAME, name) is not None
    if (raw.rows < FEW and not named) or column.null_count or raw.rows < 2:
        return
    try:
        values = column.cast(pa.int64()).to_numpy()  # exact for large integers
    except pa.ArrowInvalid:
        values = column.cast(pa.float64(), safe=False).to_numpy()
        if not np.array_equal(values, np.trunc(values)):
            return
    low, high = values.min().item(), values.max().item()
    counts = high - low < (raw.of or raw.rows) or bool(np.all(values[1:] > values[:-1]))
    if len(np.unique(values)) == len(values) and (counts or named):
        raise Unfit(
            "counts_rows" if counts else "identifies_rows",
            f"{raw.at(name)} counts the rows from {int(low)} to {int(high)}, as an identifier does; name it as "
            "data.identifier or in data.drop, or in data.numbers if it is a feature.",
        )
