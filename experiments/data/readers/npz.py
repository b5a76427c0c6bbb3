"""An .npz file of arrays, X and y or these with _train and _test; checked by its headers first, never unpickled."""

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

from experiments.config.data_options import Data
from experiments.data.cells import SourceCells
from experiments.data.raw_table import LARGEST_FILE, brief, check_size, listed
from experiments.data.table import LARGEST, Kind, Table, appended, picture_of
from experiments.errors import DataError

FEATURES = ("X", "x", "features", "data")
TARGETS = ("y", "target", "targets", "labels", "label")
PIXELS = 255.0  # the largest byte
READABLE = "biufU"  # kinds of arrays


def read_npz(path: Path, data: Data, own_test: bool = True) -> Table:
    """The table in a file; arrays of bytes with three or more axes are pictures, other axes are laid out in a row.

    Args:
        own_test: take the file's own test part, if it has one.

    Raises:
        DataError: it is no such file, lacks an array, is too large, or holds objects or values that are no numbers.
    """
    if not isinstance(data.target, str | None):
        raise DataError(f"data.target: of an .npz it is the name of an array, but got {data.target}.")
    with _opened(path) as (archive, there):
        ending = next((one for one in ("", "_train") if _found(FEATURES, there, one)), "")
        table = _part(path, archive, there, ending, data)
        if own_test and ending and _found(FEATURES, there, "_test"):
            table = appended(table, _part(path, archive, there, "_test", data))
    return table


