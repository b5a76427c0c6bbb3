"""The medians that take the place of missing numbers are scikit-learn's, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.impute import SimpleImputer

from experiments.data.inputs.medians import medians

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.uint8])
@pytest.mark.parametrize("rows", [1, 2, 400, 401])
def test_they_are_those_of_simple_imputer(dtype: type, rows: int) -> None:
    values = (RNG.normal(size=(rows, 6)) * (1, 9, 99, 1e30, 1, 1)).astype(np.float64)
    values[:, 4] = np.where(values[:, 4] < 0, -0.0, 0.0)
    if np.dtype(dtype).kind != "f":
        values = np.clip(np.abs(values), 0, 200)
    values = values.astype(dtype)
    if np.dtype(dtype).kind == "f":
        values[RNG.random((rows, 6)) < 0.3] = np.nan
        values[:, 5] = np.nan
    expected = SimpleImputer(strategy="median", keep_empty_features=True).fit(values).statistics_
    assert medians(values).astype(np.float64).tobytes() == expected.astype(np.float64).tobytes()
