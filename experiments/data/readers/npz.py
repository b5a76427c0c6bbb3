"""An .npz file with arrays X and y, or with X_train, y_train, X_test and y_test.

The headers are checked before any array is read, and nothing is unpickled.
"""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.data_options import DataSection
from experiments.config.near import did_you_mean, near
from experiments.data.cells import SourceCells
from experiments.data.raw_table import LARGEST_FILE, brief, check_size, listed, shown
from experiments.data.table import Table, appended, array_columns
from experiments.errors import DataError

FEATURES = ("X", "x", "features", "data")
TARGETS = ("y", "target", "targets", "labels", "label")
READABLE = "biufU"  # kinds of arrays


def read_npz(path: Path, data: DataSection, own_test: bool = True) -> Table:
    """Read the table of a file; bytes with three or more axes are images, and other axes are flattened.

    Args:
        own_test: whether to read the file's own test part.

    Raises:
        DataError: the file is not an .npz, lacks an array, is too large, or holds objects or unusable values.
    """
    if not isinstance(data.target, str | None):
        raise DataError(f"data.target: must be the name of an array in the .npz, but got {data.target}.")
    with _opened(path) as (archive, names):
        ending = "_train" if _first_of(FEATURES, names, "_train") and not _first_of(FEATURES, names, "") else ""
        table = _part(path, archive, names, ending, data)
        if own_test and ending and _first_of(FEATURES, names, "_test"):
            table = appended(table, _part(path, archive, names, "_test", data))
    return table


def read_features(path: Path) -> NDArray[Any]:
    """Return (N, d) the numbers of X; other axes are flattened.

    Raises:
        DataError: as of `read_npz`.
    """
    with _opened(path) as (archive, names):
        name = _first_of(FEATURES, names, "")
        if not name:
            raise DataError(
                f"{path}: must have an array named {' or '.join(FEATURES)}, but it has {listed(sorted(names))}."
            )
        x = _numbers(path, archive, name)
    if x.ndim < 2 or not x.size:
        raise DataError(f"{path}: the shape of {name} must be (rows, features), but it is {x.shape}.")
    check_size(str(path), len(x), x.size // len(x))
    return x.reshape(len(x), -1)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, set[str]]]:
    """Open an archive; yields it and the names of its arrays."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive, {name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")}
    # zipfile raises NotImplementedError for a compression that it does not know, RuntimeError for encrypted content
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError, RuntimeError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as .npz: {brief(error)}.") from None


def _part(path: Path, archive: zipfile.ZipFile, names: set[str], ending: str, data: DataSection) -> Table:
    targets = TARGETS if data.target is None else (str(data.target),)
    x_name, y_name = _first_of(FEATURES, names, ending), _first_of(targets, names, ending)
    if not x_name or not y_name:
        wanted, advice = (targets, "; name its array in data.target") if x_name else (FEATURES, "")
        raise DataError(
            f"{path}: must have an array named {' or '.join(name + ending for name in wanted)}, but it has "
            f"{listed(sorted(names))}{advice}."
        )
    x, y = _numbers(path, archive, x_name), _read(path, archive, y_name)
    if x.ndim < 2 or y.ndim != 1 or len(x) != len(y) or len(y) < 2:
        raise DataError(
            f"{path}: the shapes must be (rows, features) and (rows,), with 2 rows at least, but {x_name} is {x.shape} "
            f"and {y_name} is {y.shape}."
        )
    check_size(str(path), len(x), x.size // len(x))
    beside = [name for name in sorted(names) if _is_beside(path, archive, name, ending, len(y))]  # y among them
    others: dict[str, Any] = {
        key: _of_rows(path, archive, names, key, name + ending, len(y))
        for key in ("groups", "time", "weights")
        if isinstance(name := getattr(data, key), str)
    }
    return Table(
        name=path.stem,
        target=_target(y),
        target_name=y_name.removesuffix(ending),
        classes=None,
        cells=SourceCells.of(x, *(_read(path, archive, name) for name in beside)),
        **array_columns(x, f"{path}: {x_name}"),
        **others,
    )


def _is_beside(path: Path, archive: zipfile.ZipFile, name: str, ending: str, rows: int) -> bool:
    """Return whether an array has a value for each row of the part with that ending."""
    if not name.endswith(ending) or (not ending and name.endswith(("_train", "_test"))):
        return False
    try:
        with archive.open(f"{name}.npy") as member:
            shape, dtype = _header(path, member, name)
    except (DataError, ValueError):  # an array that the study does not use
        return False
    return shape == (rows,) and dtype.kind in READABLE


def _target(y: NDArray[Any]) -> NDArray[Any]:
    if y.dtype.kind in "biu":
        return y.astype(np.int64)
    return y.astype(np.float64) if y.dtype.kind == "f" else y.astype(str)


def _of_rows(path: Path, archive: zipfile.ZipFile, names: set[str], key: str, name: str, rows: int) -> NDArray[Any]:
    if name not in names:
        meant = did_you_mean([shown(one) for one in near(name, names)])
        raise DataError(f"data.{key}: {path} has no array {name!r}{meant}; it has {listed(sorted(names))}.")
    array = _read(path, archive, name)
    if array.shape != (rows,):
        raise DataError(f"data.{key}: the shape of {path}'s {name} must be ({rows},), but it is {array.shape}.")
    if key == "groups":
        return array.astype(str)
    if array.dtype.kind == "U" or (array.dtype.kind == "f" and not np.isfinite(array).all()):
        raise DataError(f"data.{key}: {path}'s {name} must hold a number in every row, but does not.")
    if key == "weights" and (array.min() < 0 or not array.any()):
        raise DataError(f"data.{key}: {path}'s {name} must hold numbers from 0 on, and not only 0.")
    return array.astype(np.int64 if array.dtype.kind in "biu" and key == "time" else np.float64)


def _numbers(path: Path, archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    array = _read(path, archive, name)
    if array.dtype.kind not in "biuf":
        raise DataError(f"{path}: {name} must hold numbers, but holds {array.dtype}.")
    return array


def _read(path: Path, archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """Read an array, after a check of its header."""
    stored = archive.getinfo(f"{name}.npy").file_size
    with archive.open(f"{name}.npy") as member:
        shape, dtype = _header(path, member, name)
        size = math.prod(shape) * dtype.itemsize
        if dtype.hasobject or dtype.kind not in READABLE:
            raise DataError(f"{path}: {name} must hold numbers or texts, but holds {dtype}; save it without objects.")
        if size > LARGEST_FILE or member.tell() + size != stored:
            raise DataError(
                f"{path}: {name} must have its header's size and at most {LARGEST_FILE} bytes, but the header says "
                f"{shape}, {size} bytes, and the file has {stored - member.tell()} bytes."
            )
    with archive.open(f"{name}.npy") as member:
        array: NDArray[Any] = np.lib.format.read_array(member, allow_pickle=False)
    return array


def _header(path: Path, member: IO[bytes], name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Read the shape and the type in an array's header."""
    version = np.lib.format.read_magic(member)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}.get(version)
    if read is None:
        raise DataError(f"{path}: {name} must have .npy version 1.0 or 2.0, but has {version}.")
    shape, _, dtype = read(member)
    return shape, dtype


def _first_of(wanted: tuple[str, ...], names: set[str], ending: str) -> str:
    return next((name + ending for name in wanted if name + ending in names), "")
