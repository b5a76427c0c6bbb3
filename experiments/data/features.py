"""The features of rows: an array where every column is a number or a pixel, else a DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnet.arrays import Rows

if TYPE_CHECKING:
    import pandas as pd

Features: TypeAlias = "NDArray[Any] | pd.DataFrame"


def take_rows(features: Features, rows: Rows | slice) -> Features:
    """Choose rows, in the order given."""
    return features[rows] if isinstance(features, np.ndarray) else features.iloc[rows]


def column_values(features: Features, at: int) -> NDArray[Any]:
    """Return (N,) the values of a column."""
    return features[:, at] if isinstance(features, np.ndarray) else features.iloc[:, at].to_numpy()
