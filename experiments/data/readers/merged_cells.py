"""Merged cells of an .xlsx sheet: all rows that a merged cell spans have its value."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from experiments.errors import DataError

RANGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]{0,200}?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
LONGEST = 256  # bytes of such an element
BLOCK = 1 << 20  # bytes read at a time
MOST = 1 << 17  # ranges of a sheet
WIDEST = 1 << 14  # columns of a sheet, as Excel has

Row = tuple[int, list[Any]]  # its number in the sheet, from 0, and its values up to the last one


@dataclass(frozen=True, order=True)
class Merged:
    """A range of cells that were merged over several rows: its first and last row and column, from 0."""

    top: int
    bottom: int
    left: int
    right: int


def merged_cells(path: Path, part: str) -> list[Merged]:
    """Find the ranges of several rows in a part of an .xlsx file that holds a sheet, from the top.

    Raises:
        DataError: there are too many, or they overlap so often that a row would have more cells than a sheet.
    """
    from openpyxl.utils import column_index_from_string

    found: set[Merged] = set()
    rest = b""
    with zipfile.ZipFile(path) as archive, archive.open(part) as file:
        while block := file.read(BLOCK):
            rest += block
            for left, top, right, bottom in RANGE.findall(rest):
                if int(bottom) > int(top):
                    columns = (column_index_from_string(side.decode()) - 1 for side in (left, right))
                    found.add(Merged(int(top) - 1, int(bottom) - 1, *columns))
            if len(found) > MOST:
                raise DataError(f"{path}: a sheet may have at most {MOST} merged cells; save it as .csv.")
            rest = rest[-LONGEST:]
    ends = [(one.bottom + 1, one.left - one.right - 1) for one in found]
    changes = sorted([*ends, *((one.top, one.right + 1 - one.left) for one in found)])
    if max(accumulate(cells for _, cells in changes), default=0) > WIDEST:
        raise DataError(f"{path}: a row of a sheet may have at most {WIDEST} merged cells; save it as .csv.")
    return sorted(found)


def columns_of(ranges: Iterable[Merged]) -> set[int]:
    """Return the columns in which the ranges lie.

    >>> columns_of([Merged(1, 2, 4, 5), Merged(3, 9, 5, 5), Merged(1, 2, 0, 0)])
    {0, 4, 5}
    """
    changes: Counter[int] = Counter()
    for one in ranges:
        changes[one.left] += 1
        changes[one.right + 1] -= 1
    return {at for at, depth in enumerate(accumulate(changes[at] for at in range(max(changes, default=0)))) if depth}


def with_merged(rows: Iterable[Row], ranges: Sequence[Merged], width: int = 0) -> Iterator[Row]:
    """Give every empty cell of the ranges the value of its first cell, in rows that are not empty.

    A range is cut that is wider than every row so far, and than a known width: it may span a whole sheet.

    >>> rows = [(0, ["a", "b"]), (1, ["x", 1]), (2, [None, 2]), (4, [None, 3])]
    >>> list(with_merged(rows, [Merged(1, 3, 0, 0)]))
    [(0, ['a', 'b']), (1, ['x', 1]), (2, ['x', 2]), (4, [None, 3])]
    """
    active: list[tuple[Merged, Any]] = []
    at, widest = 0, width
    for number, values in rows:
        widest = max(widest, len(values))
        while at < len(ranges) and ranges[at].top <= number:
            first = ranges[at]
            if first.top == number and first.left < len(values) and values[first.left] is not None:
                active.append((first, values[first.left]))
            at += 1
        active = [each for each in active if each[0].bottom >= number]
        for one, value in active:
            end = min(one.right + 1, widest)
            values += [None] * (end - len(values))
            for column in range(one.left, end):
                values[column] = value if values[column] is None else values[column]
        yield number, values
