"""New rows for a model: a file read a few thousand rows at a time, its columns checked by name and type."""

from __future__ import annotations

import csv
import math
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.table import LARGEST, Kind
from experiments.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

MISSING = ("", "?", "na", "n/a", "#n/a", "nan", "null", "none")  # in any case
ARRAYS = ("X", "x", "features", "data")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
LONGEST_LINE = 1 << 24  # characters

Inputs = Sequence[tuple[str, Kind]]


@dataclass(frozen=True)
class NewRows:
    """Rows of a file, and the names of its columns that the model has no use for.

    chunks: frames of the model's columns in its order: float64 (NaN: missing) or strings (None: missing).
    """

    chunks: Iterator[pd.DataFrame]
    ignored: tuple[str, ...]


def read_rows(path: Path, inputs: Inputs, rows: int) -> NewRows:
    """The rows of a .csv, .tsv, .parquet or .npz.

    Args:
        inputs: name and kind of each column that is needed.
        rows:   of a chunk; the last one may have fewer.

    Raises:
        DataError: the file cannot be read, lacks a column, or a cell is not of its column's kind; from the chunks too.
    """
    readers = {".csv": _text, ".tsv": _text, ".parquet": _parquet, ".npz": _npz}
    suffix = path.suffix.lower()
    if suffix not in readers:
        raise DataError(f"{path}: new rows come from a {', '.join(sorted(readers))}.")
    if not path.is_file():
        raise DataError(f"{path}: there is no such file.")
    names, chunks = readers[suffix](path, inputs, rows)
    for name, times in Counter(names).items():
        if times > 1 and name in dict(inputs):
            raise DataError(f"{path}: every column needs its own name, but {times} are called {name!r}.")
    lacking = [name for name, _ in inputs if name not in names]
    if lacking:
        more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        raise DataError(f"{path}: the model needs column {lacking[0]!r}{more}, which the file lacks.")
    ignored = tuple(name for name in names if name not in dict(inputs))
    return NewRows((_checked(path, chunk, inputs) for chunk in chunks), ignored)


