"""Cells as numbers, and what of them is missing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from experiments.data.formats import column_types as kinds
from experiments.data.formats.column_types import cleaned, lenient_numbers, read_number
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
        for found in (read_number(sheet(x=values), "x"), lenient_numbers(sheet(x=values), "x")[0]):
            assert found.dtype == np.float64
            np.testing.assert_array_equal(found, numbers)


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
        with pytest.raises(DataError, match=f"column 'x' .*{message}"):
            read_number(sheet(x=values), "x")


def test_a_value_that_is_no_usable_number_may_be_missing(sheet: Make) -> None:
    for values, numbers, counts in [
        (["1", "2", "12 kg"], [1, 2, NAN], (1, 0)),
        (["1", "inf", "-Infinity", "1e400"], [1, NAN, NAN, NAN], (0, 3)),
        ([1.0, -1e101], [1, NAN], (0, 1)),
        ([b"1"], [NAN], (0, 0)),
    ]:
        found, *unread_and_large = lenient_numbers(sheet(x=values), "x")
        np.testing.assert_array_equal(found, numbers)
        assert tuple(unread_and_large) == counts


def test_a_marker_is_missing(sheet: Make) -> None:
    for text in [*MISSING, *map(str.upper, MISSING), "  "]:
        assert sheet(x=[text, "a"]).columns["x"].to_pylist() == [None, "a"]


def test_a_small_dictionary_that_unpacks_to_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "LARGEST_FILE", 1000)
    packed = pa.DictionaryArray.from_arrays(pa.array([0] * 11, pa.int32()), pa.array(["a" * 100]))
    sheet = RawTable("mine", "mine.parquet", {"x": pa.chunked_array([packed])}, str)
    with pytest.raises(DataError, match="unpacks to 1100 bytes of text, but at most 1000"):
        cleaned(sheet, ["x"])
