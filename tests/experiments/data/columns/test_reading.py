"""How columns are read: what is left out, what is a missing number, and that the test rows have no say in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.config.data_options import DataSection
from experiments.data.raw_table import RawTable
from experiments.data.splits.development_rows import development_rows
from experiments.data.table import Table, TableReading
from experiments.data.table_of import table_of
from experiments.errors import DataError

Make = Callable[..., RawTable]
ROWS = 60
Y = [["no", "yes"][row % 2] for row in range(ROWS)]
NONE: dict[str, Any] = {"dates": (), "formats": {}, "keep": ()}
A = [f"{row % 23}.5" for row in range(ROWS)]


def data(**keys: Any) -> DataSection:
    return DataSection(source="mine.csv", **({"target": "y"} | keys))


def reading_of(table: Table) -> TableReading:
    assert table.reading is not None
    return table.reading


def left_out(table: Table) -> dict[str, str]:
    return {one.name: one.reason for one in reading_of(table).left_out}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([str(row) for row in range(ROWS)], "counts_rows"),
        ([f"person {row}" for row in range(ROWS)], "identifies_rows"),
        (["7"] * ROWS, "constant"),
    ],
)
def test_a_column_that_says_nothing_of_new_rows_is_left_out(values: list[Any], reason: str, sheet: Make) -> None:
    raw = sheet(x=values, a=A, y=Y)
    table = table_of(raw, data())
    assert (table.columns, left_out(table)) == (("a",), {"x": reason})
    assert reading_of(table).keys == {"drop": ("x",), "missing": (), "categories": (), "numbers": ("a",), **NONE}
    with pytest.raises(DataError, match=r"^mine\.csv: data\.strict .* column 'x' \(.*\) would be left out; "):
        table_of(raw, data(strict=True))


def test_a_name_tells_an_identifier(sheet: Make) -> None:
    shuffled = [str(1000 + 37 * (row * 17 % ROWS)) for row in range(ROWS)]
    for name in ("id", "ID", "customer_id", "PassengerId", "Unnamed: 0", "index", "Unique Key"):
        assert left_out(table_of(sheet(**{name: shuffled}, a=A, y=Y), data())) == {name: "identifies_rows"}
    assert left_out(table_of(replace(sheet(x=shuffled, a=A, y=Y), unnamed=frozenset({"x"})), data())) != {}
    for name in ("x", "paid", "acid", "valid", "key", "turkey"):
        assert left_out(table_of(sheet(**{name: shuffled}, a=A, y=Y), data())) == {}


def test_what_is_kept_is_a_feature(sheet: Make) -> None:
    raw = sheet(n=[str(row) for row in range(ROWS)], w=[f"p{row}" for row in range(ROWS)], a=A, y=Y)
    table = table_of(raw, data(keep=("n", "w")))
    assert dict(zip(table.columns, table.kinds, strict=True)) == {"n": "number", "w": "category", "a": "number"}
    assert left_out(table) == {}


@pytest.mark.parametrize("word", ["-", ".", "#DIV/0!", "missing", "Unknown", r"\N"])
def test_a_word_for_missing_among_numbers_is_missing(word: str, sheet: Make) -> None:
    few = [word if row % 9 == 0 else str(row % 5) for row in range(ROWS)]
    table = table_of(sheet(x=few, a=A, y=Y), data())
    assert (table.kinds, reading_of(table).missing) == (("number", "number"), (word,))
    assert isinstance(table.features, pd.DataFrame)
    assert table.features["x"].isna().sum() == len(range(0, ROWS, 9))


def test_a_word_for_missing_among_numbers_stays_a_category_elsewhere(sheet: Make) -> None:
    columns = {
        "x": ["unknown" if row % 9 == 0 else str(row % 5) for row in range(ROWS)],
        "c": ["unknown", "red", "blue"] * (ROWS // 3),
        "y": Y,
    }
    first = table_of(sheet(**columns), data())
    assert reading_of(first).keys["missing"] == ("unknown",)
    keys = {key: names for key, names in reading_of(first).keys.items() if names}
    for table in (
        first,
        table_of(sheet(**columns), data(**keys)),
        table_of(sheet(**columns), data(**keys, strict=True)),
    ):
        assert table.features["c"].tolist()[:3] == ["unknown", "red", "blue"]
        assert table.features["x"].isna().sum() == len(range(0, ROWS, 9))
        assert reading_of(table).unread == 0


def test_few_values_with_words_among_them_are_categories(sheet: Make) -> None:
    doors = ["2", "3", "4", "5more"] * (ROWS // 4)
    assert table_of(sheet(x=doors, a=A, y=Y), data()).kinds == ("category", "number")
    odd = [f"{row}.25" if row % 20 else "n.d." for row in range(ROWS)]
    assert reading_of(table_of(sheet(x=odd, a=A, y=Y), data())).missing == ("n.d.",)


@pytest.mark.parametrize(
    ("cells", "stray", "value", "others"),
    [
        ("${}.50", "0", 0.0, [str(row % 3) for row in range(ROWS)]),
        ("{}.5", "5%", np.nan, [f"{row % 7}%" for row in range(ROWS)]),
        ("{}.5", "5 kg", np.nan, [f"{row % 7} kg" for row in range(ROWS)]),
        ("{}.5", "2026-01-05", np.nan, [f"2026-01-{row % 28 + 1:02}" for row in range(ROWS)]),
    ],
)
def test_a_stray_number_is_missing_in_no_other_column(
    cells: str, stray: str, value: float, others: list[str], sheet: Make
) -> None:
    y = [f"{row % 31}.25" for row in range(ROWS)]
    plain = sheet(x=[cells.format(row) for row in range(ROWS)], o=others, y=y)
    row = int(development_rows(table_of(plain, data()), data())[3])
    made = sheet(x=[stray if at == row else cells.format(at) for at in range(ROWS)], o=others, y=y)
    table = table_of(made, data())
    assert reading_of(table).missing == ()
    features = pd.DataFrame(table.features, columns=list(table.columns))
    assert features["o"].notna().all()
    np.testing.assert_equal(features["x"][row], value)
    assert features["x"].isna().sum() == reading_of(table).unread == np.isnan(value)


def test_a_column_that_was_plain_beside_formats_stays_plain(sheet: Make) -> None:
    columns = {"t": ["823", "404.958", "12"] * 20, "d": ["1.823", "4.958", "2.125"] * 20, "y": Y}
    raw = replace(sheet(**columns), layout={"separator": ";"})
    first = table_of(raw, data())
    assert reading_of(first).formats == {"t": "1.234,5"}
    keys = {key: names for key, names in reading_of(first).keys.items() if names and key != "separator"}
    assert reading_of(table_of(raw, data(**keys))).formats == {"t": "1.234,5"}  # the study file has every format
    comma = sheet(**{**columns, "t": ["8,5", "7,5", "9,5"] * 20, "y": [f"{row % 29},25" for row in range(ROWS)]})
    table = table_of(comma, data(numbers=("t", "d")))
    assert reading_of(table).formats == {"y": "1234,5", "t": "1234,5", "d": "1.234,5"}


def test_the_points_of_weights_and_target_are_read_as_in_other_columns(sheet: Make) -> None:
    points = ["823", "404.958", "12"] * 20
    made = sheet(w=points, c=["8,5", "k.A.", "9,5"] * 20, a=A, y=[f"{value} €" for value in points])
    table = table_of(made, data(weights="w", missing=("k.A.",)))
    assert table.weights is not None
    assert table.weights[:3].tolist() == [823, 404958, 12]
    assert table.target[:3].tolist() == [823, 404958, 12]
    table = table_of(made, data(weights="w", missing=("k.A.",), formats={"c": "1234,5"}))
    assert table.weights is not None
    assert table.weights[:3].tolist() == [823, 404.958, 12]  # as the study file says that only c has a format


def test_rows_without_a_target_are_left_out(sheet: Make) -> None:
    some = ["" if row % 6 == 0 else value for row, value in enumerate(Y)]
    table = table_of(sheet(a=A, y=some), data())
    assert (len(table.target), reading_of(table).no_target) == (50, 10)
    assert np.asarray(table.features)[:2, 0].tolist() == [1.5, 2.5]
    with pytest.raises(DataError, match="is the target, but 40 of 60 rows have none"):
        table_of(sheet(a=A, y=["" if row % 3 else value for row, value in enumerate(Y)]), data())


def test_what_was_decided_is_decided_no_more(sheet: Make) -> None:
    columns = {
        "n": [str(row) for row in range(ROWS)],
        "c": ["red", "blue", ""] * (ROWS // 3),
        "x": ["-" if row % 9 == 0 else str(row % 5) for row in range(ROWS)],
        "p": [f"${row % 7 + 1},500" for row in range(ROWS)],
        "d": [f"{row % 28 + 1}.{row % 3 + 1}.2026" for row in range(ROWS)],
        "a": A,
        "y": Y,
    }
    first = table_of(sheet(**columns), data())
    keys = {key: names for key, names in reading_of(first).keys.items() if names}
    assert keys == {
        "drop": ("n",),
        "missing": ("-",),
        "categories": ("c",),
        "numbers": ("x", "p", "a"),
        "dates": ("d",),
        "formats": {"p": "$1,234.5", "d": "%d.%m.%Y"},
    }
    again = table_of(sheet(**columns), data(**keys))
    assert (again.columns, again.kinds, reading_of(again).keys) == (first.columns, first.kinds, reading_of(first).keys)
    pd.testing.assert_frame_equal(pd.DataFrame(again.features), pd.DataFrame(first.features))


GARBAGE: dict[str, str] = {
    "a": "many words",
    "c": "unheard of",
    "d": "2026-01-31",
    "e": "1",
    "n": "x",
    "p": "1,5 €",
    "t": "31/12/2026",
    "m": "n.d.",
    "s": "inf",
}


@pytest.mark.parametrize("column", GARBAGE)
def test_the_test_rows_have_no_say(column: str, sheet: Make) -> None:
    columns = {
        "a": A,
        "c": ["red", "blue", ""] * (ROWS // 3),
        "d": ["soon", "later"] * (ROWS // 2),
        "e": [""] * ROWS,
        "n": [str(row) for row in range(ROWS)],
        "p": [f"${row % 7 + 1},500" for row in range(ROWS)],
        "t": [f"{row % 3 + 1}/{row % 28 + 1}/2026" for row in range(ROWS)],
        "m": ["-" if row % 9 == 0 else str(row % 5) for row in range(ROWS)],
        "s": [f"{row % 4}.5" for row in range(ROWS)],
        "y": Y,
    }
    clean = table_of(sheet(**columns), data())
    rows = development_rows(clean, data())
    sealed = sorted(set(range(ROWS)) - set(rows.tolist()))
    assert len(sealed) == 12
    columns[column] = [GARBAGE[column] if row in sealed else value for row, value in enumerate(columns[column])]
    dirty = table_of(sheet(**columns), data())
    assert reading_of(dirty) == reading_of(clean)
    assert (dirty.columns, dirty.kinds) == (clean.columns, clean.kinds)
    ours, theirs = (pd.DataFrame(table.features, columns=list(table.columns)).iloc[rows] for table in (clean, dirty))
    pd.testing.assert_frame_equal(ours, theirs)
    assert reading_of(dirty).unread == (len(sealed) if column in "aptm" else 0)


def test_texts_and_lists_are_left_out_with_what_makes_features_of_them(sheet: Make) -> None:
    for cells, why in (
        ([f"a{row}|b|c" for row in range(ROWS)], "holds lists; give each of their values a column of its own"),
        (
            [f"{row}.5 ± 0.2" for row in range(ROWS)],
            "holds numbers with their errors; give each of both its own column",
        ),
        ([f"{row}.5(2)" for row in range(ROWS)], "holds numbers with their errors; give each of both its own column"),
        ([f"{row}/8" for row in range(ROWS)], "holds two numbers, as 120/80 does; give each of both its own column"),
        (
            [f"{row} x 7,5" for row in range(ROWS)],
            "holds two numbers, as 120/80 does; give each of both its own column",
        ),
        ([f"[{row}.5, 2]" for row in range(ROWS)], "holds lists; give each of their values a column of its own"),
        (
            [f"it came on day {row} and broke down" for row in range(ROWS)],
            "give what its texts say columns of their own, such ",
        ),
        ([f"Braund, Mr. Owen H. {row}" for row in range(ROWS)], None),
    ):
        detail = "" if why is None else f"differs in nearly every row.*{why}"
        with pytest.raises(DataError, match=rf"no column is left .*{detail}.*; {'name' if why is None else 'add'}"):
            table_of(sheet(x=cells, y=Y), data())


def test_columns_that_say_nothing_are_not_to_be_kept(sheet: Make) -> None:
    with pytest.raises(DataError, match=r"'x' \(always the same\); 'z' \(empty\); add columns in which rows differ\.$"):
        table_of(sheet(x=["1"] * ROWS, z=[""] * ROWS, y=Y), data())


def test_a_table_without_features_says_what_was_left_out(sheet: Make) -> None:
    with pytest.raises(DataError, match=r"no column is left as a feature, of 'x' \(counts the rows\); name"):
        table_of(sheet(x=[str(row) for row in range(ROWS)], y=Y), data())
    with pytest.raises(DataError, match=r"no column is left .*; to learn from the pictures that it names, put it in"):
        table_of(sheet(x=[f"pics/{row}.JPG" for row in range(ROWS)], y=Y), data())


def test_dates_whose_format_is_named_are_never_ambiguous(sheet: Make) -> None:
    days = ["01/02/2026", "03/04/2026"] * 10
    raw = sheet(day=days, y=["no", "yes"] * 10)
    with pytest.raises(DataError, match="the day could be the month"):
        table_of(raw, data())
    for form in ("%d/%m/%Y", "%m/%d/%Y"):
        assert reading_of(table_of(raw, data(formats={"day": form}))).formats == {"day": form}
