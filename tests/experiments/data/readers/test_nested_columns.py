"""Objects and lists of numbers become columns; what has no such form stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from experiments.config.data_options import DataSection
from experiments.data import raw_table
from experiments.data.readers import nested_columns as module
from experiments.data.readers.nested_columns import without_nesting
from experiments.data.readers.parquet import read_parquet
from experiments.data.table_of import table_of
from experiments.errors import DataError

POINTS = [[1.5, None], [2.5, 3.0], [4.5, 5.0]]


def python(table: pa.Table) -> dict[str, list[Any]]:
    return {name: column.to_pylist() for name, column in zip(table.column_names, table.columns, strict=True)}


@pytest.mark.parametrize("kind", [pa.list_(pa.float32()), pa.large_list(pa.float64()), pa.list_(pa.float64(), 2)])
def test_lists_of_one_length_become_columns(kind: pa.DataType) -> None:
    table = pa.table({"a": [1, 2, 3], "place": pa.array(POINTS, kind), "z": ["x", "y", "z"]})
    halves = pa.concat_tables([table.slice(0, 1), table.slice(1)])
    for one in (table, halves):
        found, of_lists = without_nesting(one, "it")
        assert python(found) == {
            "a": [1, 2, 3],
            "place.0": [1.5, 2.5, 4.5],
            "place.1": [None, 3.0, 5.0],
            "z": ["x", "y", "z"],
        }
        assert of_lists == ["place"]


def test_objects_become_columns_and_an_object_that_is_missing_has_missing_fields() -> None:
    users = [{"age": 3, "at": {"x": 1.5, "tags": [1, 2]}}, None, {"age": None, "at": {"x": None, "tags": [3, 4]}}]
    found, _ = without_nesting(pa.table({"user": users, "b": [True, None, False]}), "it")
    assert python(found) == {
        "user.age": [3, None, None],
        "user.at.x": [1.5, None, None],
        "user.at.tags": [[1, 2], None, [3, 4]],
        "b": [True, None, False],
    }


@pytest.mark.parametrize(
    "values", [[[1], [1, 2]], [[1], None], [[], []], [["a"], ["b"]], [[True], [False]], [[[1]], [[2]]]]
)
def test_other_lists_stay(values: list[Any]) -> None:
    table = pa.table({"a": values})
    found, of_lists = without_nesting(table, "it")
    assert found.equals(table)
    assert of_lists == []


def test_what_would_be_too_large_is_refused_and_long_lists_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pa.table({"a": POINTS})
    monkeypatch.setattr(raw_table, "MOST_CELLS", 5)
    with pytest.raises(DataError, match="it: at most 5 cells can be read, but it has 3 rows x 2 columns"):
        without_nesting(table, "it")
    monkeypatch.setattr(module, "LONGEST", 1)
    assert without_nesting(table, "it")[0] is table


def test_a_file_of_them_is_a_table_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "my.parquet"
    columns = {"user": [{"city": "a"}, {"city": "b"}, {"city": "a"}], "place": POINTS, "y": ["a", "b", "a"]}
    parquet.write_table(pa.table(columns), path)
    raw = read_parquet(path)
    assert raw.notes == ("every number of the lists in 'place' read as a column of its own",)
    assert not raw.declared  # texts are read as dictionaries, and yet declared to be no categories
    table = table_of(raw, DataSection(source="my.parquet", target="y"))
    assert dict(zip(table.columns, table.kinds, strict=True)) == {
        "user.city": "category",
        "place.0": "number",
        "place.1": "number",
    }
    assert np.isnan(table.features["place.1"].to_numpy(float)).tolist() == [True, False, False]
