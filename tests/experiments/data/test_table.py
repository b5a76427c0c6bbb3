"""A table is read-only."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.data.table import Table


@pytest.mark.parametrize("key", ["features", "target", "groups", "time", "weights", "numbers"])
def test_its_arrays_are_read_only(key: str) -> None:
    row_of = {name: np.zeros(2) for name in ("target", "groups", "time", "weights", "numbers")}
    table = Table("mine", np.zeros((2, 1)), ("number",), ("a",), target_name="y", classes=None, **row_of)
    with pytest.raises(ValueError, match="read-only"):
        getattr(table, key)[0] = 1