def read_features(path: Path) -> NDArray[Any]:
    """(N, d) the numbers of X alone; its other axes are laid out in a row.

    Raises:
        DataError: as `read_npz` has it.
    """
    with _opened(path) as (archive, there):
        name = _found(FEATURES, there, "")
        if not name:
            raise DataError(f"{path}: an array called {' or '.join(FEATURES)} is needed.")
        x = _numbers(path, archive, name)
    if x.ndim < 2 or not x.size:
        raise DataError(f"{path}: {name} is (rows, features), but it is {x.shape}.")
    check_size(str(path), len(x), x.size // len(x))
    return x.reshape(len(x), -1)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, set[str]]]:
    """The archive, and the names of the arrays in it."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive, {name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")}
    # zipfile raises NotImplementedError for a compression that it does not know, RuntimeError for encrypted content
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError, RuntimeError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as .npz: {brief(error)}.") from None


def _part(path: Path, archive: zipfile.ZipFile, there: set[str], ending: str, data: Data) -> Table:
    targets = TARGETS if data.target is None else (str(data.target),)
    x_name, y_name = _found(FEATURES, there, ending), _found(targets, there, ending)
    if not x_name or not y_name:
        wanted, key = (FEATURES, "") if not x_name else (targets, "; data.target names another")
        raise DataError(
            f"{path}: an array called {' or '.join(one + ending for one in wanted)} is needed, but it has "
            f"{listed(sorted(there))}{key}."
        )
    x, y = _numbers(path, archive, x_name), _read(path, archive, y_name)
    if x.ndim < 2 or y.ndim != 1 or len(x) != len(y) or len(y) < 2:
        raise DataError(
            f"{path}: {x_name} is (rows, features) and {y_name} (rows,), but they are {x.shape}, {y.shape}."
        )
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        raise DataError(f"{path}: {y_name} is the target, but row {int((~np.isfinite(y)).argmax())} is no number.")
    check_size(str(path), len(x), x.size // len(x))
    beside = [name for name in sorted(there) if _is_beside(path, archive, name, ending, len(y))]  # y among them
    cells = SourceCells.of(x, *(_read(path, archive, name) for name in beside))
    pictures = x.dtype == np.uint8 and x.ndim > 2
    picture = picture_of(x.shape[1:]) if pictures else None
    x = np.ascontiguousarray(x.reshape(len(x), -1), np.uint8 if pictures else np.float64)
    wrong = np.argwhere(np.abs(x) > LARGEST) if not pictures else np.empty((0, 2))
    if len(wrong):
        row, column = wrong[0]
        raise DataError(
            f"{path}: {x_name} has numbers of at most {LARGEST:g}, but row {row}, column {column} is {x[row, column]}."
        )
    columns = tuple(map(str, range(x.shape[1])))
    kinds: tuple[Kind, ...] = ("pixel" if pictures else "number",) * x.shape[1]
    features: Any = x
    if not pictures and np.isnan(x).any():
        import pandas as pd

        features = pd.DataFrame(x, columns=list(columns))
    others: dict[str, Any] = {
        key: _of_rows(path, archive, there, key, name + ending, len(y))
        for key in ("groups", "time", "weights")
        if isinstance(name := getattr(data, key), str)
    }
    return Table(
        name=path.stem,
        features=features,
        kinds=kinds,
        columns=columns,
        target=_target(y),
        target_name=y_name.removesuffix(ending),
        classes=None,
        pixel_range=PIXELS if pictures else None,
        picture=picture,
        cells=cells,
        **others,
    )


def _is_beside(path: Path, archive: zipfile.ZipFile, name: str, ending: str, rows: int) -> bool:
    """Whether an array has one value for each row of the part with that ending."""
    if not name.endswith(ending) or (not ending and name.endswith(("_train", "_test"))):
        return False
    try:
        with archive.open(f"{name}.npy") as member:
            shape, dtype = _header(path, member, name)
    except (DataError, ValueError):  # nobody asked for it
        return False
    return shape == (rows,) and dtype.kind in READABLE


def _target(y: NDArray[Any]) -> NDArray[Any]:
    if y.dtype.kind in "biu":
        return y.astype(np.int64)
    return y.astype(np.float64) if y.dtype.kind == "f" else y.astype(str)


def _of_rows(path: Path, archive: zipfile.ZipFile, there: set[str], key: str, name: str, rows: int) -> NDArray[Any]:
    if name not in there:
        raise DataError(f"data.{key}: {path} has no array {name!r}; it has {listed(sorted(there))}.")
    array = _read(path, archive, name)
    if array.shape != (rows,):
        raise DataError(f"{path}: {name} is ({rows},), one value a row, but its shape is {array.shape}.")
    if key == "groups":
        return array.astype(str)
    if array.dtype.kind == "U" or (array.dtype.kind == "f" and not np.isfinite(array).all()):
        raise DataError(f"data.{key}: {path}'s {name} must hold numbers in every row.")
    if key == "weights" and (array.min() < 0 or not array.any()):
        raise DataError(f"{path}: {name} is the weights, numbers from 0 on and not all 0.")
    return array.astype(np.int64 if array.dtype.kind in "biu" and key == "time" else np.float64)


def _numbers(path: Path, archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    array = _read(path, archive, name)
    if array.dtype.kind not in "biuf":
        raise DataError(f"{path}: {name} must hold numbers, but holds {array.dtype}.")
    return array


def _read(path: Path, archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """One array, after a look at what its header promises."""
    promised = archive.getinfo(f"{name}.npy").file_size
    with archive.open(f"{name}.npy") as member:
        shape, dtype = _header(path, member, name)
        size = math.prod(shape) * dtype.itemsize
        if dtype.hasobject or dtype.kind not in READABLE:
            raise DataError(
                f"{path}: {name} must hold numbers or texts, but holds {dtype}; objects are never unpickled."
            )
        if size > LARGEST_FILE or member.tell() + size != promised:
            raise DataError(
                f"{path}: {name}'s header promises an array of {shape}, {size} bytes; at most {LARGEST_FILE} are read, "
                f"and the file says that there are {promised - member.tell()}."
            )
    with archive.open(f"{name}.npy") as member:
        array: NDArray[Any] = np.lib.format.read_array(member, allow_pickle=False)
    return array


def _header(path: Path, member: IO[bytes], name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Read the shape and the type that an array's header promises."""
    version = np.lib.format.read_magic(member)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}.get(version)
    if read is None:
        raise DataError(f"{path}: {name} is of .npy version {version}; 1.0 and 2.0 are read.")
    shape, _, dtype = read(member)
    return shape, dtype


def _found(names: tuple[str, ...], there: set[str], ending: str) -> str:
    return next((name + ending for name in names if name + ending in there), "")
