"""A column's kind, chosen from its values: a number, or a category. What is neither is refused with advice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.raw_table import LARGEST_FILE, RawTable, shown
from experiments.data.table import LARGEST
from experiments.data.texts import MISSING, NUMBER
from experiments.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

DATE = r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2}))([T ].*)?$"
COMMA = r"^[+-]?\d+(,\d+)+$|^[+-]?\d+$"
FEW = 20  # rows or values: of fewer nothing is concluded
NAME_IT = ", or name the column in data.categories"
LONG = 200  # characters; no category is as long


def cleaned(sheet: RawTable, names: Iterable[str]) -> RawTable:
    """The columns of these names; texts, truth values and categories as stripped texts, null where they are missing.

    Raises:
        DataError: a column would take too much memory.
    """
    import pyarrow as pa

    types = {name: sheet.columns[name].type for name in names}
    truths = {name for name, kind in types.items() if pa.types.is_boolean(kind)}
    columns = {
        name: _stripped(sheet, name) if is_text(kind) or name in truths or pa.types.is_dictionary(kind) else column
        for name, kind in types.items()
        for column in [sheet.columns[name]]
    }
    return replace(sheet, columns=columns, declared=sheet.declared | truths)


def _stripped(sheet: RawTable, name: str) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    column = sheet.columns[name]
    if pa.types.is_dictionary(column.type):
        size = sum(pc.sum(pc.binary_length(part.dictionary).take(part.indices)).as_py() or 0 for part in column.chunks)
        if size > LARGEST_FILE:
            raise DataError(f"{at(sheet, name)} unpacks to {size} bytes of text; at most {LARGEST_FILE} are read.")
    if pa.types.is_boolean(column.type):  # as pandas writes them
        return pc.if_else(column, "True", "False").cast(pa.string())
    stripped = pc.utf8_trim_whitespace(column.cast(pa.string()))
    missing = pc.is_in(pc.utf8_lower(stripped), pa.array(MISSING))
    return pc.if_else(missing, pa.scalar(None, pa.string()), stripped)


def texts(sheet: RawTable, name: str) -> pa.ChunkedArray:
    """A column of a cleaned sheet as texts, whatever it holds."""
    import pyarrow as pa

    column = sheet.columns[name]
    return column if is_text(column.type) else column.cast(pa.string())


def is_text(kind: pa.DataType) -> bool:
    """Whether values of that type are texts."""
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def is_number(kind: pa.DataType) -> bool:
    """Whether values of that type are numbers, or all missing."""
    import pyarrow as pa

    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_null)
    return any(test(kind) for test in tests)


def numbers_in(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Which of the texts are numbers; null where missing."""
    import pyarrow.compute as pc

    return pc.match_substring_regex(column, NUMBER)


def read_number(sheet: RawTable, name: str, otherwise: str = NAME_IT) -> NDArray[np.float64]:
    """(N,) the values of a column of numbers, NaN where missing.

    Args:
        otherwise: what else a user may do about a text.

    Raises:
        DataError: a value is no number, or is too large to compute with; the message names its line.
    """
    import pyarrow as pa

    column = sheet.columns[name]
    if is_text(column.type) and (wrong := first(numbers_in(column), False)) is not None:
        raise DataError(
            f"{at(sheet, name)} is a number, but {sheet.place(wrong)} has {shown(column[wrong].as_py())}; correct it, "
            f"leave the cell empty if it is missing{otherwise}."
        )
    if not (is_text(column.type) or is_number(column.type)):
        raise DataError(f"{at(sheet, name)} is a number, but holds values of type {column.type}.")
    values = np.array(column.cast(pa.float64(), safe=False).to_numpy(), np.float64)
    unusable = np.flatnonzero(np.abs(values) > LARGEST)  # not so for NaN
    if len(unusable):
        raise DataError(
            f"{at(sheet, name)} must have numbers of at most {LARGEST:g}, but {sheet.place(int(unusable[0]))} has "
            f"{values[unusable[0]]}; correct it, or leave the cell empty if it is missing."
        )
    return values


def read_category(sheet: RawTable, name: str) -> Any:
    """(N,) the values of a column of categories, a pandas Series of strings.

    Raises:
        DataError: a value is a whole text.
    """
    column = texts(sheet, name)
    refuse_long(sheet, name, column, "free text goes in data.drop")
    return column.to_pandas()


