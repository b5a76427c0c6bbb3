"""A file that is read again and again, parsed once: nested cross-validation has twelve readings of one table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from experiments.data.raw_table import RawTable
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.table_file import read_table

Key = tuple[Path, tuple[int, ...], FileKeys]

_kept: dict[Key, RawTable] = {}  # at most one table, the last that was read in this process


def read_once(path: Path, keys: FileKeys) -> RawTable:
    """Read the columns of a file as `read_table` does, unless it is the one that was read last and was not changed.

    Raises:
        DataError: as in `read_table`.
    """
    state = path.stat()
    key = (path, (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns), keys)
    if key not in _kept:
        _kept.clear()  # first, so that no two of them are in memory
        _kept[key] = read_table(path, keys)
    raw = _kept[key]
    return replace(raw, columns=dict(raw.columns))
