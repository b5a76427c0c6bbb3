"""Columns get their roles by name or position; every other column is a feature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from experiments.config.data_options import DataSection
from experiments.data.columns.column_roles import refuse_two_roles
from experiments.data.raw_table import RawTable
from experiments.data.table_of import table_of
from experiments.errors import DataError

Make = Callable[..., RawTable]
COLUMNS: dict[str, list[Any]] = {
    "id": ["p", "q", "r"],
    "age": ["31", "", "50"],
    "city": ["a", "b", "a"],
    "who": ["u", "u", "v"],
    "when": ["3", "1", "2"],
    "weight": ["1", "2", "0"],
    "y": ["no", "yes", "no"],
}
ROLES = {"identifier": "id", "groups": "who", "time": "when", "weights": "weight", "target": "y"}


def data(**keys: Any) -> DataSection:
    return DataSection(source="mine.csv", **({"target": "y"} | keys))


def test_every_column_has_its_role(sheet: Make) -> None:
    table = table_of(sheet(**COLUMNS), data(**ROLES))
    assert (table.name, table.target_name, table.classes, table.own_test) == ("mine", "y", None, 0)
    assert (table.columns, table.kinds) == (("age", "city"), ("number", "category"))
    assert isinstance(table.features, pd.DataFrame)
    assert table.features["age"].tolist()[::2] == [31, 50]
    assert table.features["age"].isna().tolist() == [False, True, False]
    assert table.features["city"].tolist() == ["a", "b", "a"]
    assert table.target.tolist() == ["no", "yes", "no"]
    assert table.groups is not None
    assert table.time is not None
    assert table.weights is not None
    assert (table.groups.tolist(), table.time.tolist()) == (["u", "u", "v"], [3, 1, 2])
    assert table.weights.tolist() == [1, 2, 0]


def test_a_position_counts_from_either_end(sheet: Make) -> None:
    by_name = table_of(sheet(**COLUMNS), data(**ROLES, drop=("age",)))
    positions = {"identifier": 0, "groups": 3, "time": -3, "weights": -2, "target": -1}
    by_position = table_of(sheet(**COLUMNS), data(**positions, drop=(1,)))
    assert by_position.columns == by_name.columns == ("city",)
    assert by_position.target.tolist() == by_name.target.tolist()


def test_a_number_that_is_a_name_and_another_position_is_refused(sheet: Make) -> None:
    columns: dict[str, list[Any]] = {"Unnamed: 0": ["a", "b"], "0": ["1", "2"], "1": ["0", "1"], "2030": ["3", "4"]}
    with pytest.raises(DataError, match=r"1 is the name of one column and the position of another, '0'"):
        table_of(sheet(**columns), data(target=1))
    assert table_of(sheet(**columns), data(target="1")).target_name == "1"
    assert table_of(sheet(**columns), data(target=2030)).target_name == "2030"


def test_a_column_without_a_use_is_not_looked_at(sheet: Make) -> None:
    columns: dict[str, list[Any]] = {"bad": [None, b"x"], "a": ["1", "2"], "y": ["0", "1"]}
    raw = RawTable("mine", "mine.csv", sheet(**columns).columns, str)
    assert table_of(raw, data(drop=("bad",))).columns == ("a",)


def test_a_column_is_found_whatever_its_case_and_white_space(sheet: Make) -> None:
    table = table_of(sheet(**COLUMNS), data(target=" Y", identifier="ID", drop=("we ight", "city", 4)))
    assert (table.target_name, table.columns) == ("y", ("age", "who"))
    assert table.spelled == {" Y": "y", "ID": "id", "we ight": "weight"}


def test_a_column_that_could_be_two_is_refused_with_both(sheet: Make) -> None:
    two: dict[str, list[Any]] = {"Age": ["1", "2"], "AGE": ["3", "4"], "y": ["0", "1"]}
    assert table_of(sheet(**two), data(drop=("Age",))).columns == ("AGE",)
    with pytest.raises(DataError, match=r"has no column 'age' \(did you mean 'Age' or 'AGE'\?\)"):
        table_of(sheet(**two), data(drop=("age",)))


def test_a_beginning_that_no_other_column_has_is_taken_and_said(sheet: Make) -> None:
    first, other = "How often did you visit a doctor in the last twelve months, all in all?", "How often did you smoke?"
    columns = sheet(**{first: ["1", "2", "3"], other: ["4", "5", "6"], "Q5. Age": ["a", "a", "b"]})
    table = table_of(columns, data(target="Q5", drop=(f"{first[:30]}..",)))
    assert (table.target_name, table.columns) == ("Q5. Age", (other,))
    assert table.spelled == {"Q5": "Q5. Age", f"{first[:30]}..": first}
    assert table.reading is not None
    assert f"'{first[:30]}..' is taken for column '{first}'" in table.reading.notes
    assert "'Q5' is taken for column 'Q5. Age'" in table.reading.notes
    two = r"no column 'How often' \(but 2 that begin so: 'How .*'; type more of the name, or the position 0 or 1"
    with pytest.raises(DataError, match=two):
        table_of(columns, data(target="How often"))


def test_a_role_that_cannot_be_is_refused(sheet: Make) -> None:
    for keys, message in [
        ({"target": None}, 'as target = "COLUMN" in .data., or --target COLUMN beside --data; mine.csv has'),
        ({"target": "yy"}, "data.target: mine.csv has no column 'yy' \\(did you mean 'y'\\?\\); it has 'id', 'age'"),
        ({"target": 7}, "data.target: mine.csv has no column 7"),
        ({"target": -8}, "data.target: mine.csv has no column -8"),
        ({"drop": ("z",)}, "data.drop: mine.csv has no column 'z'"),
        (
            {"drop": ("q", 9), "time": "whn"},
            "data.time: .* 'whn' .*'when'.*; data.drop: .*'q'; data.drop: .* 9; it has",
        ),
        ({"drop": ("y",)}, "column 'y' is named in target and in drop"),
        ({"groups": "who", "time": "who"}, "column 'who' is named in groups and in time"),
        ({"drop": tuple(range(6))}, "needs features, but every column has another role.$"),
        ({"drop": ("id", "age", "city", "who", "weight"), "time": "when"}, "role; the time is no feature: add columns"),
    ]:
        with pytest.raises(DataError, match=message):
            table_of(sheet(**COLUMNS), data(**keys))


def test_an_unknown_column_of_a_file_read_without_a_header_is_refused_with_that_doubt(sheet: Make) -> None:
    note = "line 1 was read as data; --set data.header=true reads it as the header"
    raw = replace(sheet(**COLUMNS), notes=("separated by tabs", note))
    with pytest.raises(DataError, match=rf"has no column 'label'; it has 'id', .*'y'; {note}\.$"):
        table_of(raw, data(target="label"))
    with pytest.raises(DataError, match=rf"name the column to predict, .*'y'; {note}\.$"):
        table_of(raw, data(target=None))


def test_a_name_in_a_row_below_is_said_to_be_that_of_a_header(sheet: Make) -> None:
    columns: dict[str, list[Any]] = {"Sales": ["in 2026", "shop", "a"], "1": ["", " price", "5"], "2": [None, "7", "8"]}
    raw = replace(sheet(**columns), place=lambda row: f"row {row + 2} of the sheet")
    said = (
        r"has no column 'price' \(but row 3 of the sheet has that cell: if it is the header, --set data.skip=2 reads it"
    )
    with pytest.raises(DataError, match=said):
        table_of(raw, data(target="price"))
    for named, table in (("price", replace(raw, place="row {} (from 0)".format)), ("rice", raw)):
        with pytest.raises(DataError) as refused:
            table_of(table, data(target=named))
        assert "skip" not in str(refused.value)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"a": ["1"], "y": ["0"]}, "at least 2 rows, but it has 1"),
        ({"a": ["1", "2"], "y": ["b", "b"]}, "all 2 rows have 'b'"),
        ({"a": ["1", "2"], "y": ["1.5", "1.5"]}, "all 2 rows have '1.5'"),
        ({"a": ["1", "2"], "y": pa.array(["b", "b"]).dictionary_encode()}, "all 2 rows have 'b'"),
        ({"a": ["1", "2"], "y": [True, True]}, "all 2 rows have 'True'"),
    ],
)
def test_too_little_to_learn_from_is_refused(sheet: Make, columns: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        table_of(sheet(**columns), data())


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"target": "age, y"}, r"data.target: mine.csv has no column 'age, y' \(but 'age' and 'y': target is a single"),
        ({"drop": ("age,city",)}, r"no column 'age,city' \(but 'age' and 'city': name them one by one\)"),
        (
            {"target": "q"},
            r"no column 'q' \(but a row: its columns are to be rows, and its rows columns; pandas.read_csv",
        ),
    ],
)
def test_several_columns_in_one_name_and_the_name_of_a_row_are_told(
    keys: dict[str, Any], words: str, sheet: Make
) -> None:
    with pytest.raises(DataError, match=words):
        table_of(sheet(**COLUMNS), data(**keys))


def test_keys_that_go_together_may_name_one_column() -> None:
    refuse_two_roles(
        {"target": ("y",), "categories": ("y", "a"), "numbers": ("b",), "keep": ("a", "b"), "drop": ("c",)}
    )
    refuse_two_roles({})


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        (
            {"target": ("y",), "drop": ("Tax",), "numbers": ("age", "Tax")},
            "data: column 'Tax' is named in drop and in numbers; set data.numbers = [\"age\"] for data.drop to hold.",
        ),
        (
            {"drop": ("a",), "numbers": ("a",)},
            "data: column 'a' is named in drop and in numbers; remove data.numbers for data.drop to hold.",
        ),
        (
            {"target": ("y",), "groups": ("y",)},
            "data: column 'y' is named in target and in groups; leave only one of them.",
        ),
        (
            {"target": ("y",), "drop": ("y", "b"), "dates": ("b", *map(str, range(20)))},
            "data: column 'y' is named in target and in drop; set data.drop = [\"b\"] for data.target to hold; "
            "data: column 'b' is named in drop and in dates; take it out of data.dates for data.drop to hold.",
        ),
    ],
)
def test_every_column_with_two_roles_is_named_with_what_to_set(roles: dict[str, tuple[str, ...]], said: str) -> None:
    with pytest.raises(DataError) as caught:
        refuse_two_roles(roles)
    assert str(caught.value) == said
