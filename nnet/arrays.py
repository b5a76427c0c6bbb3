"""The array types that the network speaks of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Rows = NDArray[np.integer[Any]]
Labels = NDArray[np.integer[Any]]
Targets = NDArray[Any]  # labels, or numbers to be met

ALIGNMENT = 64  # bytes: a cache line, and the widest vector register


def aligned_zeros(rows: int, columns: int, dtype: np.dtype[Any]) -> Array:
    """(rows, at least columns) of zero whose every row begins on a cache line, as wide vector instructions like it."""
    line = ALIGNMENT // dtype.itemsize
    padded = -(-columns // line) * line
    size = rows * padded * dtype.itemsize
    buffer = np.zeros(size + ALIGNMENT, np.uint8)
    start = -buffer.ctypes.data % ALIGNMENT
    array: Array = buffer[start : start + size].view(dtype).reshape(rows, padded, copy=False)
    return array
