"""Sheets written down as Python values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pytest

from experiments.data.formats.column_types import cleaned
from experiments.data.raw_table import RawTable


@pytest.fixture
def sheet() -> Callable[..., RawTable]:
    """sheet(x=[...], y=[...]): a cleaned sheet; a place is "row N"."""

    def make(declared: Sequence[str] = (), **columns: Any) -> RawTable:
        arrow = {
            name: values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([pa.array(values)])
            for name, values in columns.items()
        }
        raw = RawTable("mine", "mine.csv", arrow, lambda row: f"row {row}", frozenset(declared))
        return cleaned(raw, columns)

    return make