def is_category(sheet: RawTable, name: str) -> bool:
    """Whether a column's values are categories, else they are numbers.

    Raises:
        DataError: they are neither: an identifier, free text, dates, numbers but for some values, or nothing.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    kind, place = sheet.columns[name].type, at(sheet, name)
    if pa.types.is_temporal(kind):
        raise DataError(f"{place} holds dates; name it as data.time if it orders the rows, or in data.drop.")
    if not (is_text(kind) or pa.types.is_null(kind)):
        if not is_number(kind):
            raise DataError(f"{place} holds values of type {kind}; name it in data.drop.")
        _refuse_counter(sheet, name)
        return False
    present = sheet.columns[name].drop_null()
    if not len(present):
        raise DataError(f"{place} is empty in every row; name it in data.drop.")
    if name in sheet.declared:
        return True
    are_numbers = pc.sum(numbers_in(present)).as_py() / len(present)
    if are_numbers >= 0.5:
        if are_numbers == 1.0:
            _refuse_counter(sheet, name)
        return False  # where some are not, reading them says which
    if pc.all(pc.match_substring_regex(present, DATE)).as_py():
        raise DataError(
            f"{place} holds dates such as {shown(present[0].as_py())}; name it as data.time if it orders the rows, or "
            "in data.drop."
        )
    if pc.all(pc.match_substring_regex(present, COMMA)).as_py():
        raise DataError(
            f"{place} holds numbers with commas such as {shown(present[0].as_py())}; write 7.4 for 7,4 and 1234 for "
            "1,234, or name it in data.categories."
        )
    different = pc.count_distinct(present).as_py()
    if different >= FEW and different > len(present) / 2:
        raise DataError(
            f"{place} has {different} different texts in {len(present)} rows, such as {shown(present[0].as_py())}: an "
            "identifier or free text; name it in data.drop, or in data.categories if it is one."
        )
    return True


def refuse_missing(sheet: RawTable, name: str, column: pa.ChunkedArray, what: str) -> None:
    """Refuse a column with missing values.

    Raises:
        DataError: it has some; the message names the first one's line.
    """
    if column.null_count:
        row = first(column.is_null(), True)
        assert row is not None
        raise DataError(
            f"{at(sheet, name)} is {what}, but is missing at {sheet.place(row)} ({column.null_count} rows in all); "
            "fill it in or remove these rows."
        )


def refuse_long(sheet: RawTable, name: str, column: pa.ChunkedArray, advice: str) -> None:
    """Refuse texts that are no names.

    Raises:
        DataError: one is long; the message names its line.
    """
    import pyarrow.compute as pc

    long = first(pc.greater(pc.utf8_length(column), LONG), True)
    if long is not None:
        raise DataError(
            f"{at(sheet, name)}: {sheet.place(long)} has a text of over {LONG} characters, "
            f"{shown(column[long].as_py())}; {advice}."
        )


def first(found: pa.ChunkedArray, value: bool) -> int | None:
    """The first row where it has that value."""
    import pyarrow.compute as pc

    row = pc.index(found, value).as_py()
    return None if row < 0 else int(row)


def at(sheet: RawTable, name: str) -> str:
    """How messages name a column."""
    return f"{sheet.where}: column {shown(name)}"


def _refuse_counter(sheet: RawTable, name: str) -> None:
    """Refuse whole numbers that count the rows, in any order."""
    import pyarrow as pa

    column = sheet.columns[name]
    if sheet.rows < FEW or column.null_count:
        return
    try:
        values = column.cast(pa.int64()).to_numpy()  # exactly, however large
        low, high = int(values.min()), int(values.max())
    except pa.ArrowInvalid:
        values = column.cast(pa.float64(), safe=False).to_numpy()
        low, high = values.min(), values.max()
    if high - low == len(values) - 1 and np.array_equal(np.sort(values), np.arange(low, high + 1)):
        raise DataError(
            f"{at(sheet, name)} counts the rows from {int(low)} to {int(high)}, as an identifier does; name it as "
            "data.identifier or in data.drop, or in data.numbers if it is a feature."
        )


def chosen(sheet: RawTable, names: Iterable[str], categories: Iterable[str], numbers: Iterable[str]) -> dict[str, bool]:
    """Whether each column is one of categories: as told, else by its values."""
    told = dict.fromkeys(categories, True) | dict.fromkeys(numbers, False)
    return {name: told[name] if name in told else is_category(sheet, name) for name in names}
