"""The fingerprints of rows as read, which do not depend on the machine or on library versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.features import Features
from experiments.data.identity.hashes import NOTHING, fingerprint, short_hash

if TYPE_CHECKING:
    import pandas as pd


def content_fingerprint(features: Features, *arrays: NDArray[Any] | None) -> str:
    """Compute the SHA-256 of features and of the arrays that are not None."""
    plain = features if isinstance(features, np.ndarray) else words_of(features)
    return fingerprint(plain, *(_plain(array) for array in arrays if array is not None))


def row_bytes(features: Features, y: NDArray[Any]) -> Iterator[bytes]:
    """Yield the bytes of each row, features and target; integers are written as floats."""
    wide = features.astype("<f8") if isinstance(features, np.ndarray) else words_of(features)
    targets = y.astype("<i8" if np.issubdtype(y.dtype, np.integer) else "<f8")
    return (row.tobytes() + target.tobytes() for row, target in zip(wide, targets, strict=True))


def words_of(frame: pd.DataFrame) -> NDArray[np.uint64]:
    """Return (N, d) eight bytes for each cell: a number's bits, a text's hash, or NOTHING where it is missing."""
    words: NDArray[np.uint64] = np.empty(frame.shape, "<u8")
    for index, (_, column) in enumerate(frame.items()):
        is_number = column.dtype.kind in "fiub"
        words[:, index] = column.to_numpy("<f8").view("<u8") if is_number else _hashes(column)
        words[column.isna().to_numpy(), index] = NOTHING
    return words


def _hashes(column: NDArray[Any] | pd.Series) -> NDArray[np.uint64]:
    import pandas as pd

    codes, names = pd.factorize(column)  # the code of a missing value is -1
    known = [short_hash(str(name).encode()) for name in names]
    words: NDArray[np.uint64] = np.frombuffer(b"".join([*known, bytes(8)]), "<u8")[codes]
    return words


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    """Write words and dates as numbers."""
    if array.dtype.kind in "OUTS":
        import pandas as pd

        return _hashes(pd.Series(array))
    return array.astype("<i8") if array.dtype.kind == "M" else array
