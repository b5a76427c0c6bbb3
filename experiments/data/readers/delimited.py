"""A .csv or .tsv file as a raw table of texts, read by Arrow; errors name the line of the file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from experiments.config.near import same_column
from experiments.data.raw_table import LARGEST_FILE, RawTable, brief, check_size, column_names, shown
from experiments.data.texts import MISSING
from experiments.errors import DataError

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
FIRST_YEAR, LAST_YEAR, YEAR_DIGITS = 1800, 2200, 4  # of a header of years
BLOCK = 1 << 24  # bytes read at a time, and the limit of a row


def read_text(path: Path, header: bool | None, target: str | int | None = None) -> RawTable:
    """Read the columns of a file in UTF-8, separated by tabs (.tsv), commas, or semicolons if line 1 has no comma.

    Args:
        header: whether the first line names the columns; None: yes if a cell is the target or no cell is a number.

    Raises:
        DataError: the file is not a table; the message names the line.
    """
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise DataError(f"{path}: a table must have at most {LARGEST_FILE} bytes, but this file has {size}.")
    separator, first = _first_line(path)
    cells = [cell.strip() for cell in first]
    named, note = _is_header(cells, target, _second_line(path, separator)) if header is None else (header, "")
    columns = _read(path, separator, len(first))
    names = column_names(str(path), first if named else [""] * len(first))
    if named:
        columns = [column.slice(1) for column in columns]
    if not len(columns[0]):
        raise DataError(f"{path}: a table needs rows, but this file has only a header.")
    check_size(str(path), len(columns[0]), len(names))

    by_name = dict(zip(names, columns, strict=True))
    unnamed = frozenset(name for name, cell in zip(names, cells, strict=True) if named and not cell)
    notes = (note,) if note else ()

    def place(row: int) -> str:
        return _line(path, separator, row + named)

    return RawTable(path.stem, str(path), by_name, place, unnamed=unnamed, notes=notes)


def _is_header(cells: Sequence[str], target: str | int | None, below: Sequence[str]) -> tuple[bool, str]:
    """Return whether the first line names the columns, and a note where that could be doubted.

    It does if a cell is the target or no cell is a number; if its numbers count the columns from 0, as pandas writes
    an array, or are years in ascending order; or if each of its words stands above a number.

    Args:
        below: the cells of the second line.
    """
    numbers = [cell for cell in cells if NUMBER.fullmatch(cell)]
    if not numbers or same_column(target, list(cells)):
        return True, ""
    counted = len(numbers) > 1 and numbers == [str(at) for at in range(len(numbers))]
    whole = [int(cell) for cell in numbers if cell.isdecimal() and len(cell) == YEAR_DIGITS]
    years = len(whole) == len(cells) > 1 and all(FIRST_YEAR <= year <= LAST_YEAR for year in whole)
    words = [at for at, cell in enumerate(cells) if not NUMBER.fullmatch(cell) and cell.lower() not in MISSING]
    above = bool(words) and all(at < len(below) and NUMBER.fullmatch(below[at].strip()) for at in words)
    if counted or above or (years and whole == sorted(set(whole))):
        return True, "line 1 was read as the header; --set data.header=false reads it as data"
    return False, "line 1 was read as data; --set data.header=true reads it as the header"


def _read(path: Path, separator: str, width: int) -> list[Any]:
    import pyarrow as pa
    from pyarrow import csv as arrow

    ragged: list[Any] = []

    def refuse(row: Any) -> str:
        ragged.append(row)
        return "error"

    names = [f"f{at}" for at in range(width)]
    try:
        table = arrow.read_csv(
            path,
            # with several threads Arrow would not number a ragged row
            read_options=arrow.ReadOptions(column_names=names, use_threads=False, block_size=BLOCK),
            parse_options=arrow.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=refuse),
            convert_options=arrow.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        if ragged:
            row = ragged[0]
            place = _line(path, separator, row.number - 1)
            raise DataError(
                f"{path}: every line must have the {row.expected_columns} cells of line 1, but {place} has "
                f"{row.actual_columns}: {shown(row.text)}."
            ) from None
        if "UTF8" in str(error):
            raise _not_utf8(path) from None
        raise DataError(f"{path}: cannot be read as a table: {brief(error)}.") from None
    last = table.column(width - 1)[-1].as_py()
    if "\n" in last and path.read_bytes().count(b'"') % 2:
        raise DataError(f"{path}: every quote must be closed, but the last cell, {shown(last)}, is open.")
    return [table.column(at) for at in range(width)]


def first_cells(path: Path) -> list[str]:
    """Return the cells of the first line, stripped: the names, where it is a header.

    Raises:
        DataError: the file is empty or not text.
    """
    return [cell.strip() for cell in _first_line(path)[1]]


def _first_line(path: Path) -> tuple[str, list[str]]:
    """Return the separator, and the cells of the first line that is not empty."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            text = next((line for line in iter(lambda: file.readline(BLOCK), "") if line.strip("\r\n")), "")
        separator = "\t" if path.suffix.lower() == ".tsv" else ";" if ";" in text and "," not in text else ","
        for _, cells in _records(path, separator):
            return separator, cells
    except UnicodeDecodeError:
        raise _not_utf8(path) from None
    except csv.Error as error:
        raise DataError(f"{path}: line 1 cannot be read: {brief(error)}.") from None
    raise DataError(f"{path}: a table needs a header and rows, but the file is empty.")


def _second_line(path: Path, separator: str) -> list[str]:
    """Return the cells of the second line that is not empty; none where it cannot be read, which is said elsewhere."""
    try:
        return next(islice(_records(path, separator), 1, None), (0, []))[1]
    except (csv.Error, UnicodeDecodeError):
        return []


def _records(path: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the first line and the cells of each record that is not empty."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=separator)
        begins = 1
        for record in reader:
            if record:
                yield begins, record
            begins = reader.line_num + 1


def _line(path: Path, separator: str, record: int) -> str:
    """Name the line on which a record (from 0, with the header) begins; reads the file again, for a message."""
    try:
        return next(f"line {begins}" for at, (begins, _) in enumerate(_records(path, separator)) if at == record)
    except (StopIteration, csv.Error, UnicodeDecodeError):
        return f"row {record + 1}"


def _not_utf8(path: Path) -> DataError:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                byte = line[error.start]
                return DataError(
                    f"{path}: a table must be UTF-8, but line {number} has the byte 0x{byte:02x}; save it as UTF-8."
                )
    return DataError(f"{path}: a table must be UTF-8; save the file as UTF-8.")
