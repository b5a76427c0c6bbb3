"""IDX files, the format of MNIST: a magic number, the dimensions, then bytes. Gzipped or not.

Source: LeCun, Cortes and Burges, The MNIST database of handwritten digits.
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.data.cells import SourceCells
from experiments.data.table import Table
from experiments.errors import DataError

LARGEST = 1 << 31  # bytes of one file's content
UNSIGNED_BYTES = 0x08


def read_idx(folder: Path, name: str, dimensions: int) -> NDArray[np.uint8]:
    """The array of unsigned bytes in folder/name or folder/name.gz.

    Raises:
        DataError: there is no such file, or it is not what it says; memory is taken only for what is there.
    """
    path = next((one for one in (folder / name, folder / f"{name}.gz") if one.is_file()), None)
    if path is None:
        raise DataError(f"{folder}: holds neither {name} nor {name}.gz.")
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            header = file.read(4 * (1 + dimensions))
            shape = _shape(path, header, dimensions)
            size = math.prod(shape)
            content = file.read(size + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read: {error}.") from None
    if len(content) != size:
        raise DataError(f"{path}: its header promises {size} bytes, but there are {_more(len(content), size)}.")
    return np.frombuffer(content, np.uint8).reshape(shape)


def read_idx_folder(folder: Path) -> Table:
    """The table of a folder with MNIST's four files, or with the two of `train` alone; classes are the labels used.

    Raises:
        DataError: a file is missing or damaged, or pictures and labels do not belong together.
    """
    has_test = any(folder.glob("t10k-*"))
    parts = [
        (read_idx(folder, f"{part}-images-idx3-ubyte", 3), read_idx(folder, f"{part}-labels-idx1-ubyte", 1))
        for part in ("train", *(("t10k",) if has_test else ()))
    ]
    for pixels, labels in parts:
        if pixels.shape[1:] != parts[0][0].shape[1:] or len(pixels) != len(labels):
            raise DataError(
                f"{folder}: pictures of one size and a label for each are expected, but the shapes are {pixels.shape} "
                f"and {labels.shape}, the first part's {parts[0][0].shape}."
            )
    features = np.concatenate([pixels.reshape(len(pixels), -1) for pixels, _ in parts])
    labels = np.concatenate([labels for _, labels in parts])
    names, target = np.unique(labels, return_inverse=True)
    return Table(
        name=folder.resolve().name,
        features=features,
        kinds=("pixel",) * features.shape[1],
        columns=tuple(map(str, range(features.shape[1]))),
        target=target.astype(np.int64),
        target_name="label",
        classes=tuple(map(str, names)),
        pixel_range=255.0,
        picture=parts[0][0].shape[1:],
        own_test=len(parts[1][1]) if has_test else 0,
        cells=SourceCells.of(features, labels),
    )


def _shape(path: Path, header: bytes, dimensions: int) -> tuple[int, ...]:
    if len(header) < 4 * (1 + dimensions) or header[:4] != bytes((0, 0, UNSIGNED_BYTES, dimensions)):
        raise DataError(f"{path}: not an IDX file of unsigned bytes with {dimensions} dimensions.")
    shape = tuple(int.from_bytes(header[at : at + 4], "big") for at in range(4, len(header), 4))
    if not 0 < math.prod(shape) <= LARGEST:
        raise DataError(f"{path}: its header promises an array of {shape}; at most {LARGEST} bytes are read.")
    return shape


def _more(found: int, size: int) -> str:
    return "more" if found > size else str(found)
