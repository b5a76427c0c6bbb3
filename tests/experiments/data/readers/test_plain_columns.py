"""Columns of any of Arrow's and pandas' types become those that are read."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from experiments.config.data_options import DataSection
from experiments.config.formats import GIVEN
from experiments.data.new_data.new_rows import frame_rows
from experiments.data.new_data.row_format import RowFormat
from experiments.data.readers.in_memory import given_table
from experiments.data.readers.plain_columns import array_of, plain_column, with_named_categories

ROWS = 60


def coded(values: pa.Array) -> pa.ChunkedArray:
    return pa.chunked_array([pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 0]), values)])


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pa.array(["a", "b"]), ["a", "b", None, "a"]),
        (pa.array(["a", "b"], pa.large_string()), ["a", "b", None, "a"]),
        (pa.array(["a", "b"], pa.string_view()), ["a", "b", None, "a"]),
        (pa.array([3, 4]), ["3", "4", None, "3"]),
        (pa.array([0.5, 4.0]), ["0.5", "4", None, "0.5"]),
        (pa.array([True, False]), ["true", "false", None, "true"]),
        (pa.array([[1], [2]]), ["[1]", "[2]", None, "[1]"]),
    ],
)
def test_categories_are_texts(values: pa.Array, texts: list[str | None]) -> None:
    assert plain_column(coded(values)).to_pylist() == texts


def test_views_are_values() -> None:
    column = plain_column(pa.chunked_array([pa.array(["a", None], pa.string_view())]))
    assert (column.type, column.to_pylist()) == (pa.string(), ["a", None])
    numbers = pa.chunked_array([[1, 2]])
    assert plain_column(numbers) is numbers


@pytest.mark.parametrize(
    "values",
    [
        pd.Categorical([1, 2, 3] * 20),
        pd.Categorical([0.5, 2.0, None] * 20),
        pd.cut(np.linspace(0, 1, ROWS), 4),
        pd.Categorical([True, False] * 30),
        pd.Categorical(["a", "b"] * 30),
    ],
)
def test_a_frame_with_categories_of_any_kind_is_learnt_from_and_predicted(values: Any) -> None:
    frame = pd.DataFrame({"x": values, "z": np.linspace(0, 1, ROWS), "y": values})
    for target in ("y", "z"):
        table = given_table(frame, DataSection(source=GIVEN, target=target))
        assert table.kinds[0] == "category"
        (read,) = frame_rows(frame, RowFormat([("x", "category")]), ROWS)
        theirs = pd.DataFrame(table.features)["x"].dropna()
        assert read["x"].dropna().tolist() == theirs.tolist()
        assert len(theirs) == pd.Series(values).notna().sum()


@pytest.mark.parametrize(
    ("values", "kind", "written"),
    [
        (pd.period_range("2026-01", periods=2, freq="M"), pa.string(), ["2026-01", "2026-02"]),
        (pd.arrays.SparseArray([0.5, 0.0]), pa.string(), ["0.5", "0.0"]),
        ([1, "a"], pa.string(), ["1", "a"]),
        ([1.5, None], pa.float64(), [1.5, None]),
        ([datetime.time(1), None], pa.time64("us"), [datetime.time(1), None]),
    ],
)
def test_a_column_that_arrow_lacks_is_texts(values: Any, kind: pa.DataType, written: list[Any]) -> None:
    array = array_of(pd.Series(values))
    assert (array.type, array.to_pylist()) == (kind, written)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "+05:30"])
def test_times_keep_their_zone(zone: str) -> None:
    times = pd.Series([pd.Timestamp("2026-01-31 06:00", tz="UTC"), pd.NaT]).dt.tz_convert(zone)
    array = array_of(times)
    assert (array.type.tz, array.to_pylist()) == (zone, [times[0], None])


def test_a_table_of_views_is_learnt_from() -> None:
    texts = pa.array(["a", "b", "c"] * 20, pa.string_view())
    table = pa.table(
        {
            "x": texts,
            "c": coded(pa.array(["p", "q"], pa.string_view())).combine_chunks().take(pa.array([0, 1, 3] * 20)),
            "y": texts,
        }
    )
    found = given_table(table, DataSection(source=GIVEN, target="y"))
    assert found.kinds == ("category", "category")
    assert pd.DataFrame(found.features)["x"].tolist() == ["a", "b", "c"] * 20


def test_other_columns_stay() -> None:
    column = pd.Series([1, 2])
    assert with_named_categories(column) is column
