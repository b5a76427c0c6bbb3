"""Numbers that have nearly faded, such as the moments and weights of an input that no row has had for long.

Each step takes a share of them. Below the smallest normal number they are subnormal, and processors many times slower.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnet.arrays import Array

EVERY = 64  # steps after which they are cleared; a factor of 0.9 leaves a thousandth
FADED = 2.0**44  # times the smallest normal number: 2e-25 in float32


def clear_faded(array: Array, scratch: Array, mask: NDArray[np.bool_]) -> None:
    """Set numbers of an array to 0 that have nearly faded.

    Args:
        scratch: an array of the same shape and type, which is overwritten.
        mask:    one of the same shape, which is overwritten, too.

    >>> numbers = np.array([1e-3, -1e-30, 1e-40, 0], np.float32)
    >>> clear_faded(numbers, np.empty_like(numbers), np.empty(4, bool))
    >>> numbers.tolist()
    [0.0010000000474974513, 0.0, 0.0, 0.0]
    """
    np.abs(array, out=scratch)
    np.less(scratch, array.dtype.type(FADED * np.finfo(array.dtype).tiny), out=mask)
    np.copyto(array, array.dtype.type(0), where=mask)
