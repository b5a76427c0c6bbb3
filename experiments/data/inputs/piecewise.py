"""Piecewise-linear encoding: an input for each bin of a number, which says how far the number has come through it.

Source: Gorishniy et al. (2022), On Embeddings for Numerical Features in Tabular Deep Learning, section 3.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Bins = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]


def quantile_bins(values: NDArray[Any], bins: int) -> Bins:
    """Return bins that hold equally many of the numbers, as far as equal numbers allow.

    Args:
        values: (N, k) numbers; NaN is missing.
        bins:   largest number of bins of a column. A column without two different edges has none.

    Returns:
        the column and the lower and upper edge of each bin, (t,) each, in the order of the columns and edges.

    >>> column, low, high = quantile_bins(np.array([[0.0, 7.0], [0.0, 7.0], [0.0, 7.0], [2.0, np.nan], [4.0, 7.0]]), 4)
    >>> column.tolist(), low.tolist(), high.tolist()
    ([0, 0], [0.0, 2.0], [2.0, 4.0])
    """
    column, low, high = [np.empty(0, np.int64)], [np.empty(0)], [np.empty(0)]
    for number in range(values.shape[1]):
        present = values[:, number].astype(np.float64)
        present = present[~np.isnan(present)]
        edges = np.unique(np.quantile(present, np.arange(bins + 1) / bins)) if present.size else present
        column.append(np.full(max(len(edges) - 1, 0), number, np.int64))
        low.append(edges[:-1])
        high.append(edges[1:])
    return np.concatenate(column), np.concatenate(low), np.concatenate(high)


def shares(values: NDArray[Any], low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute (n, t) shares of bins below numbers: 0 below a bin, 1 above it, a line between; 0 where one is missing.

    Args:
        values:    (n, t) the number of each bin; NaN is missing.
        low, high: (t,) edges.

    >>> shares(np.array([[1.5, 1.5, 1.5], [np.nan] * 3]), np.array([0.0, 1, 2]), np.array([1.0, 2, 3])).tolist()
    [[1.0, 0.5, 0.0], [0.0, 0.0, 0.0]]
    """
    within = np.where(np.isnan(values), low, values)
    np.clip(within, low, high, out=within)  # in place: new arrays take three times as long
    within -= low
    within /= high - low
    return within
