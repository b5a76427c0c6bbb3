"""A .json or .jsonl file as a raw table: a list of objects, an object a line, or what pandas writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import pyarrow as pa

from experiments.data.raw_table import RawTable, brief, check_size, column_names, shown
from experiments.data.readers.text.text_file import TextFile, decoded
from experiments.data.readers.text.values import arrow_values, joined
from experiments.errors import DataError

LARGEST = 1 << 27  # bytes of a document that is read at once; lines are read one after the other
ROWS = 1 << 13  # rows that are Python's at a time
DEEPEST = 8  # objects within objects whose fields become columns
BY_LINES = (".jsonl", ".ndjson")

Row = Mapping[str, Any]


def json_table(file: TextFile) -> RawTable:
    """Read the columns of an opened file; values that are lists or objects are left as bytes.

    Raises:
        DataError: the file is no table; the message names the line.
    """
    file = decoded(file)
    index: tuple[str, ...] = ()
    place: Callable[[int], str] = "row {} (from 0)".format
    if _has_lines(file):
        rows: Iterable[Row] = _line_rows(file)
        place = _places(file)
    else:
        rows, index = _document_rows(file)
    columns = _columns(rows, str(file.path))
    if not columns:
        raise DataError(f"{file.path}: a table needs rows, but the file has none.")
    names = zip(column_names(list(columns)), columns, strict=True)
    return RawTable.of_file(
        file.path,
        list(columns),
        columns.values(),
        file.repairs,
        place=place,
        layout={"encoding": file.encoding} if file.guessed else {},
        index=frozenset(name for name, key in names if key in index),
    )


def _columns(rows: Iterable[Row], where: str) -> dict[str, pa.ChunkedArray]:
    parts: dict[str, list[pa.Array]] = {}
    count = 0
    iterator = iter(rows)
    while block := list(map(flat, islice(iterator, ROWS))):
        names = dict.fromkeys(name for row in block for name in row)
        check_size(where, count + len(block), len(parts.keys() | names.keys()))
        for name in names:
            if name not in parts:
                parts[name] = [pa.nulls(count)] if count else []
        for name, column in parts.items():
            column.append(arrow_values([row.get(name) for row in block]))
        count += len(block)
    return {name: joined(column) for name, column in parts.items()}


def flat(row: Row, depth: int = DEEPEST) -> Row:
    """Name the fields of objects in a row by the names of both.

    >>> flat({"age": 3, "user": {"name": "a", "place": {"x": 1}}})
    {'age': 3, 'user.name': 'a', 'user.place.x': 1}
    """
    if not depth or not any(isinstance(value, dict) for value in row.values()):
        return row
    fields: dict[str, Any] = {}
    for name, value in row.items():
        inner = {name: value}
        if isinstance(value, dict):
            inner = {f"{name}.{key}": field for key, field in flat(value, depth - 1).items()}
        fields |= inner
    return fields


def _has_lines(file: TextFile) -> bool:
    """Return whether each line is an object: the first one is, and others follow it or the file's ending says so."""
    lines = [line for line in file.sample()[0] if line.strip()]
    if not lines or (len(lines) == 1 and file.name.suffix.lower() not in BY_LINES):
        return False
    try:
        return isinstance(json.loads(lines[0]), dict)
    except (ValueError, RecursionError):
        return False


def _line_rows(file: TextFile) -> Iterator[Row]:
    for number, line in enumerate(file.lines(), 1):
        if line.strip():
            row = _parsed(file, line, f"line {number}")
            if not isinstance(row, dict):
                is_not = f"line {number} is {shown(line.strip())}"
                raise DataError(f"{file.path}: every line must be an object, but {is_not}.")
            yield row


def _places(file: TextFile) -> Callable[[int], str]:
    def place(row: int) -> str:
        filled = (number for number, line in enumerate(file.lines(), 1) if line.strip())
        return next((f"line {number}" for at, number in enumerate(filled) if at == row), f"row {row} (from 0)")

    return place


def _parsed(file: TextFile, text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        at = where or f"line {error.lineno}"
        raise DataError(f"{file.path}: must be JSON, but {at} cannot be read: {error.msg}.") from None
    except (ValueError, RecursionError) as error:  # an integer of thousands of digits, lists in lists in lists
        raise DataError(f"{file.path}: must be JSON that can be read, but {brief(error)}.") from None


def _document_rows(file: TextFile) -> tuple[Iterable[Row], tuple[str, ...]]:
    """Return the rows of a whole document, and the columns that pandas names as their index."""
    parts, size = [], 0
    for line in file.lines():
        parts.append(line)
        size += len(line)
        if size > LARGEST:
            raise DataError(
                f"{file.path}: a document of JSON must have at most {LARGEST} characters, but this has more; save it "
                "as .jsonl, with an object a line."
            )
    document = _parsed(file, "".join(parts), "")
    if isinstance(document, list) and document and all(isinstance(row, dict) for row in document):
        return document, ()
    if isinstance(document, dict) and document:
        index = document.get("schema", {}).get("primaryKey", ()) if isinstance(document.get("schema"), dict) else ()
        for reads in (_split, _wrapped, _columns_of_lists, _rows_by_key, _one_row):
            if (rows := reads(document)) is not None:
                return rows, tuple(filter(lambda name: isinstance(name, str), index))
    raise DataError(
        f"{file.path}: must be a list of objects, an object a line, or what pandas writes (records, columns, index, "
        "split or table)."
    )


def _split(document: Row) -> list[Row] | None:
    """Read {"columns": [...], "data": [[...], ...]}."""
    names, rows = document.get("columns"), document.get("data")
    if not (document.keys() <= {"columns", "index", "data"} and isinstance(names, list) and isinstance(rows, list)):
        return None
    if not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return None
    given = list(map(str, names))
    return [dict(zip(given, row, strict=True)) for row in rows] if len(set(given)) == len(given) else None


def _columns_of_lists(document: Row) -> list[Row] | None:
    """Read {"a": [...], "b": [...]}."""
    if not all(isinstance(column, list) for column in document.values()):
        return None
    if len({len(column) for column in document.values()}) != 1:
        return None
    return [dict(zip(document, row, strict=True)) for row in zip(*document.values(), strict=True)]


def _rows_by_key(document: Row) -> list[Row] | None:
    """Read {"a": {"0": ..., "1": ...}} or {"0": {"a": ...}}, where either the inner or the outer keys are numbers."""
    if not all(isinstance(inner, dict) and inner for inner in document.values()):
        return None
    inner = dict.fromkeys(key for column in document.values() for key in column)
    rows_within, rows_without = (all(key.isdecimal() for key in keys) for keys in (inner, document))
    if rows_within == rows_without:
        return None
    if rows_without:
        return list(document.values())
    return [{name: column.get(key) for name, column in document.items()} for key in inner]


def _wrapped(document: Row) -> list[Row] | None:
    """Read the one list of objects beside other keys: {"data": [{...}, ...], "count": 2}."""
    lists = [value for value in document.values() if isinstance(value, list)]
    if len(lists) != 1 or not lists[0] or not all(isinstance(row, dict) for row in lists[0]):
        return None
    return lists[0]


def _one_row(document: Row) -> list[Row] | None:
    return [document] if not any(isinstance(value, dict | list) for value in document.values()) else None
