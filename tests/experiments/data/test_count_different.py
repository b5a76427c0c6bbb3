"""Different values are counted as np.unique finds them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from experiments.data.count_different import count_different


@pytest.mark.parametrize(
    "values",
    [
        np.arange(0),
        np.random.default_rng(0).integers(0, 300, 500),
        np.array([0.0, -0.0, np.nan, np.nan, np.inf]),
        np.array([0.0, -0.0, np.nan]).view(np.uint64),
        np.array(["b", "a", "b"]),
    ],
    ids=["none", "whole numbers", "numbers", "words", "texts"],
)
def test_they_are_as_many_as_np_unique_finds(values: NDArray[Any]) -> None:
    assert count_different(values) == len(np.unique(values))
