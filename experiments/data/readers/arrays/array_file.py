"""NumPy's files, .npz and .npy: every header is checked before memory is taken, and nothing is unpickled."""

from __future__ import annotations

import math
import tokenize
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.raw_table import LARGEST_FILE, brief, check_cells
from experiments.errors import DataError

READABLE = "biufUS"  # kinds of arrays


@dataclass(frozen=True)
class ArrayHeader:
    """The header of an array in a file.

    stored: number of bytes that follow the header.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    stored: int

    @property
    def rows(self) -> int:
        """Return the length of the first axis; 0 of a single value."""
        return self.shape[0] if self.shape else 0

    def problem(self, name: str) -> str | None:
        """Say why an array cannot be read, and what to do; None if it can."""
        if self.dtype.hasobject:
            return (
                f"{name} holds Python objects, which are never unpickled; save it again as numbers or texts, as in "
                ".astype(str)"
            )
        if self.dtype.kind not in READABLE:
            what = "a record of several values in each cell" if self.dtype.names else str(self.dtype)
            return f"{name} must hold numbers or texts, but holds {what}; save it again as one array of numbers"
        size = math.prod(self.shape) * self.dtype.itemsize
        if size > LARGEST_FILE or size != self.stored:
            return (
                f"{name} must have its header's size and at most {LARGEST_FILE} bytes, but the header says "
                f"{self.shape}, {size} bytes, and the file has {self.stored} bytes"
            )
        return None

    def check(self, name: str, path: Path) -> None:
        """Refuse an array of a file, before memory is taken for it.

        Raises:
            DataError: it cannot be read, or has too many cells.
        """
        if (problem := self.problem(name)) is not None:
            raise DataError(f"{path}: {problem}.")
        check_cells(str(path), self.rows, math.prod(self.shape[1:]))


@dataclass(frozen=True)
class ArrayArchive:
    """An open .npz file and the names of its arrays."""

    path: Path
    archive: zipfile.ZipFile
    names: tuple[str, ...]

    def header(self, name: str) -> ArrayHeader:
        """Read an array's header.

        Raises:
            DataError, ValueError: it has none that is known.
        """
        with self.archive.open(f"{name}.npy") as member:
            return _header(member, f"{self.path}: {name}", self.archive.getinfo(f"{name}.npy").file_size)

    def shape(self, name: str) -> tuple[int, ...]:
        """Return an array's shape; () if its header cannot be read."""
        try:
            return self.header(name).shape
        except (DataError, ValueError):
            return ()

    def check_together(self, names: Iterable[str]) -> None:
        """Refuse arrays that are too large together, before memory is taken for the first.

        Raises:
            DataError: they have more bytes than a file may have.
        """
        size = sum(self.header(name).stored for name in names)
        if size > LARGEST_FILE:
            raise DataError(
                f"{self.path}: at most {LARGEST_FILE} bytes of a file are read, but its arrays have {size} together; "
                "take fewer rows, or leave arrays out."
            )

    def read(self, name: str) -> NDArray[Any]:
        """Read an array of numbers or texts.

        Raises:
            DataError: it holds something else, is too large, or its header does not fit its size.
        """
        self.header(name).check(name, self.path)
        with self.archive.open(f"{name}.npy") as member:
            return _texts(np.lib.format.read_array(member, allow_pickle=False))


@contextmanager
def open_archive(path: Path) -> Iterator[ArrayArchive]:
    """Open an .npz file.

    Raises:
        DataError: it is none, or is damaged; while it is open, too.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = dict.fromkeys(name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy"))
            yield ArrayArchive(path, archive, tuple(sorted(names)))
    # zipfile raises NotImplementedError for a compression that it does not know, RuntimeError for encrypted content
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError, RuntimeError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as .npz: {brief(error)}.") from None


def read_array(path: Path) -> NDArray[Any]:
    """Read the array of a .npy file.

    Raises:
        DataError: the file is none, holds something else than numbers or texts, is too large, or its header does not
            fit its size.
    """
    try:
        with path.open("rb") as file:
            _header(file, str(path), path.stat().st_size).check("the array", path)
            file.seek(0)
            return _texts(np.lib.format.read_array(file, allow_pickle=False))
    except (EOFError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as .npy: {brief(error)}.") from None


def _header(file: IO[bytes], where: str, size: int) -> ArrayHeader:
    """Read the shape and the type in the header of a file of that size."""
    version = np.lib.format.read_magic(file)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}.get(version)
    if read is None:
        raise DataError(f"{where} must have .npy version 1.0 or 2.0, but has {version}.")
    try:
        shape, _, dtype = read(file)
    except tokenize.TokenError as error:  # NumPy mends headers of Python 2, token by token
        raise ValueError(f"the header is damaged: {error}") from None
    return ArrayHeader(shape, dtype, size - file.tell())


def _texts(array: NDArray[Any]) -> NDArray[Any]:
    """Decode an array of bytes as UTF-8, or as Latin-1 if it is not."""
    if array.dtype.kind != "S":
        return array
    try:
        return np.char.decode(array, "utf-8")
    except UnicodeDecodeError:
        return np.char.decode(array, "latin-1")
