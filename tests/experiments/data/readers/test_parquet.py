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
from experiments.data.readers import parquet as module
from experiments.data.readers.parquet import read_parquet
from experiments.data.table import LeftOut
from experiments.data.table_of import table_of
from experiments.errors import DataError

COLUMNS: dict[str, Any] = {
    "size": pa.array([1, None, 3], pa.int32()),
    "price": pa.array([1.5, 2.5, None], pa.float32()),
    "new": pa.array([True, False, None]),
    "city": pa.array(["a", "b", "a"]),
    "shop": pa.array(["1", "2", "1"]).dictionary_encode(),
    "y": pa.array([0, 1, 0], pa.uint8()),
}

FRAME = pd.DataFrame({"k": ["p", "q", "r", "s"], "x": [1.5, 2.5, 3.5, 4.5], "y": [0, 1, 0, 1]})


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
    ("columns", "message"), [({"a": pa.array([], pa.int64())}, "0 rows and 1 columns"), ({}, "0 rows and 0 columns")]
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
    monkeypatch.setattr(parquet.ParquetFile, "read", lambda *_, **__: pytest.fail("it was read"))
    monkeypatch.setattr(module, "LARGEST_FILE", 5)
    with pytest.raises(DataError, match="at most 5 bytes, but its header announces"):
        read_parquet(path)
    monkeypatch.undo()
    monkeypatch.setattr(sheet, "MOST_CELLS", 5)
    with pytest.raises(DataError, match=r"at most 5 cells .* 3 rows x 6 columns"):
        read_parquet(path)


@pytest.mark.parametrize(
    ("frame", "index"),
    [
        (FRAME.iloc[[0, 2, 3]], {"__index_level_0__"}),  # with gaps
        (FRAME.set_index("k"), {"k"}),
        (FRAME.iloc[[0, 1, 3]].set_index("k", append=True), {"__index_level_0__", "k"}),
        (FRAME, set()),
    ],
)
def test_the_index_of_a_frame_comes_first_and_is_named(frame: pd.DataFrame, index: set[str], tmp_path: Path) -> None:
    frame.to_parquet(tmp_path / "my.parquet")
    raw = read_parquet(tmp_path / "my.parquet")
    assert raw.index == index
    assert set(list(raw.columns)[: len(index)]) == index
    assert list(raw.columns)[len(index) :] == list(frame.columns)


def test_an_index_is_no_feature_unless_it_is_kept(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": np.arange(40) % 7, "y": ["u", "v"] * 20}, index=[*range(39), 0])
    frame.to_parquet(tmp_path / "my.parquet")
    raw = read_parquet(tmp_path / "my.parquet")
    table = table_of(raw, DataSection(source="my.parquet", target="y"))
    assert (table.columns, table.reading.left_out) == (("a",), (LeftOut("__index_level_0__", "index"),))
    assert table.reading.keys["drop"] == ("__index_level_0__",)
    kept = table_of(raw, DataSection(source="my.parquet", target=-1, keep=("__index_level_0__",)))
    assert kept.columns == ("__index_level_0__", "a")
    with pytest.raises(
        DataError, match=r"data\.strict leaves nothing to decide, but column '__index_level_0__' .the index"
    ):
        table_of(raw, DataSection(source="my.parquet", target="y", strict=True))
    by_index = table_of(raw, DataSection(source="my.parquet", target="__index_level_0__"))
    assert by_index.target.tolist()[-2:] == [38, 0]


def test_columns_of_no_single_values_are_left_out(tmp_path: Path) -> None:
    nested = {
        "list": [[row] * (row % 3) for row in range(30)],
        "words": [["c"]] * 30,
        "map": pa.array([[("k", 1)]] * 30, pa.map_(pa.string(), pa.int64())),
        "bytes": [b"\xff\xfe"] * 30,
        "views": pa.array([["a"]] * 30, pa.list_(pa.string_view())),
    }
    path = written(tmp_path, {"a": np.arange(30) % 7, **nested, "y": ["u", "v"] * 15})
    raw = read_parquet(path)
    table = table_of(raw, DataSection(source="my.parquet", target="y"))
    assert table.columns == ("a",)
    assert table.reading.left_out == tuple(LeftOut(name, "no_values") for name in nested)
    assert len(set(table.source_cells().hashes())) == 30  # the list tells them apart
    for key in ("categories", "groups", "identifier", "target"):
        keys = {"target": "y", key: "list" if key in ("groups", "identifier", "target") else ("list",)}
        with pytest.raises(DataError, match=r"column 'list' .*hold"):
            table_of(raw, DataSection(source="my.parquet", **keys))


def test_views_are_texts(tmp_path: Path) -> None:
    words = pa.array(["a", "b", "a"], pa.string_view())
    raw = read_parquet(written(tmp_path, {"a": words, "b": pa.array([b"x"] * 3, pa.binary_view()), "y": [0, 1, 0]}))
    assert [column.type for column in raw.columns.values()] == [pa.string(), pa.binary(), pa.int64()]
    assert table_of(raw, DataSection(source="my.parquet", target="y", drop="b")).features["a"].tolist() == [
        "a",
        "b",
        "a",
    ]


def test_names_that_stand_twice_get_a_number(tmp_path: Path) -> None:
    table = pa.table(
        [pa.array([1, 2]), pa.array([3, 4]), pa.array([1, 2]), pa.array(["u", "v"])], ["a", " a", "a", "y"]
    )
    parquet.write_table(table, tmp_path / "my.parquet")
    raw = read_parquet(tmp_path / "my.parquet")
    assert {name: column.to_pylist() for name, column in raw.columns.items()} == {
        "a": [1, 2],
        "a.1": [3, 4],
        "y": ["u", "v"],
    }
    assert (raw.repeated, len(raw.repairs)) == ({"a"}, 2)


def test_an_index_of_dates_names_the_option_that_tests_on_later_rows(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": np.arange(40) % 7, "y": ["u", "v"] * 20})
    days, years = pd.date_range("2026-01-01", periods=40, name="day"), pd.Index([*range(2000, 2040)], name="year")
    for index in (days, years):
        frame.set_axis(index).to_parquet(tmp_path / "my.parquet")
        reading = table_of(read_parquet(tmp_path / "my.parquet"), DataSection(source="my.parquet", target="y")).reading
        assert reading is not None
        assert [one.why for one in reading.left_out] == [
            f"the index of its DataFrame; if new rows will be later ones, --time {index.name} tests on later rows"
        ]
