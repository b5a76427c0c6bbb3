"""The medians of columns of numbers, as scikit-learn's SimpleImputer computes them, column by column and faster."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def medians(values: NDArray[Any]) -> NDArray[Any]:
    """Return (k,) the median of each column's numbers; 0 of a column without any.

    Args:
        values: (N, k); NaN is missing.

    >>> medians(np.array([[1.0, np.nan], [4.0, np.nan], [np.nan, np.nan]])).tolist()
    [2.5, 0.0]
    """
    present = (column[~np.isnan(column)] for column in values.T)
    return np.array([np.median(numbers) if numbers.size else 0.0 for numbers in present])
