"""A .csv or .tsv file as a raw table of texts, read by Arrow; errors name the line of the file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from experiments.config.near import same_column
from experiments.data.raw_table import LARGEST_FILE, RawTable, brief, check_size, column_names, shown
from experiments.errors import DataError

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
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
    named = bool(same_column(target, cells)) or not any(map(NUMBER.fullmatch, cells)) if header is None else header
    columns = _read(path, separator, len(first))
    names = column_names(str(path), first if named else [""] * len(first))
    if named:
        columns = [column.slice(1) for column in columns]
    if not len(columns[0]):
        raise DataError(f"{path}: a table needs rows, but this file has only a header.")
    check_size(str(path), len(columns[0]), len(names))

    by_name = dict(zip(names, columns, strict=True))
    unnamed = frozenset(name for name, cell in zip(names, cells, strict=True) if named and not cell)
    return RawTable(path.stem, str(path), by_name, lambda row: _line(path, separator, row + named), unnamed=unnamed)


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
