"""A column's kind follows from its values; what is neither a number nor a category is refused with advice."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from experiments.data import column_types as kinds
from experiments.data.column_types import cleaned, is_category, read_category, read_number
from experiments.data.raw_table import RawTable
from experiments.data.texts import MISSING
from experiments.errors import DataError

Make = Callable[..., RawTable]
NAN = float("nan")


def test_numbers_are_read_to_the_last_bit(sheet: Make) -> None:
    for values, numbers in [
        (["1", "2.5", "-3e2", "+4", ".5", "6."], [1, 2.5, -300, 4, 0.5, 6]),
        ([" 1 ", "", "?", "NA", "nan", "NULL", "None", "n/a", "#N/A"], [1] + [NAN] * 8),
        (["0.1", "1e-320", "123456789.123456789"], [0.1, 1e-320, 123456789.123456789]),
        ([1, 1, None], [1, 1, NAN]),
        ([1.5, NAN, 2.0], [1.5, NAN, 2.0]),
        ([Decimal("1.25"), Decimal("2.50")], [1.25, 2.5]),
        ([2**62, 1, 1], [2.0**62, 1, 1]),
    ]:
        made = sheet(x=values)
        assert not is_category(made, "x")
        found = read_number(made, "x")
        assert found.dtype == np.float64
        np.testing.assert_array_equal(found, numbers)


def test_categories_are_texts(sheet: Make) -> None:
    for values, categories in [
        (["a", " b ", "", "a"], ["a", "b", None, "a"]),
        ([True, False, None], ["True", "False", None]),
        (["True", "False", "?"], ["True", "False", None]),
        (["1", "a", "b"], ["1", "a", "b"]),  # fewer than half are numbers
        (["😀", "<script>", "../"], ["😀", "<script>", "../"]),
        ([f"c{number % 15}" for number in range(60)], [f"c{number % 15}" for number in range(60)]),
    ]:
        made = sheet(x=values)
        assert is_category(made, "x")
        found = read_category(made, "x")
        assert [None if missing else value for value, missing in zip(found, found.isna(), strict=True)] == categories


def test_a_declared_category_is_one_whatever_it_holds(sheet: Make) -> None:
    made = sheet(declared=["x"], x=pa.chunked_array([pa.array(["1", "2", None, "1"]).dictionary_encode()]))
    assert is_category(made, "x")
    assert read_category(made, "x").tolist()[:2] == ["1", "2"]


def test_few_valued_whole_numbers_stay_numbers_unless_told(sheet: Make) -> None:
    made = sheet(x=["1", "2", "1"], z=[1, 2, 1], w=["a", "b", "a"])
    assert [is_category(made, name) for name in "xzw"] == [False, False, True]
    assert read_category(made, "z").tolist() == ["1", "2", "1"]


MANY = range(40)


def test_what_is_neither_is_refused_with_advice(sheet: Make) -> None:
    for values, message in [
        ([f"name {number}" for number in MANY], "40 different texts in 40 rows, such as 'name 0', .*data.drop"),
        ([str(number) for number in reversed(MANY)], "counts the rows from 0 to 39.*data.identifier"),
        ([number + 1000 for number in MANY], "counts the rows from 1000 to 1039"),
        ([number + 2**53 for number in MANY], "counts the rows from 9007199254740992 to 9007199254741031"),
        ([str(number + 2**53) for number in MANY], "counts the rows from 9007199254740992 to 9007199254741031"),
        ([number / 1.0 for number in MANY], "counts the rows from 0 to 39"),
        (["2026-01-31", "2026-02-01"], "holds dates such as '2026-01-31'; name it as data.time"),
        (["31.01.2026", "1.2.26"], "holds dates such as '31.01.2026'"),
        (["2026-01-31T12:00:00Z", ""], "holds dates"),
        ([datetime.date(2026, 1, 31)], "holds dates; name it as data.time"),
        (["7,4", "7", "6,25"], "numbers with commas such as '7,4'; write 7.4"),
        (["1,234,567"], "numbers with commas"),
        (["", "?", "NA"], "is empty in every row; name it in data.drop"),
        ([None, None], "is empty in every row"),
        ([b"bytes"], "holds values of type binary; name it in data.drop"),
    ]:
        with pytest.raises(DataError, match=rf"mine\.csv: column 'x' .*{message}"):
            is_category(sheet(x=values), "x")


def test_what_only_resembles_an_identifier_is_taken(sheet: Make) -> None:
    for values in [
        list(range(19)),  # too few rows to conclude anything
        [50, *range(39)],
        [*range(39), None],
        [f"c{number // 2}" for number in MANY],
        [number * 0.5 for number in MANY],
    ]:
        is_category(sheet(x=values), "x")


def test_a_value_that_is_no_usable_number_is_named(sheet: Make) -> None:
    for values, message in [
        (["1", "2", "12 kg"], "must hold numbers, but row 2 has '12 kg'; .*leave the cell empty"),
        (["1", "0x10", "3"], "row 1 has '0x10'"),
        (["1", "1,5", "3"], "row 1 has '1,5'"),
        (["1", "1_000", "3"], "row 1 has '1_000'"),
        (["1", "2", "inf"], "at most 1e.100, but row 2 has 'inf'"),
        (["1", "-Infinity"], "row 1 has '-Infinity'"),
        (["1e400", "2"], "row 0 has '1e400'"),
        ([1.0, -1e101], r"row 1 has -1e\+101"),
    ]:
        made = sheet(x=values)
        assert not is_category(made, "x")
        with pytest.raises(DataError, match=f"column 'x' .*{message}"):
            read_number(made, "x")


def test_a_category_is_a_name(sheet: Make) -> None:
    assert read_category(sheet(x=["a" * 200]), "x").tolist() == ["a" * 200]
    with pytest.raises(DataError, match=r"at most 200 characters, but row 1 has 'aaa.*data\.drop"):
        read_category(sheet(x=["b", "a" * 201]), "x")


def test_a_marker_is_missing(sheet: Make) -> None:
    for text in [*MISSING, *map(str.upper, MISSING), "  "]:
        assert sheet(x=[text, "a"]).columns["x"].to_pylist() == [None, "a"]


def test_a_small_dictionary_that_unpacks_to_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "LARGEST_FILE", 1000)
    packed = pa.DictionaryArray.from_arrays(pa.array([0] * 11, pa.int32()), pa.array(["a" * 100]))
    sheet = RawTable("mine", "mine.parquet", {"x": pa.chunked_array([packed])}, str)
    with pytest.raises(DataError, match="unpacks to 1100 bytes of text, but at most 1000"):
        cleaned(sheet, ["x"])
