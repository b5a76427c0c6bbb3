from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.sparse

from experiments.config.data_options import DataSection
from experiments.config.formats import GIVEN
from experiments.data.load import load_table
from experiments.data.readers.in_memory import given_table
from experiments.data.table import Table
from experiments.errors import DataError
from support.tables import mixed_frame, mixed_table

ROWS = DataSection(source=GIVEN)
X = np.arange(12.0).reshape(6, 2)
Y = np.array([0, 1, 2, 0, 1, 2])
FRAME = mixed_frame(30)


def given(rows: Any, **keys: Any) -> Table:
    return given_table(rows, ROWS.model_copy(update=keys))


def test_arrays_are_numbers() -> None:
    table = given((X.astype(np.float32), Y))
    assert (table.kinds, table.columns, table.target_name) == (("number", "number"), ("0", "1"), "target")
    np.testing.assert_array_equal(table.features, X)
    assert isinstance(table.features, np.ndarray)
    assert table.features.dtype == np.float64
    assert given((X.tolist(), list("abcabc"))).target.tolist() == list("abcabc")


def test_a_hole_in_an_array_is_a_missing_number() -> None:
    table = given((np.where(X == 4, np.nan, X), Y))
    assert isinstance(table.features, pd.DataFrame)
    assert table.features.isna().to_numpy().sum() == 1


def test_a_masked_number_is_missing_and_a_masked_target_has_none() -> None:
    table = given((np.ma.array(X, mask=X == 4), Y))
    pd.testing.assert_frame_equal(
        pd.DataFrame(table.features), pd.DataFrame(given((np.where(X == 4, np.nan, X), Y)).features)
    )
    masked = np.ma.array(Y, mask=Y == 1)
    with pytest.raises(DataError, match=r"y must have a value in every row, but row 1 \(from 0\) has none"):
        given((X, masked))
    beside = given((pd.DataFrame(X, columns=["a", "b"]), masked))
    assert (beside.target.tolist(), beside.target.dtype) == ([0, 2, 0, 2], np.int64)
    with pytest.raises(DataError, match="x holds pictures, which need every pixel, but pixels are masked"):
        given((np.ma.array(np.zeros((6, 4, 4), np.uint8), mask=True), Y))


def test_bytes_in_three_axes_are_pictures() -> None:
    table = given((np.zeros((6, 4, 4), np.uint8), Y))
    assert (set(table.kinds), table.features.shape, table.pixel_range) == ({"pixel"}, (6, 16), 255.0)
    assert table.picture == (4, 4)
    assert given((np.zeros((6, 2, 2, 3), np.uint8), Y)).picture == (2, 2, 3)
    assert set(given((np.zeros((6, 4), np.uint8), Y)).kinds) == {"number"}


@pytest.mark.parametrize("types", [{}, {"city": "str", "colour": "category"}, {"age": "Float64"}])
def test_a_frame_has_kinds_by_its_values(types: dict[str, str]) -> None:
    table = given(FRAME.astype(types).assign(price=np.arange(30.5, 60)), target="price")
    assert table.kinds == ("number", "category", "number", "category")
    assert table.columns == ("age", "city", "height", "colour")
    assert (table.target_name, table.target.dtype) == ("price", np.float64)
    assert isinstance(table.features, pd.DataFrame)
    pd.testing.assert_frame_equal(table.features, FRAME, check_dtype=False)
    assert table.features["age"].dtype == np.float64


def test_a_frame_is_read_as_its_file_is(tmp_path: Path) -> None:
    rows = range(60)
    frame = pd.DataFrame(
        {
            "id": [1000 + 3 * row for row in rows],
            "name": [f"person {row}" for row in rows],
            "day": [f"{row % 28 + 1}.{row % 3 + 1}.2026" for row in rows],
            "paid": [f"${row % 7 + 1},500" for row in rows],
            "empty": [None] * 60,
            "share": [Decimal(row % 5) for row in rows],
            "many": [[row] for row in rows],
            "size": [row % 11 / 4 for row in rows],
            "y": ["yes" if row % 2 else "no" for row in rows],
        }
    )
    given_one = given(frame, target="y")
    frame.to_csv(tmp_path / "my.csv", index=False)
    read = load_table(DataSection(source=str(tmp_path / "my.csv"), target="y", drop=("many",)), {})
    assert (given_one.columns, given_one.kinds) == (read.columns, read.kinds)
    np.testing.assert_array_equal(np.asarray(given_one.features), np.asarray(read.features))
    assert given_one.reading is not None
    assert {one.name: one.reason for one in given_one.reading.left_out} == {
        "id": "counts_rows",
        "name": "identifies_rows",
        "empty": "empty",
        "many": "no_values",
    }
    kept = given(frame, target="Y", keep=("id",), drop=("name", "day", "paid", "empty", "share", "many"))
    assert kept.columns == ("id", "size")


