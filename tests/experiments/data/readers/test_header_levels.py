"""A header of two rows is read as one: groups above names, as pandas writes them and merged cells leave them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.data.raw_table import RawTable
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.header_levels import header_levels
from experiments.data.readers.table_file import read_table
from support.tables import cells

SAID = "3 rows of names read as one header"
COLUMNS = {
    ("math", "pre"): [1.5, 2.0],
    ("math", "post"): [3.5, 4.0],
    ("read", "pre"): [5.5, 6.0],
    ("out", "passed"): ["a", "b"],
}
NAMES = [" ".join(name) for name in COLUMNS]


def written(tmp_path: Path, form: str, **names: object) -> Path:
    frame = pd.DataFrame(COLUMNS)
    frame.index.name, frame.columns.names = names.get("index"), names.get("columns", [None, None])
    path = tmp_path / f"my.{form}"
    frame.to_csv(path) if form == "csv" else frame.to_excel(path)
    return path


def read(path: Path, **keys: object) -> RawTable:
    return read_table(path, FileKeys(**keys))  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("target", ["passed", "out", "out passed", -1, None])
def test_two_levels_of_pandas_are_one_name(tmp_path: Path, form: str, target: str | int | None) -> None:
    raw = read(written(tmp_path, form, index="pupil"), target=target)
    assert list(raw.columns) == ["pupil", *NAMES]
    assert [*map(float, cells(raw)["math pre"])] == [1.5, 2]
    assert SAID in raw.repairs
    assert raw.place(0) == ("line 4" if form == "csv" else "row 4 of the sheet")


@pytest.mark.parametrize(("names", "first"), [({}, "0"), ({"index": "pupil", "columns": ["test", "time"]}, "pupil")])
def test_the_index_has_its_own_name_or_none(tmp_path: Path, names: dict[str, object], first: str) -> None:
    assert list(read(written(tmp_path, "csv", **names), target="passed").columns) == [first, *NAMES]


def test_merged_cells_leave_the_name_of_a_group_above_its_first_column_alone() -> None:
    rows = [["pre", "post", "pre", "post", ""], ["1", "2", "3", "4", "a"]]
    names = ["math pre", "math post", "read pre", "read post", "label"]
    assert header_levels(["math", "", "read", "", "label"], rows, FileKeys()) == (names, 1)


def test_years_are_names_below_groups_that_all_have_them() -> None:
    first, row = ["sales", "sales", "cost", "cost", "y"], ["1", "2", "3", "4", "a"]
    names = ["sales 2019", "sales 2020", "cost 2019", "cost 2020", "y"]
    assert header_levels(first, [["2019", "2020", "2019", "2020", ""], row], FileKeys()) == (names, 1)
    assert header_levels(first, [["2019", "2020", "2018", "2020", ""], row], FileKeys()) is None


def test_below_merged_cells_the_row_that_names_the_target_is_enough_if_its_names_differ() -> None:
    first, rows = ["size", "", "look"], [["a", "b", "y"], ["1", "2", "v"], ["3", "4", "w"]]
    assert header_levels(first, rows, FileKeys(target="y")) is None
    assert header_levels(first, rows, FileKeys(target=-1)) == (["size a", "size b", "look y"], 1)
    assert header_levels(["size", "size", "look"], rows, FileKeys(target="y")) is not None


@pytest.mark.parametrize(
    ("first", "below"),
    [
        (["a", "b", "c"], [["x", "y", "z"], ["1", "2", "3"]]),  # no group has several names
        (["a", "a", "c"], [["x", "x", "z"], ["1", "2", "3"]]),  # two columns of one name
        (["a", "a", "c"], [["x", "y", "z"], ["u", "v", "w"]]),  # words below, which may be rows, too
        (["a", "a", "c"], [["1", "2", "z"], ["1", "2", "w"]]),
        (["1", "1", "c"], [["x", "y", "z"], ["1", "2", "w"]]),
        (["a", "a"], [["x", "y"]]),
    ],
)
def test_another_second_row_is_no_header(first: list[str], below: list[list[str]]) -> None:
    assert header_levels(first, below, FileKeys()) is None


def test_a_model_of_the_second_row_keeps_its_names(tmp_path: Path) -> None:
    path = written(tmp_path, "csv", index="pupil")
    assert list(read(path, model=("pre", "post", "pre.1")).columns) == ["0", "pre", "post", "pre.1", "passed"]
    assert list(read(path, model=("math pre", "read pre")).columns) == ["pupil", *NAMES]


def test_three_levels_are_one_name_too(tmp_path: Path) -> None:
    levels = pd.MultiIndex.from_product([["a", "b"], ["x"], ["p", "q"]])
    for order, names in (
        ((0, 1, 2), ["a x p", "a x q", "b x p", "b x q"]),
        ((0, 2, 1), ["a p x", "a q x", "b p x", "b q x"]),
    ):
        frame = pd.DataFrame([[1.5, 2, 3, 4], [5, 6, 7, 8]], columns=levels).reorder_levels(order, axis=1)
        frame["y", "", ""] = ["v", "w"]
        frame.to_csv(tmp_path / "my.csv")
        raw = read(tmp_path / "my.csv", target="y")
        assert (list(raw.columns), raw.rows) == (["0", *names, "y"], 2)
        assert raw.repairs == ("3 rows of names read as one header",)


def test_the_sheet_with_the_target_in_such_a_header_is_read(tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "my.xlsx") as book:
        pd.DataFrame({"a": [1, 2], "b": [3, 4]}).to_excel(book, sheet_name="Notes", index=False)
        pd.DataFrame(COLUMNS).rename_axis("pupil").to_excel(book, sheet_name="Marks")
    for target in ("passed", "out passed", "out"):
        assert list(read(tmp_path / "my.xlsx", target=target).columns) == ["pupil", *NAMES]
    assert list(read(tmp_path / "my.xlsx", target="b").columns) == ["a", "b"]
    assert list(read(tmp_path / "my.xlsx", model=("math pre",)).columns) == ["pupil", *NAMES]
