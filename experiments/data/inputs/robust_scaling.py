"""Robust scaling: columns of numbers by their median and quartiles, and far values brought near without an edge.

Source: Holzmüller et al. (2024), Better by Default: Strong Pre-Tuned MLPs and Boosted Trees on Tabular Data, 3.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

REACH = 3.0  # bound of the clipped numbers; a number as large becomes REACH / sqrt(2)
OF_A_CONSTANT = float(np.finfo(np.float64).max)  # scale of a column that never differs: every number becomes 0


def robust_scale(values: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the median and the distance between the quartiles of each column, (k,) each.

    Where the quartiles agree, the scale is half the distance between the least and the largest number.

    Args:
        values: (N, k) finite numbers, at least one row.

    >>> offset, scale = robust_scale(np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0], [4.0, 0.0], [9.0, 8.0]]))
    >>> offset.tolist(), scale.tolist()
    ([3.0, 0.0], [2.0, 4.0])
    """
    least, low, median, high, largest = np.quantile(
        values.astype(np.float64, copy=False), (0, 0.25, 0.5, 0.75, 1), axis=0
    )
    scale = np.where(high > low, high - low, largest / 2 - least / 2)
    return median, np.where(scale > 0, scale, OF_A_CONSTANT)


def smoothly_clipped(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute u / sqrt(1 + (u / 3)^2), which is about u for small u and lies between -3 and 3.

    Args:
        values: of any shape, below 1e150 in size.

    >>> smoothly_clipped(np.array([-4.0, 0.0, 4.0, 1e38])).tolist()
    [-2.4, 0.0, 2.4, 3.0]
    """
    part = values / REACH
    return values / np.sqrt(1 + part * part)