def test_a_frame_needs_a_target_that_is_there() -> None:
    with pytest.raises(DataError, match=r"data\.target: name the column to predict, .*; data has 'age', 'city'"):
        given(FRAME)
    with pytest.raises(DataError, match=r"has no column 'colur' \(did you mean 'colour'\?\)"):
        given(FRAME, target="colur")


@pytest.mark.parametrize(
    "days", [pd.date_range("2026-01-01", periods=30), pd.period_range("2019Q1", periods=30, freq="Q")]
)
def test_dates_in_the_index_are_said_and_can_be_the_time(days: pd.Index) -> None:
    frame = FRAME.assign(y=["no", "yes"] * 15)
    later = "validates and tests on rows that are later than those it learns from."
    for name, words in (
        (
            "day",
            f"the index 'day' holds dates and is no column; if new rows will be later ones, data.time = day {later}",
        ),
        (
            None,
            "the index holds dates and is no column; if new rows will be later ones, index.name = 'date' and data.time",
        ),
    ):
        read = given(frame.set_axis(days.rename(name)), target="y").reading
        assert read is not None
        assert [note[: len(words)] for note in read.notes if "index" in note] == [words]
    timed = given(frame.set_axis(days.rename("day")[::-1]), target="y", time="day")
    assert timed.time is not None
    assert (timed.time[1:] < timed.time[:-1]).all()
    assert timed.columns == given(frame, target="y").columns
    assert timed.reading is not None
    assert not [note for note in timed.reading.notes if "index" in note]
    both = frame.set_axis(
        pd.MultiIndex.from_arrays([[f"site {row % 5}" for row in range(30)], days], names=["site", "day"])
    )
    grouped = given(both, target="y", groups="site")
    assert grouped.groups is not None
    assert grouped.groups[6] == "site 1"


def test_other_tables_are_read_through_arrow() -> None:
    frame = FRAME.assign(y=["no", "yes"] * 15)
    table = given(pa.Table.from_pandas(frame, preserve_index=False), target="y")
    pd.testing.assert_frame_equal(pd.DataFrame(table.features), pd.DataFrame(given(frame, target="y").features))


def test_a_target_beside_a_frame_is_its_target() -> None:
    for y in (pd.Series([0, 1] * 15, name="won", index=range(100, 130)), np.array([[0], [1]] * 15), [0, 1] * 15):
        table = given((FRAME, y))
        assert (table.target.tolist(), table.columns) == ([0, 1] * 15, tuple(FRAME.columns))
        assert table.target_name == ("won" if isinstance(y, pd.Series) else "target")
    for x in (FRAME, np.ones((30, 2))):
        assert given((x, [0, 1] * 15), target="price").target_name == "price"
        assert given((x, pd.Series([0, 1] * 15, name="won")), target="price").target_name == "won"
    with pytest.raises(DataError, match="y is named 'age', which is also a column of x"):
        given((FRAME, pd.Series([0, 1] * 15, name="age")))


@pytest.mark.parametrize("index", [range(6), list("uvwxyz")])
def test_a_target_whose_index_has_another_order_is_refused_and_not_paired_by_place(index: Any) -> None:
    x = pd.DataFrame(X, columns=["a", "b"], index=index)
    y = pd.Series(list("aabbcc"), x.index, name="y")
    other = y.iloc[[5, 4, 3, 2, 1, 0]]
    for target in (other, other.to_frame()):
        with pytest.raises(DataError, match=r"y has the index of x in another order; pass y\.loc\[x\.index\] if "):
            given((x, target))
    assert given((x, other.loc[x.index])).target.tolist() == list("aabbcc")
    assert given((x, other.set_axis(x.index))).target.tolist() == list("ccbbaa")
    assert given((x, other.to_numpy())).target.tolist() == list("ccbbaa")
    assert given((x, other.reset_index(drop=True).set_axis(range(9, 15)))).target.tolist() == list("ccbbaa")


def test_truth_values_are_categories_and_classes() -> None:
    table = given(pd.DataFrame({"a": [True, False], "y": [False, True]}), target="y")
    assert (table.kinds, table.target.tolist(), table.classes) == (("category",), [0, 1], ("False", "True"))


def test_the_same_texts_are_missing_as_in_files() -> None:
    table = given((pd.DataFrame({"a": [" x ", "?", "NA", "", None, "z"]}), Y))
    assert isinstance(table.features, pd.DataFrame)
    assert table.features["a"].fillna("-").tolist() == ["x", "-", "-", "-", "-", "z"]


