"""A parquet file is read by its types; what it declares is checked first."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from experiments.config.data_options import DataSection
from experiments.data import raw_table as sheet
from experiments.data.column_roles import table_of
from experiments.data.readers import parquet as module
from experiments.data.readers.parquet import read_parquet
from experiments.errors import DataError

COLUMNS: dict[str, Any] = {
    "size": pa.array([1, None, 3], pa.int32()),
    "price": pa.array([1.5, 2.5, None], pa.float32()),
    "new": pa.array([True, False, None]),
    "city": pa.array(["a", "b", "a"]),
    "shop": pa.array(["1", "2", "1"]).dictionary_encode(),
    "y": pa.array([0, 1, 0], pa.uint8()),
}


def written(tmp_path: Path, columns: dict[str, Any]) -> Path:
    path = tmp_path / "my.parquet"
    parquet.write_table(pa.table(columns), path)
    return path


def test_types_decide(tmp_path: Path) -> None:
    table = table_of(read_parquet(written(tmp_path, COLUMNS)), DataSection(source="my.parquet", target="y"))
    assert (table.name, table.columns) == ("my", ("size", "price", "new", "city", "shop"))
    assert table.kinds == ("number", "number", "category", "category", "category")
    assert isinstance(table.features, pd.DataFrame)
    assert table.features["size"].tolist()[::2] == [1, 3]
    assert table.features["new"].tolist()[:2] == ["True", "False"]
    assert table.features["shop"].tolist() == ["1", "2", "1"]
    assert table.features.isna().sum().tolist() == [1, 1, 1, 0, 0]
    assert (table.target.dtype, table.target.tolist()) == (np.int64, [0, 1, 0])


def test_a_place_is_a_row(tmp_path: Path) -> None:
    path = written(tmp_path, {"a": [1.0, np.inf, 2.0], "y": [0, 1, 0]})
    with pytest.raises(DataError, match=r"column 'a' .* but row 1 \(from 0\) has inf"):
        table_of(read_parquet(path), DataSection(source="my.parquet", target="y", strict=True))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"a": [[1], [2]], "y": [0, 1]}, "single values, but 'a' holds list"),
        ({"a": [{"b": 1}], "y": [0]}, "'a' holds struct"),
        ({"a": pa.array([], pa.int64())}, "0 rows and 1 columns"),
        ({"a": [1], " a": [1]}, "2 columns are named 'a'"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, columns: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=rf"my\.parquet: .*{message}"):
        read_parquet(written(tmp_path, columns))


def test_typed_dates_are_features_unless_nothing_may_be_decided(tmp_path: Path) -> None:
    path = written(tmp_path, {"a": [datetime.datetime(2026, 1, 1, 12), None], "y": [0, 1]})
    table = table_of(read_parquet(path), DataSection(source="my.parquet", target="y"))
    assert (table.columns, table.kinds) == (("a",), ("date",))
    np.testing.assert_array_equal(np.asarray(table.features)[:, 0], [20454.5, np.nan])
    with pytest.raises(DataError, match=r"data\.strict leaves nothing to decide, but column 'a' would be dates"):
        table_of(read_parquet(path), DataSection(source="my.parquet", target="y", strict=True))


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, COLUMNS)
    whole = path.read_bytes()
    damaged = [whole[:4] + bytes(56) + whole[60:], whole.replace(b"city", b"c\xffty")]
    words = written(tmp_path, {"a": ["name", "b"], "y": [0, 1]}).read_bytes().replace(b"name", b"n\xffme")
    for content in [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1", b"x,y\n1,2\n", *damaged, words]:
        path.write_bytes(content)
        with pytest.raises(DataError, match="cannot be read as parquet"):
            read_parquet(path)


def test_what_it_declares_is_checked_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, COLUMNS)
    monkeypatch.setattr(parquet, "read_table", lambda *_, **__: pytest.fail("it was read"))
    monkeypatch.setattr(module, "LARGEST_FILE", 5)
    with pytest.raises(DataError, match="at most 5 bytes, but its header announces"):
        read_parquet(path)
    monkeypatch.undo()
    monkeypatch.setattr(sheet, "MOST_CELLS", 5)
    with pytest.raises(DataError, match=r"at most 5 cells .* 3 rows x 6 columns"):
        read_parquet(path)
