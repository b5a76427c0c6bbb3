"""A last line with a single text is a row wherever the text may be a value, whatever the other rows are."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.data.new_data.last_rows import holds_row
from experiments.data.new_data.new_rows import read_rows
from experiments.data.new_data.row_format import RowFormat

FORM = RowFormat(
    [("city", "category"), ("rare", "category"), ("age", "number"), ("price", "number"), ("day", "date")],
    formats={"price": "$1,234.5", "day": "%d.%m.%Y"},
    missing=["n.k."],
    identifiers=("id",),
    categories={"city": frozenset({"Rome", "Oslo", "Bonn"})},
)


@pytest.mark.parametrize(
    ("first", "text", "whole", "short"),
    [
        ("city", "Oslo", True, True),
        (" City", "Oslo", True, True),
        ("city", "Paris", True, False),  # a city that is new, but no line of a single cell
        ("rare", "Paris", True, True),  # which values were rare is not known
        ("id", "Total", True, True),
        ("ID", "Total", True, True),
        ("age", "Source: us", False, False),
        ("age", "n.k.", True, True),
        ("age", "-", True, True),
        ("price", "$1,390", True, True),
        ("price", "1390 kg", False, False),
        ("day", "31.01.2026", True, True),
        ("day", "as of January", False, False),
        ("comment", "as of January", True, False),
    ],
)
def test_a_text_that_may_be_a_value_is_a_row(first: str, text: str, whole: bool, short: bool) -> None:
    assert (holds_row(FORM, first, text, False), holds_row(FORM, first, text, True)) == (whole, short)


def test_a_pixel_is_no_text() -> None:
    assert not holds_row(RowFormat([("0", "pixel")]), "0", "end", False)


INPUTS = RowFormat(
    [("city", "category"), ("a", "number"), ("b", "number")], categories={"city": frozenset({"Rome", "Oslo", "Bonn"})}
)
HEAD = [["Rome", "1", "2"], ["Oslo", "", ""], ["Rome", "", ""], ["Bonn", "3", "4"], ["Oslo", "5", "6"]]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize(
    ("last", "gone"),
    [
        ([["Bonn", "", ""]], 0),
        ([["Bonn", "", ""], ["Rome", "", ""], ["Oslo", "", ""]], 0),
        ([["Paris", "", ""]], 0),
        ([["Total", "9", "12"]], 0),
        ([["Bonn", "", ""], ["", "", ""]], 1),
    ],
)
def test_a_row_is_predicted_whatever_the_rows_above_it_are(
    tmp_path: Path, ending: str, last: list[list[str]], gone: int
) -> None:
    for above in (HEAD, HEAD[:1]):
        frame = pd.DataFrame([*above, *last], columns=["city", "a", "b"])
        path = tmp_path / f"new{ending}"
        if ending == ".csv":
            frame.to_csv(path, index=False)
        else:
            frame.to_excel(path, index=False)
        rows = read_rows(path, INPUTS, 10)
        found = pd.concat(rows.chunks)["city"].tolist()
        assert found == [city for city, _, _ in [*above, *last]][: len(above) + len(last) - gone]


def test_a_footer_of_new_rows_is_left_out_and_said(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text("city,a,b\nRome,1,2\nOslo,,\nSource: us\n")
    rows = read_rows(path, INPUTS, 10)
    assert rows.notes == ("1 row below the table left out ('Source: us')",)
    assert pd.concat(rows.chunks)["city"].tolist() == ["Rome", "Oslo"]
    path.write_text("a,city,b\n1,Rome,2\n2,Oslo,\nSource: us,,\n")
    assert len(pd.concat(read_rows(path, INPUTS, 10).chunks)) == 2


def test_columns_that_are_kept_name_rows_too(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text("order,city,a,b\nA7,Rome,1,2\nA8,Oslo,,\nA9,,,\n")
    for keep in ((), ("order",)):
        assert len(pd.concat(read_rows(path, INPUTS, 10, keep=keep).chunks)) == 3
