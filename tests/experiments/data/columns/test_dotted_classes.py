"""Dots come off the classes of a test file where that makes them the classes of the first one."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest

from experiments.data.columns.dotted_classes import without_dots
from experiments.data.raw_table import RawTable


@pytest.mark.parametrize(
    ("ours", "theirs", "read"),
    [
        (["<=50K", ">50K"], ["<=50K.", " >50K. "], ["<=50K", ">50K"]),
        (["<=50K", ">50K"], ["<=50K.", None], ["<=50K", None]),
        (["<=50K", ">50K"], ["<=50K.", "?"], ["<=50K", "?"]),
        (["a", "b"], ["a.", "b"], ["a.", "b"]),  # one has none
        (["a", "b"], ["a.", "c."], ["a.", "c."]),  # a class that the first file lacks
        (["a.", "b."], ["a.", "b."], ["a.", "b."]),
        (["a", "a."], ["a.", "a."], ["a.", "a."]),
        (["1", "2"], ["1.", "2."], ["1.", "2."]),  # numbers are read as such
        ([1, 2], ["1.", "2."], ["1.", "2."]),
    ],
)
def test_the_dots_come_off(ours: list[object], theirs: list[str], read: list[str]) -> None:
    first, test = (
        RawTable("mine", "mine.csv", {"y": pa.chunked_array([pa.array(column)])}) for column in (ours, theirs)
    )
    raw, changed = without_dots(first, test, "y")
    assert changed is not None
    assert [cell and cell.strip() for cell in changed.columns["y"].to_pylist()] == read
    said = "the classes of the test rows read without the dot at their end, as '<=50K'"
    assert raw.repairs == ((said,) if read != [cell and cell.strip() for cell in theirs] else ())


def test_without_a_test_file_nothing_is_done(sheet: Callable[..., RawTable]) -> None:
    raw = sheet(y=["a", "b"])
    assert without_dots(raw, None, "y") == (raw, None)
    assert without_dots(raw, sheet(z=["a."]), "y")[0] is raw