@pytest.mark.parametrize(
    ("y", "kind"),
    [
        (np.array([0.5, 1, 2, 0.5, 1, 2], object), "f"),
        ([Decimal("0.5"), Decimal("0.25")] * 3, "f"),
        (pd.Series([3, 10] * 3, dtype=object), "i"),
        (pd.Series([3, 10] * 3, dtype="Int64"), "i"),
        ([2**70, 1] * 3, "f"),
    ],
)
def test_numbers_that_are_objects_are_numbers_in_a_target_beside_an_array(y: Any, kind: str) -> None:
    target = given((X, y)).target
    assert (target.dtype.kind, target.tolist()) == (kind, list(map(float, y)))


def test_labels_of_an_array_that_are_missing_are_refused_as_texts_too() -> None:
    for y in (np.array(["u", "v", "nan"] * 2), ["u", "v", "nan"] * 2, pd.Series(["u", "v", "nan"] * 2)):
        with pytest.raises(DataError, match=r"^data: y must have a value in every row, but row 2 \(from 0\) has 'nan'"):
            given((X, y))
        assert given((X, y), present=("nan",)).target.tolist() == ["u", "v", "nan"] * 2
    beside = given((pd.DataFrame(X, columns=["a", "b"]), np.array(["u", "v", "", "u", "v", "u"])))
    assert beside.target.tolist() == ["u", "v", "u", "v", "u"]


def test_a_frame_of_whole_numbers_is_an_array() -> None:
    table = given((pd.DataFrame(X.astype(int), columns=["a", "b"]), Y))
    assert isinstance(table.features, np.ndarray)
    assert table.columns == ("a", "b")


def test_a_table_stays_itself() -> None:
    table = replace(mixed_table(20), name="mine")
    assert given(table) is table


def test_what_is_no_table_is_refused() -> None:
    pair = FRAME.set_axis(pd.MultiIndex.from_product([["a", "b"], [1, 2]]), axis=1)
    for data, words in [
        ((X, Y[:4]), r"\(6, 2\) and y is \(4,\)"),
        ((X[:, 0], Y), "of shape"),
        (([[1, 2], [3]], Y[:2]), "x must be an array, but its rows"),
        ((X[:2], [[1, 2], [3]]), "y must be an array, but its rows"),
        ((X, X), r"y must be of shape \(rows,\), but got \(6, 2\)"),
        ((X[:0], Y[:0]), r"got float64 of \(0, 2\)"),
        ((np.array([["a"], ["b"]]), Y[:2]), r"must be numbers .*, but got <U1 of \(2, 1\); pass a DataFrame"),
        ((np.array([["a", 1]] * 6, object), Y), r"got object of \(6, 2\); pass a DataFrame of such columns\."),
        ((scipy.sparse.csr_matrix(X), Y), r"x is a sparse matrix, but must be an array; pass x\.toarray\(\)"),
        ((np.where(X == 4, np.inf, X), Y), "row 2 .from 0. of column '0' has inf"),
        ((X, np.where(Y == 1, np.nan, Y)), "row 1 .from 0. has none"),
        ((FRAME, [0, 1]), r"x is \(30, 4\) and y \(2,\)"),
        ((pd.DataFrame(X, columns=["a", "a"]), Y), "its own name"),
        (FRAME[:0], "it has 0 rows and 4 columns"),
        (X, r"but got an array of \(6, 2\); pass \(x, y\), as \(data\[:, :-1\], data\[:, -1\]\) where y is its last"),
        (X.tolist(), r"but got a list; pass pandas\.DataFrame\(data\), or \(x, y\)\.$"),
        ({"a": [1.0], "y": [2]}, r"but got a dict; pass pandas\.DataFrame\(data\)\.$"),
        ((X, Y, np.ones(6)), "but got 3 parts; pass weights as a column of x, a DataFrame, which weights="),
        (FRAME["age"], r"but got a Series\.$"),
        (
            (FRAME.set_axis(pd.MultiIndex.from_product([["a", "b"], [1, 2]]), axis=1), np.arange(30)),
            "needs a single name, but has 2",
        ),
    ]:
        with pytest.raises(DataError, match=words):
            given(data)
    pair.columns = ["_".join(map(str, names)) for names in pair.columns]  # as the message says
    assert given((pair, FRAME["age"])).columns == ("a_1", "a_2", "b_1", "b_2")
    with pytest.raises(DataError, match=r"data\.drop: names columns, which arrays lack; pass a DataFrame"):
        given((X, Y), drop=("a",))
