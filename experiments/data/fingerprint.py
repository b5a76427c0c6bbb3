"""What rows hold, as bytes: by them data is known again, whatever machine or library holds it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from experiments.data.readers.builtin import fingerprint

if TYPE_CHECKING:
    import pandas as pd

Features: TypeAlias = "NDArray[Any] | pd.DataFrame"
MISSING = np.uint64(0x7FF8_0000_0000_0000)  # the bits of one NaN of many


def content_fingerprint(features: Features, *arrays: NDArray[Any] | None) -> str:
    """sha256 of features and of the arrays that there are."""
    plain = features if isinstance(features, np.ndarray) else words_of(features)
    return fingerprint(plain, *(_plain(array) for array in arrays if array is not None))


def row_bytes(features: Features, y: NDArray[Any]) -> Iterator[bytes]:
    """The bytes of each row, features and target; integers are as the numbers they are."""
    wide = features.astype("<f8") if isinstance(features, np.ndarray) else words_of(features)
    targets = y.astype("<i8" if np.issubdtype(y.dtype, np.integer) else "<f8")
    return (row.tobytes() + target.tobytes() for row, target in zip(wide, targets, strict=True))


def words_of(frame: pd.DataFrame) -> NDArray[np.uint64]:
    """(N, d) eight bytes of each cell: a number's own, a word's hash, and one pattern where something is missing."""
    words: NDArray[np.uint64] = np.empty(frame.shape, "<u8")
    for index in range(frame.shape[1]):
        column = frame.iloc[:, index]
        missing = column.isna().to_numpy()
        words[:, index] = _hashes(column) if column.dtype.kind not in "fiub" else _bits(column)
        words[missing, index] = MISSING
    return words


def _bits(column: pd.Series) -> NDArray[np.uint64]:
    bits: NDArray[np.uint64] = column.to_numpy(np.float64).astype("<f8").view("<u8")
    return bits


def _hashes(column: pd.Series) -> NDArray[np.uint64]:
    import pandas as pd

    codes, names = pd.factorize(column)  # a missing one has code -1
    known = [hashlib.blake2b(str(name).encode(), digest_size=8).digest() for name in names]
    hashes: NDArray[np.uint64] = np.frombuffer(b"".join([*known, bytes(8)]), "<u8")[codes]
    return hashes


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    """Words and dates as numbers, which have bytes of their own."""
    if array.dtype.kind in "OUTS":
        import pandas as pd

        return _hashes(pd.Series(array))
    return array.astype("<i8") if array.dtype.kind == "M" else array
