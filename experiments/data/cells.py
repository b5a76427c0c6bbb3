"""The cells of a source's rows, all columns, before any is chosen or read: by them the ledger knows a row again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from experiments.data.cell_words import Words, array_words, arrow_words, frame_words
from experiments.errors import DataError

if TYPE_CHECKING:
    from typing import Any

    import pandas as pd
    import pyarrow as pa

HASH_BYTES = 8  # of a row's hash: two of 10 million rows collide with probability 3e-6
AT_ONCE = 1 << 22  # cells that are words at a time: 32 MiB

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Files:
    """One file a row, known by its bytes."""

    paths: tuple[Path, ...]

    def __len__(self) -> int:
        return len(self.paths)


Columns: TypeAlias = "NDArray[Any] | pa.ChunkedArray | pd.DataFrame | Files"


@dataclass(frozen=True)
class SourceCells:
    """Cells of rows, kept as the source gave them; nothing is converted before `hashes`.

    parts: blocks of columns of each file, side by side; the rows of the files follow each other.
    rows:  (N,) position of each row among those of all parts.
    """

    parts: tuple[tuple[Columns, ...], ...]
    rows: Rows

    @classmethod
    def of(cls, *columns: Columns) -> SourceCells:
        """Keep the cells of blocks of columns, in their order.

        Args:
            columns: (N,) or (N, ...) arrays, Arrow columns, DataFrames or files.
        """
        return cls((columns,), np.arange(len(columns[0])))

    def __len__(self) -> int:
        return len(self.rows)

    def followed_by(self, other: SourceCells) -> SourceCells:
        """Put the rows of another file after these."""
        return SourceCells(self.parts + other.parts, np.concatenate([self.rows, other.rows + _length(self.parts)]))

    def take(self, rows: Rows) -> SourceCells:
        """Choose rows, in the order given; the cells of no other row are kept."""
        kept, places = np.unique(self.rows[rows], return_inverse=True)
        parts, start = [], 0
        for part in self.parts:
            end = start + len(part[0])
            own = kept[(kept >= start) & (kept < end)] - start
            parts.append(tuple(_taken(columns, own) for columns in part))
            start = end
        return SourceCells(tuple(parts), places.astype(np.intp))

    def hashes(self) -> tuple[bytes, ...]:
        """Compute the hash of each row's cells in the order of the source's columns, whatever these are called.

        Raises:
            DataError: a file cannot be read any more.
        """
        known = [one for part in self.parts for one in _hashes(part)]
        return tuple(known[row] for row in self.rows.tolist())


def _length(parts: tuple[tuple[Columns, ...], ...]) -> int:
    return sum(len(part[0]) for part in parts)


def _taken(columns: Columns, rows: Rows) -> Columns:
    if isinstance(columns, np.ndarray):
        return columns[rows]
    if isinstance(columns, Files):
        return Files(tuple(columns.paths[row] for row in rows.tolist()))
    if hasattr(columns, "iloc"):
        return columns.iloc[rows]
    import pyarrow as pa

    return columns.take(pa.array(rows))


def _hashes(part: tuple[Columns, ...]) -> Iterator[bytes]:
    rows, width = len(part[0]), sum(map(_width, part))
    step = max(1, AT_ONCE // max(1, width))
    for start in range(0, rows, step):
        blocks = [_words(columns, slice(start, min(start + step, rows))) for columns in part]
        content = memoryview(np.hstack(blocks).astype("<u8", copy=False).tobytes())
        for at in range(0, len(content), 8 * width):
            yield hashlib.blake2b(content[at : at + 8 * width], digest_size=HASH_BYTES).digest()


def _width(columns: Columns) -> int:
    shape = getattr(columns, "shape", ())
    return int(np.prod(shape[1:]))


def _words(columns: Columns, rows: slice) -> Words:
    """Compute the (rows, width) words of some rows."""
    count = rows.stop - rows.start
    if isinstance(columns, np.ndarray):
        words = array_words(columns[rows])
    elif isinstance(columns, Files):
        words = np.array([_file_word(path) for path in columns.paths[rows]], "<u8")
    elif hasattr(columns, "iloc"):
        words = frame_words(columns.iloc[rows])
    else:
        words = arrow_words(columns.slice(rows.start, count))
    return words.reshape(count, -1)


def _file_word(path: Path) -> int:
    try:
        return int.from_bytes(hashlib.blake2b(path.read_bytes(), digest_size=8).digest(), "little")
    except OSError as error:
        raise DataError(f"{path}: cannot be read again for the ledger: {error.strerror}.") from None
