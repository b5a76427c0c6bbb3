"""IDX files, the format of MNIST: a magic number, the dimensions and then bytes, gzipped or not.

Source: LeCun, Cortes and Burges, The MNIST database of handwritten digits.
"""

from __future__ import annotations

import glob
import gzip
import math
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from experiments.data.identity.cells import SourceCells
from experiments.data.raw_table import listed
from experiments.data.table import Table, TableReading, array_columns
from experiments.errors import DataError

LARGEST = 1 << 31  # bytes of a file's content
UNSIGNED_BYTES = 0x08
IDX_PICTURES = "*-images[-.]idx3-ubyte*"


def is_idx_pictures(path: Path) -> bool:
    """Return whether a file is one of pictures by its name; a hidden one is a system's, as a Mac's ._train-images."""
    is_hidden = path.name.startswith(".")
    return not is_hidden and path.match(IDX_PICTURES) and path.name.removesuffix(".gz").endswith("ubyte")


def read_idx(folder: Path, name: str, dimensions: int) -> NDArray[np.uint8]:
    """Read the array of unsigned bytes in folder/name, also with .gz, or with .idx for -idx.

    Memory is taken for the bytes in the file, not for those that its header announces.

    Raises:
        DataError: there is no such file, or its header is wrong.
    """
    return read_idx_file(_found(folder, name), dimensions)


def read_idx_file(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """Read the array of unsigned bytes in a file, as `read_idx` does.

    Raises:
        DataError: its header is wrong, or it cannot be read.
    """
    with _opened(path, dimensions) as (shape, file):
        size = math.prod(shape)
        content = file.read(size + 1)
    if len(content) != size:
        there = "more" if len(content) > size else str(len(content))
        raise DataError(f"{path}: must have the {size} bytes of its header, but has {there}.")
    return np.frombuffer(content, np.uint8).reshape(shape)


def read_idx_folder(folder: Path) -> Table:
    """Read the table of a folder with MNIST's four files, or with the two of `train`; classes are the labels used.

    All names may begin alike, as in emnist-letters-train-images-idx3-ubyte.gz; its test part is t10k or test.

    Raises:
        DataError: a file is missing or damaged, there are several sets, or images and labels do not match, which their
            headers show.
    """
    begin = _beginning(folder)
    test = next((part for part in ("t10k", "test") if any(folder.glob(f"{glob.escape(begin + part)}-*"))), None)
    files = [
        ((f"{begin}{part}-images-idx3-ubyte", 3), (f"{begin}{part}-labels-idx1-ubyte", 1))
        for part in ("train", test)
        if part is not None
    ]
    announced = [[_announced(folder, *file) for file in part] for part in files]  # before memory is taken
    for shape, count in announced:
        if shape[1:] != announced[0][0][1:] or shape[:1] != count:
            raise DataError(
                f"{folder}: must have images of equal size and a label for each, but the shapes are {shape} and "
                f"{count}, and {announced[0][0]} in the first part."
            )
    parts = [[read_idx(folder, *file) for file in part] for part in files]
    pixels, labels = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    names, target = np.unique(labels, return_inverse=True)
    columns = array_columns(pixels, str(folder))
    facts = (f"{begin}{test} is the test set ({len(parts[1][1])} pictures)",) if test else ()
    return Table(
        name=folder.resolve().name,
        target=target.astype(np.int64),
        target_name="label",
        classes=tuple(map(str, names)),
        own_test=len(parts[1][1]) if test else 0,
        cells=SourceCells.of(columns["features"], labels),
        reading=TableReading(tuple(zip(columns["columns"], columns["kinds"], strict=True)), notes=facts),
        **columns,
    )


def _beginning(folder: Path) -> str:
    """Return how the names of a folder's files begin before the part, as emnist-letters-.

    Raises:
        DataError: there are several sets.
    """
    names = [path.name for path in folder.glob(IDX_PICTURES) if is_idx_pictures(path)]
    found = sorted({match[1] for name in names if (match := re.match(r"(.*?)train-images", name))})
    if len(found) > 1:
        raise DataError(
            f"{folder}: must have one set of pictures, but it has those of {listed(found)}; move the others."
        )
    return found[0] if found else ""


def _found(folder: Path, name: str) -> Path:
    """Return the file of a name, also with .gz, or with .idx for -idx.

    Raises:
        DataError: there is none.
    """
    names = (name, name.replace("-idx", ".idx"))
    files = (folder / f"{one}{packed}" for one in names for packed in ("", ".gz"))
    path = next((file for file in files if file.is_file()), None)
    if path is None:
        raise DataError(f"{folder}: must have a file {name} or {name}.gz, but has neither.")
    return path


@contextmanager
def _opened(path: Path, dimensions: int) -> Iterator[tuple[tuple[int, ...], IO[bytes]]]:
    """Open a file behind its header; give the shape in the header, and the file.

    Raises:
        DataError: its header is wrong, or it cannot be read.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            yield _shape(path, file.read(4 * (1 + dimensions)), dimensions), cast("IO[bytes]", file)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read: {error}.") from None


def _announced(folder: Path, name: str, dimensions: int) -> tuple[int, ...]:
    """Return the shape in a file's header."""
    with _opened(_found(folder, name), dimensions) as (shape, _):
        return shape


def _shape(path: Path, header: bytes, dimensions: int) -> tuple[int, ...]:
    if len(header) < 4 * (1 + dimensions) or header[:4] != bytes((0, 0, UNSIGNED_BYTES, dimensions)):
        raise DataError(f"{path}: must be an IDX file of unsigned bytes with {dimensions} dimensions, but is not.")
    shape = tuple(int.from_bytes(header[at : at + 4], "big") for at in range(4, len(header), 4))
    if not 0 < math.prod(shape) <= LARGEST:
        raise DataError(f"{path}: must have 1 to {LARGEST} bytes, but its header announces an array of {shape}.")
    return shape
