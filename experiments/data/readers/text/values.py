"""Columns of Python's values as Arrow columns: of one type where the values have one, else of texts."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

NUMBERS = (int, float)
DAYS = (datetime.datetime, datetime.date)
NESTED = (dict, list, tuple)


def arrow_values(values: Sequence[Any]) -> pa.Array:
    """Return values as an Arrow array; None is missing.

    Numbers, truth values, texts, dates, times and durations keep their type. Values of several types are texts. Where
    one is a list or an object, all are bytes of JSON, which no column of single values has.
    """
    kinds = {type(value) for value in values} - {type(None)}
    try:
        if any(issubclass(kind, NESTED) for kind in kinds):
            cells = [None if value is None else json.dumps(value, default=str).encode() for value in values]
            return pa.array(cells, pa.binary())
        if len(kinds) > 1 and kinds <= set(NUMBERS):
            return pa.array([None if value is None else float(value) for value in values], pa.float64())
        if kinds and kinds <= set(DAYS):
            return pa.array([None if value is None else _moment(value) for value in values], pa.timestamp("us"))
        if len(kinds) <= 1:
            return pa.array(values)
    except (OverflowError, UnicodeEncodeError, pa.ArrowException):  # a huge integer, half a character
        pass
    return _texts(values)


def joined(parts: Sequence[pa.Array]) -> pa.ChunkedArray:
    """Join the parts of a column to one type."""
    kinds = {part.type for part in parts} - {pa.null()}
    if len(kinds) <= 1:
        kind = kinds.pop() if kinds else pa.null()
    elif all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in kinds):
        kind = pa.float64()
    else:
        kind = pa.binary() if pa.binary() in kinds else pa.string()
        parts = [part if part.type == kind else _texts(part.to_pylist()) for part in parts]
    return pa.chunked_array([part if part.type == kind else part.cast(kind, safe=False) for part in parts], kind)


def _moment(day: datetime.date) -> datetime.datetime:
    return day if isinstance(day, datetime.datetime) else datetime.datetime.combine(day, datetime.time())


def _texts(values: Sequence[Any]) -> pa.Array:
    return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _text(value: Any) -> str:
    try:
        text = str(value)
    except ValueError:  # an integer of thousands of digits
        text = hex(value)
    return text.encode("utf-8", "replace").decode()
