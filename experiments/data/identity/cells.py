"""The cells of a source's rows, in all columns as they are in the source: they identify a row in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from experiments.data.identity.cell_words import Words, array_words, column_words
from experiments.data.identity.hashes import short_hash
from nnet.arrays import Rows

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

AT_ONCE = 1 << 22  # cells that are words at a time: 32 MiB

Columns: TypeAlias = "NDArray[Any] | pa.ChunkedArray | pd.DataFrame"


@dataclass(frozen=True)
class SourceCells:
    """The cells of rows as they are in the source; nothing is converted before `hashes`.

    parts: blocks of columns side by side, for each file; the rows of the files follow each other.
    rows:  (N,) position of each row among the rows of all parts.
    """

    parts: tuple[tuple[Columns, ...], ...]
    rows: Rows

    @classmethod
    def of(cls, *columns: Columns) -> SourceCells:
        """Keep the cells of blocks of columns, in their order.

        Args:
            columns: (N,) or (N, ...) arrays, Arrow columns or DataFrames.
        """
        return cls((columns,), np.arange(len(columns[0])))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return sum(map(_width, self.parts[0])) if self.parts else 0

    def followed_by(self, other: SourceCells) -> SourceCells:
        """Append the rows of another file."""
        start = sum(len(part[0]) for part in self.parts)
        return SourceCells(self.parts + other.parts, np.concatenate([self.rows, other.rows + start]))

    def take(self, rows: Rows) -> SourceCells:
        """Choose rows, in the order given, and drop the cells of all others, and files of which no row is left."""
        kept, places = np.unique(self.rows[rows], return_inverse=True)
        parts, start = [], 0
        for part in self.parts:
            end = start + len(part[0])
            own = kept[(kept >= start) & (kept < end)] - start
            if len(own):  # files may differ in their columns
                parts.append(
                    tuple(columns[own] if isinstance(columns, np.ndarray) else columns.take(own) for columns in part)
                )
            start = end
        return SourceCells(tuple(parts), places.astype(np.intp))

    def columns(self) -> Iterator[Words]:
        """Yield the (N,) words of each column, in the order of the source; every file has the same columns."""
        for blocks in zip(*self.parts, strict=True):
            for column in range(_width(blocks[0])):
                yield np.concatenate([_column_words(block, column) for block in blocks])[self.rows]

    def hashes(self) -> tuple[bytes, ...]:
        """Compute the hash of each row's cells, in the order of the source's columns."""
        known = [row for part in self.parts for row in _hashes(part)]
        return tuple(known[row] for row in self.rows.tolist())


def _hashes(part: tuple[Columns, ...]) -> Iterator[bytes]:
    rows = len(part[0])
    width = sum(map(_width, part))
    step = max(1, AT_ONCE // max(1, width))
    for start in range(0, rows, step):
        blocks = [_words(columns, slice(start, min(start + step, rows))) for columns in part]
        content = memoryview(np.hstack(blocks).astype("<u8", copy=False).tobytes())
        for at in range(0, len(content), 8 * width):
            yield short_hash(content[at : at + 8 * width])


def _width(columns: Columns) -> int:
    """Return the number of columns in a block."""
    return int(np.prod(getattr(columns, "shape", ())[1:]))


def _column_words(columns: Columns, column: int) -> Words:
    """Compute the (N,) words of one column of a block."""
    if isinstance(columns, np.ndarray):
        return array_words(columns.reshape(len(columns), _width(columns))[:, column])  # also of no rows
    return column_words(columns.iloc[:, column] if hasattr(columns, "iloc") else columns)


def _words(columns: Columns, rows: slice) -> Words:
    """Compute the (rows, width) words of some rows."""
    count = rows.stop - rows.start
    if isinstance(columns, np.ndarray):
        return array_words(columns[rows]).reshape(count, -1)
    if hasattr(columns, "iloc"):
        return np.column_stack([column_words(column) for _, column in columns.iloc[rows].items()])
    return column_words(columns.slice(rows.start, count)).reshape(count, 1)
