"""The array types of the network, and arrays whose rows are aligned in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Rows = NDArray[np.integer[Any]]
Labels = NDArray[np.integer[Any]]
Targets = NDArray[Any]  # labels, or numbers to predict

ALIGNMENT = 64  # bytes: a cache line, and the widest vector register


def aligned_zeros(rows: int, columns: int, dtype: np.dtype[Any]) -> Array:
    """Allocate (rows, at least columns) zeros with each row on a cache line, for wide vector instructions."""
    line = ALIGNMENT // dtype.itemsize
    padded = -(-columns // line) * line
    size = rows * padded * dtype.itemsize
    buffer = np.zeros(size + ALIGNMENT, np.uint8)
    start = -buffer.ctypes.data % ALIGNMENT
    array: Array = buffer[start : start + size].view(dtype).reshape(rows, padded, copy=False)
    return array
