"""From a raw table to a table: target, features, and the rows of a test file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from experiments.config.data_options import DataSection
from experiments.data.raw_table import RawTable
from experiments.data.splits.development_rows import development_rows
from experiments.data.table import Table
from experiments.data.table_of import table_of
from experiments.errors import DataError

Make = Callable[..., RawTable]


def data(**keys: Any) -> DataSection:
    return DataSection(source="mine.csv", **({"target": "y"} | keys))


def test_numbers_alone_are_an_array(sheet: Make) -> None:
    table = table_of(sheet(a=["1", "2"], b=[3.0, 4.0], y=["0", "1"]), data())
    assert isinstance(table.features, np.ndarray)
    assert (table.features.dtype, table.features.tolist()) == (np.float64, [[1, 3], [2, 4]])
    assert table.features.flags.c_contiguous
    assert not table.features.flags.writeable
    assert not table.target.flags.writeable


def test_a_kind_can_be_told(sheet: Make) -> None:
    columns: dict[str, list[Any]] = {"a": ["1", "2"], "i": [*map(str, range(2))], "y": ["0", "1"]}
    table = table_of(sheet(**columns), data(categories=("a",)))
    assert table.kinds == ("category", "number")
    many: dict[str, list[Any]] = {"i": [*map(str, range(40))], "y": ["a", "b"] * 20}
    assert table_of(sheet(**many), data(numbers=("i",))).kinds == ("number",)
    with pytest.raises(DataError, match="counts the rows"):
        table_of(sheet(**many), data(strict=True))


def test_a_target_can_be_told_to_be_classes(sheet: Make) -> None:
    table = table_of(sheet(a=["1", "2", "3"], y=["7", "5", "7"]), data(categories=("y",)))
    assert (table.classes, table.target.tolist()) == (("5", "7"), [1, 0, 1])


def test_spellings_of_a_target_that_is_told_to_be_classes_stay(sheet: Make) -> None:
    assert table_of(sheet(a=["1", "2"], y=["yes", "Yes"]), data(categories=("y",))).classes == ("Yes", "yes")


def test_words_that_are_present_are_values_in_any_column() -> None:
    columns = {"a": ["NA", "EU", "nan"], "y": ["None", "mild", "mild"]}
    raw = RawTable("mine", "mine.csv", {name: pa.chunked_array([values]) for name, values in columns.items()})
    table = table_of(raw, data(present=("none", "NA")))
    assert table.features["a"].isna().tolist() == [False, False, True]
    assert (table.features["a"].tolist()[:2], table.target.tolist()) == (["NA", "EU"], columns["y"])
    with pytest.raises(
        DataError, match=r"all \d+ rows have 'mild'; name another column, or set data\.present = \[\"None\"\] if"
    ):
        table_of(raw, data())
    with pytest.raises(DataError, match=r"data\.present: 'EU' is never taken for missing, as \?, na, .* are; remove"):
        table_of(raw, data(present=("EU",)))


def test_a_test_sheet_comes_last_and_is_read_as_the_first(sheet: Make) -> None:
    mine = {"i": ["1", "2"], "a": ["1", "2"], "c": ["u", "2"], "y": ["0", "1"]}
    other = {"y": ["1"], "more": ["!"], "c": ["2"], "i": ["3"], "a": [""]}
    table = table_of(sheet(**mine), data(identifier="i"), sheet(**other))
    assert isinstance(table.features, pd.DataFrame)
    assert (table.own_test, table.columns, table.kinds) == (1, ("a", "c"), ("number", "category"))
    assert table.features["c"].tolist() == ["u", "2", "2"]
    assert table.features["a"].isna().tolist() == [False, False, True]
    assert table.target.tolist() == [0, 1, 1]


def test_a_test_sheet_that_does_not_fit_is_refused(sheet: Make) -> None:
    for other, message in [
        ({"a": ["1"], "y": ["1"]}, "data.test: mine.csv lacks 'i'"),
        (
            {"i": ["2"], "a": ["1"]},
            "lacks 'y', which mine.csv has; leave data.test out, and predict these rows by predict",
        ),
        ({"i": ["2"], "a": ["1"], "y": ["1"]}, "'i' is the identifier .*row 0 has '2'"),
        ({"i": ["3"], "a": ["x"], "y": ["1"]}, "'a' must hold numbers, but row 0 has 'x'"),
        ({"i": ["3"], "a": ["1"], "y": ["b"]}, "target 'y' must have the same type"),
        ({"i": ["3"], "a": ["1"], "y": [""]}, "is the target, but 1 of 1 rows have none"),
    ]:
        mine = {"i": ["1", "2"], "a": ["1", "2"], "y": ["0", "1"]}
        with pytest.raises(DataError, match=message):
            table_of(sheet(**mine), data(identifier="i", strict=True), sheet(**other))


def test_the_kinds_do_not_depend_on_the_test_sheet(sheet: Make) -> None:
    mine = {"a": ["1", "2"], "y": ["0", "1"]}

    def features(value: str) -> Table:
        return table_of(sheet(**mine), data(), sheet(a=[value], y=["1"]))

    one, other = features("3"), features("4e9")
    assert one.kinds == other.kinds
    np.testing.assert_array_equal(np.asarray(one.features)[:2], np.asarray(other.features)[:2])


Make = Callable[..., RawTable]


def test_classes_are_left_out_of_both_files(sheet: Make) -> None:
    rows = {"x": [row / 3 for row in range(40)], "y": ["a", "b", "rare", "b"] * 10}
    other = {"x": [100.5, 200.5, 300.5, 400.5], "y": ["a", "rare", "b", None]}
    table = table_of(sheet(**rows), data(drop_classes=("rare",)), sheet(**other))
    assert (len(table.target), table.own_test, set(table.target)) == (32, 2, {"a", "b"})
    assert np.asarray(table.features)[-2:, 0].tolist() == [100.5, 300.5]
    assert table.reading is not None
    assert (table.reading.no_target, table.reading.dropped) == (1, {"rare": 11})
    with pytest.raises(DataError, match=r"column 'y' has no class 'none'; it has 'a', 'b', 'rare'"):
        table_of(sheet(**rows), data(drop_classes=("none",)))


def test_rows_keep_their_numbers_where_others_are_left_out(sheet: Make) -> None:
    rows = {"x": [row / 3 for row in range(40)], "y": ["a", "b", None, "b", "rare"] * 8}
    other = {"x": [100.5, 200.5, 300.5], "y": ["rare", "b", "a"]}
    kept = [row for row in range(40) if row % 5 not in (2, 4)]
    assert table_of(sheet(**rows | {"y": ["a", "b"] * 20}), data()).numbers is None
    table = table_of(sheet(**rows), data(drop_classes=("rare",)))
    assert table.numbers is not None
    assert table.numbers.tolist() == kept
    both = table_of(sheet(**rows), data(drop_classes=("rare",)), sheet(**other))
    assert both.numbers is not None
    assert both.numbers.tolist() == [*kept, 41, 42]
    assert development_rows(table, data()).max() < len(kept)  # which are positions in the table


def test_a_strict_study_may_drop_classes_but_no_rows_without_a_target(sheet: Make) -> None:
    rows = {"x": [row / 3 for row in range(40)], "y": ["a", "b", "rare", "b"] * 10}
    assert len(table_of(sheet(**rows), data(drop_classes=("rare",), strict=True)).target) == 30
    with pytest.raises(DataError, match="1 rows without a target would be left out"):
        table_of(sheet(**rows | {"y": [None, *rows["y"][1:]]}), data(drop_classes=("rare",), strict=True))


def test_most_rows_may_be_of_dropped_classes(sheet: Make) -> None:
    rows = {"x": [row / 3 for row in range(40)], "y": ["a", "b", *["c"] * 6] * 5}
    table = table_of(sheet(**rows), data(drop_classes=("c",)))
    assert (len(table.target), set(table.target)) == (10, {"a", "b"})
    with pytest.raises(DataError, match=r"^data\.drop_classes: must leave two classes, but leaves no row of mine\.csv"):
        table_of(sheet(**rows), data(drop_classes=("a", "b", "c")))
    with pytest.raises(DataError, match=r"all 5 rows have 'a'; name another column, or fewer classes in data\.drop_c"):
        table_of(sheet(**rows), data(drop_classes=("b", "c")))
    lost = ["a", "b", *[None] * 6] * 4 + ["c"] * 8
    with pytest.raises(DataError, match="24 of 32 rows have none; name another column, or remove these rows to"):
        table_of(sheet(x=rows["x"], y=lost), data(drop_classes=("c",)))
    ticks = ["checked", "checked", None, "c"] * 10
    with pytest.raises(DataError, match=r"20 rows have 'checked'; name .*, or fill in the 10 empty cells if"):
        table_of(sheet(x=rows["x"], y=ticks), data(drop_classes=("c",)))


@pytest.mark.parametrize(
    ("x", "y", "features", "target"),
    [
        (["0,5", "1,5", "7,25"], ["457.592", "218.940", "823"], [0.5, 1.5, 7.25], [457592, 218940, 823]),
        (["0,5", "1,5", "7,25"], ["1,963", "2,204", "1,100"], [0.5, 1.5, 7.25], [1.963, 2.204, 1.1]),
        (["5", "1.500", "2.000"], ["1,9", "2,2", "1,1"], [5, 1500, 2000], [1.9, 2.2, 1.1]),
        (["5", "1.500", "2.000"], ["1.9", "2.2", "1.1"], [5, 1.5, 2], [1.9, 2.2, 1.1]),
    ],
)
def test_a_decimal_comma_holds_for_features_and_target(
    sheet: Make, x: list[str], y: list[str], features: list[float], target: list[float]
) -> None:
    table = table_of(sheet(x=x, z=["1.5"] * 3, y=y), data(drop=("z",)))
    assert np.asarray(table.features)[:, 0].tolist() == features
    assert table.target.tolist() == target


def test_a_word_that_is_named_as_missing_is_missing_in_a_target_of_few_numbers(sheet: Make) -> None:
    answers = ["1", "2", "k.A.", "3", "4", "5"]
    made = sheet(x=["1.5"] * 6, y=answers)
    assert table_of(made, data(missing=("k.A.",))).target.tolist() == [1, 2, 3, 4, 5]
    assert table_of(made, data()).target.tolist() == answers


def test_a_target_in_clothes_is_a_number_and_what_is_none_is_left_out(sheet: Make) -> None:
    prices = [f"${row},{row:03}" for row in range(1, 39)]
    table = table_of(sheet(x=[row / 3 for row in range(40)], y=[*prices, "-", ""]), data())
    assert (table.target[0], table.target.dtype.kind, len(table.target)) == (1001, "i", 38)
    assert table.reading is not None
    assert (table.reading.formats, table.reading.no_target) == ({"y": "$1,234.5"}, 2)
    numbers = [f"{row}.5" for row in range(38)]
    for words in (["inf", "-Infinity"], ["-", "missing"]):
        table = table_of(sheet(x=[row / 3 for row in range(40)], y=[*numbers, *words]), data())
        assert (len(table.target), table.target.max()) == (38, 37.5)
    with pytest.raises(DataError, match="is the target, but holds dates; name a column of numbers or classes"):
        table_of(sheet(x=[1.5] * 19 + [2.5] * 9, y=[f"2026-01-{day:02}" for day in range(1, 29)]), data())


def test_weights_with_a_decimal_comma_are_read_and_their_format_is_kept(sheet: Make) -> None:
    rows = {"x": [0.5, 1.5, 2.5], "w": ["0,5", "1", "2,25"], "y": ["a", "b", "a"]}
    table = table_of(sheet(**rows), data(weights="w"), sheet(**rows | {"w": ["1", "3", "2"]}))
    assert table.weights is not None
    assert table.weights.tolist() == [0.5, 1, 2.25, 1, 3, 2]
    assert table.reading is not None
    assert table.reading.keys["formats"] == {"w": "1234,5"}
    plain = table_of(sheet(**rows | {"w": ["1.5", "1", "2"]}), data(weights="w"))
    assert plain.reading is not None
    assert plain.reading.keys == {}
    named = table_of(sheet(**rows | {"w": ["1,500", "1", "2"]}), data(weights="w", formats={"W": "1,234.5"}))
    assert named.weights is not None
    assert named.weights.tolist() == [1500, 1, 2]


MANY = {"x": [row / 3 for row in range(40)], "y": ["a", "b"] * 20}


def test_a_note_names_the_columns_of_cells_that_do_not_fit(sheet: Make) -> None:
    size = ["5", *(f"{row}.5" for row in range(38)), "7"]
    for at in range(40):
        wrong = [*size[:at], "large", *size[at + 1 :]]
        table = table_of(sheet(**MANY, size=wrong), data(numbers=("size",), test_size=0.2))
        assert table.reading is not None
        note = f"cells that do not fit their column: 'size' ('large' in row {at}; expected numbers such as 1234.5)"
        is_development = at in development_rows(table, data(test_size=0.2))
        assert (table.reading.unread, table.reading.notes) == (1, (note,) if is_development else ())


@pytest.mark.parametrize(
    ("values", "keys", "said"),
    [
        (
            ["rot", "blau"],
            {"numbers": ("c",)},
            r"numbers such as 1234\.5, but none of its 40 cells fits: 'rot' in row 0",
        ),
        (["2026-01-31", "2026-02-01"], {"formats": {"c": "%m/%d/%Y"}}, "dates written as %m/%d/%Y, but none of its 40"),
        (["a", ""], {"dates": ("c",)}, "dates such as 2026-01-31, but none of its 20 cells fits"),
        (["1 kg", "2 kg"], {"formats": {"c": "1234.5 g"}}, "numbers written as 1234.5 g, but none of its 40 cells"),
    ],
)
def test_a_named_column_of_which_no_cell_fits_is_refused(
    sheet: Make, values: list[str], keys: dict[str, Any], said: str
) -> None:
    with pytest.raises(DataError, match=f"column 'c' must hold {said}.*; correct its format in data.formats, or its"):
        table_of(sheet(**MANY, c=values * 20), data(**keys))
    for fits in (["-", "unknown"], ["", ""]):  # all of it is missing
        assert "c" in table_of(sheet(**MANY, c=fits * 20), data(**keys)).columns


def test_a_test_file_decides_nothing_but_must_fit(sheet: Make) -> None:
    good = sheet(**MANY, c=["5", "6"] * 20)
    table = table_of(good, data(), sheet(**MANY, c=["5", "large"] * 20))
    assert table.reading is not None
    assert (table.own_test, table.columns, table.kinds) == (40, ("x", "c"), ("number", "number"))
    assert table.reading.unread == 20
    with pytest.raises(DataError, match=r"column 'c' must hold numbers such as .*none of its 40 cells fits"):
        table_of(good, data(), sheet(**MANY, c=["rot", "blau"] * 20))


def test_rows_without_a_time_are_left_out_and_counted(sheet: Make) -> None:
    columns: dict[str, list[Any]] = {"a": ["1", "2", "3", "4"], "y": ["0", "1", "", "1"]}
    days = ["2026-01-02", None, "2026-01-01", "2026-01-05"]
    table = table_of(sheet(**columns, day=days), data(time="day"))
    assert table.features.tolist() == [[1], [4]]
    assert (table.numbers.tolist(), len(table.time), len(table.cells)) == ([0, 3], 2, 2)
    assert table.reading.no_target == 1
    assert table.reading.notes[-1] == "1 row without a time in 'day' left out, the first in row 1"
    with pytest.raises(DataError, match="column 'day' is the time, but row 1 is empty"):
        table_of(sheet(**columns, day=days), data(time="day", strict=True))
    with pytest.raises(DataError, match="is the time, but 2 of 3 rows have none; name another column"):
        table_of(sheet(**columns, day=[None, None, None, days[0]]), data(time="day"))


def test_rows_without_a_part_of_a_time_are_left_out(sheet: Make) -> None:
    parts = {"year": ["2026", "2025", None, "2026"], "month": ["2", "11", "3", "-"]}
    table = table_of(sheet(a=["1", "2", "3", "4"], y=["0", "1", "0", "1"], **parts), data(time=("year", "month")))
    assert (table.features.tolist(), np.argsort(table.time).tolist()) == ([[1], [2]], [1, 0])
    assert table.reading.notes[-2:] == (
        "1 row without a time in 'year' left out, the first in row 2",
        "1 row without a time in 'month' left out, the first in row 3",
    )


@pytest.mark.parametrize("word", ["-", "Unknown", "0000-00-00", "later"])
def test_a_word_for_a_missing_time_is_none(word: str, sheet: Make) -> None:
    columns: dict[str, list[Any]] = {"a": ["1", "2", "3"], "y": ["0", "1", "1"]}
    table = table_of(sheet(**columns, day=["2026-01-02", word, "2026-01-01"]), data(time="day", missing=("later",)))
    assert table.features.tolist() == [[1], [3]]


def test_so_are_those_of_a_test_file(sheet: Make) -> None:
    columns: dict[str, list[Any]] = {"a": ["1", "2", "3", "4"], "y": ["0", "1", "1", "0"]}
    rows = sheet(**columns, day=["1", "2", "3", "4"])
    table = table_of(rows, data(time="day"), sheet(**columns, day=["5", "6", None, "8"]))
    assert (len(table.time), table.own_test) == (7, 3)
    assert table.reading.no_target == 0
    assert table.reading.notes[-1] == "1 row without a time in 'day' left out, the first in row 2"


def test_a_target_of_ticks_is_refused_with_what_makes_two_classes_of_it(sheet: Make) -> None:
    ticks = sheet(a=[str(row) for row in range(30)], y=["x" if row % 3 == 0 else "" for row in range(30)])
    with pytest.raises(
        DataError, match="20 of 30 rows have none; name another column, or fill in the empty cells if thes"
    ):
        table_of(ticks, data(target="y"))