def _numbered(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Frames whose index counts the rows of the file from 1."""
    import pandas as pd

    start = 1
    for frame in frames:
        yield frame.set_axis(pd.RangeIndex(start, start + len(frame), name="row"), axis=0)
        start += len(frame)


def _checked(path: Path, chunk: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    import pandas as pd

    columns = {
        name: _category(chunk[name]) if kind == "category" else _number(path, chunk[name], kind)
        for name, kind in inputs
    }
    return pd.DataFrame(columns, index=chunk.index)


def _category(column: pd.Series) -> pd.Series:
    column = column.astype(object)
    words = column.map(lambda one: str(one).lower() if isinstance(one, bool | np.bool_) else str(one).strip())
    missing = column.isna() | words.str.lower().isin(MISSING)
    return words.astype(object).where(~missing, None)


def _number(path: Path, column: pd.Series, kind: Kind) -> pd.Series:
    import pandas as pd

    numbers = pd.to_numeric(column, errors="coerce").astype(np.float64)
    empty = column.isna() | column.map(lambda one: isinstance(one, str) and one.strip().lower() in MISSING)
    wrong = (numbers.isna() & ~empty) | (numbers.abs() > LARGEST) | (empty & (kind == "pixel"))
    if wrong.any():
        row = wrong.idxmax()
        raise DataError(
            f"{path}: column {column.name!r} takes numbers of at most {LARGEST:g}, but "
            f"{column.index.name} {row} has {str(column[row])[:60]!r}."
        )
    return numbers


def _text(path: Path, inputs: Inputs, rows: int) -> tuple[list[str], Iterator[pd.DataFrame]]:
    lines = _lines(path)
    number, first = next(lines, (0, []))
    if not first:
        raise DataError(f"{path}: the file is empty.")
    headless = _are_positions(inputs) and all(NUMBER.fullmatch(cell) for cell in first)
    headless = headless and first[: len(inputs)] != [name for name, _ in inputs]
    names = [str(position) for position in range(len(first))] if headless else first
    return names, _text_chunks(path, names, chain([(number, first)] if headless else [], lines), rows)


def _text_chunks(
    path: Path, names: list[str], lines: Iterator[tuple[int, list[str]]], rows: int
) -> Iterator[pd.DataFrame]:
    import pandas as pd

    found = 0
    while block := list(islice(lines, rows)):
        for number, cells in block:
            if len(cells) != len(names):
                raise DataError(f"{path}: every line needs {len(names)} cells, but line {number} has {len(cells)}.")
        index = pd.Index([number for number, _ in block], name="line")
        yield pd.DataFrame([cells for _, cells in block], index, names, dtype=object)
        found += len(block)
    if not found:
        raise DataError(f"{path}: there are no rows to predict.")


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The number of each line that is not blank, and its cells, stripped."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            start = file.readline(LONGEST_LINE)
            file.seek(0)
            separator = "\t" if path.suffix.lower() == ".tsv" else ";" if "," not in start and ";" in start else ","
            reader = csv.reader(file, delimiter=separator, strict=True)
            for cells in reader:
                if cells:
                    yield reader.line_num, [cell.strip() for cell in cells]
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: must be UTF-8, but the byte at {error.start} is not.") from None
    except csv.Error as error:
        raise DataError(f"{path}: line {reader.line_num} cannot be read: {error}.") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}.") from None


def _parquet(path: Path, inputs: Inputs, rows: int) -> tuple[list[str], Iterator[pd.DataFrame]]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path}: cannot be read: {' '.join(str(error).split())}.") from None
    wanted = [name for name, _ in inputs if name in file.schema_arrow.names]

    def chunks() -> Iterator[pd.DataFrame]:
        try:
            for batch in file.iter_batches(batch_size=rows, columns=wanted):
                yield batch.to_pandas()
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{path}: cannot be read: {' '.join(str(error).split())}.") from None

    return list(file.schema_arrow.names), _numbered(chunks())


def _npz(path: Path, inputs: Inputs, rows: int) -> tuple[list[str], Iterator[pd.DataFrame]]:
    if not _are_positions(inputs):
        raise DataError(f"{path}: the model's columns have names, which an .npz has not; take a .csv or .parquet.")
    try:
        with zipfile.ZipFile(path) as archive:
            there = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            name = next((one for one in ARRAYS if one in there), None)
            if name is None:
                raise DataError(f"{path}: needs an array called {' or '.join(ARRAYS)}.")
            x = _array(path, archive, there[name])
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{path}: cannot be read as .npz: {' '.join(str(error).split())}.") from None

    def chunks() -> Iterator[pd.DataFrame]:
        import pandas as pd

        for start in range(0, len(x), rows):
            yield pd.DataFrame(x[start : start + rows], columns=[str(at) for at in range(x.shape[1])])

    return [str(at) for at in range(x.shape[1])], _numbered(chunks())


def _array(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> NDArray[Any]:
    """(N, d) of a member that holds what its header says, and no more than a file of this size may."""
    with archive.open(info) as stream:
        version = np.lib.format.read_magic(stream)
        header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
        shape, fortran, dtype = header[version](stream) if version in header else ((), False, np.dtype(object))
        size = math.prod(shape) * dtype.itemsize
        if dtype.kind not in "fiub" or len(shape) < 2 or fortran or info.file_size != stream.tell() + size:
            raise DataError(f"{path}: {info.filename} must be numbers of shape (rows, features), row by row.")
        # deflate cannot do better than 1032 to 1, so a size that is out of proportion is a lie
        if info.file_size > 1032 * max(info.compress_size, 1) or size > 1 << 31:
            raise DataError(f"{path}: {info.filename} says that it has {size} bytes; at most {1 << 31} are read.")
        return np.frombuffer(stream.read(size), dtype).reshape(shape[0], math.prod(shape[1:]))


def _are_positions(inputs: Inputs) -> bool:
    """Whether the model's columns have no names but their positions."""
    return [name for name, _ in inputs] == [str(position) for position in range(len(inputs))]
