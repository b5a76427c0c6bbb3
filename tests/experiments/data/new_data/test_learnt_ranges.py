"""Numbers and dates far outside those that a model learnt from are counted, and the farthest is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.data.new_data.cell_notes import CellNotes
from experiments.data.new_data.learnt_ranges import OutsideRanges
from experiments.data.new_data.new_rows import frame_rows, read_rows
from experiments.data.new_data.row_format import Ranges, RowFormat, ranges_of
from experiments.data.table import Table
from experiments.errors import DataError
from experiments.evaluation.final_model.model import read_model, write_model
from support.models import mixed_model

FORM = RowFormat(
    [("day", "date"), ("price", "number"), ("shop", "category")],
    formats={"day": "%d.%m.%Y"},
    ranges={"price": (5.0, 25.0), "day": (18993.0, 19358.0)},  # of the year 2022
)


def test_a_file_with_values_far_outside_is_read_and_they_are_named(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text("day,price,shop\n01.03.2022,1200,a\n01.02.2031,1,b\n,990,b\n01.02.1990,30.1,b\n", encoding="utf-8")
    rows = read_rows(path, FORM, 2)
    assert len(pd.concat(rows.chunks)) == 4
    assert rows.cells.lines() == [
        "5 cells are far outside what the model learnt from (rows count from 0): day (2 cells, farthest 01.02.1990 in "
        "row 3; learnt from 01.01.2022 to 01.01.2023), price (3 cells, farthest 1200 in row 0; learnt from 5 to 25)"
    ]


def test_of_rows_in_memory_too() -> None:
    cells = CellNotes(FORM)
    rows = pd.DataFrame({"day": ["01.03.2022"], "price": [-900.5], "shop": ["a"]})
    assert len(list(frame_rows(rows, FORM, 10, cells))) == 1
    assert cells.lines() == [
        "1 cell is far outside what the model learnt from (rows count from 0): price (-900.5 in row 0; learnt from 5 "
        "to 25)"
    ]


def test_values_a_little_outside_and_missing_ones_are_no_news() -> None:
    near = pd.DataFrame({"day": [18960.0, 19390.0], "price": [0.1, 29.9], "shop": ["a", "b"]})
    ranges = OutsideRanges(FORM.ranges, dict(FORM.inputs), FORM.formats)
    ranges.look_at(near)
    ranges.look_at(near.assign(day=np.nan, price=np.nan))
    assert ranges.lines() == []


def test_three_columns_are_named_and_the_others_counted() -> None:
    names = list("abcde")
    ranges = OutsideRanges(dict.fromkeys(names, (0.0, 1.0)), dict.fromkeys(names, "number"), {})
    ranges.look_at(pd.DataFrame({name: [9.0] for name in names}))
    (line,) = ranges.lines()
    assert line.endswith("c (9 in row 0; learnt from 0 to 1) and 2 more columns")


def test_ranges_are_of_the_rows_to_learn_from() -> None:
    frame = pd.DataFrame({"day": [3.0, np.nan, 1.0], "x": [np.nan] * 3, "shop": list("aba"), "y": [2.0, 2.0, 2.0]})
    kinds = ("date", "number", "category", "number")
    table = Table("t", frame, kinds, tuple(frame), np.arange(3), "y", None)
    assert ranges_of(table) == {"day": (1.0, 3.0), "y": (2.0, 2.0)}
    assert ranges_of(Table("t", np.ones((3, 1)), ("pixel",), ("0",), np.arange(3), "y", None)) == {}


def test_they_go_with_a_model_and_a_model_without_them_is_read(tmp_path: Path) -> None:
    model = mixed_model(())
    for ranges in ({}, {"age": (1.5, 8.0)}):
        write_model(replace(model, rows=replace(model.rows, ranges=ranges)), tmp_path)
        assert read_model(tmp_path).rows.ranges == ranges


@pytest.mark.parametrize("ranges", [{"colour": (0.0, 1.0)}, {"age": (2.0, 1.0)}, {"gone": (0.0, 1.0)}])
def test_impossible_ranges_are_refused(tmp_path: Path, ranges: Ranges) -> None:
    model = mixed_model(())
    write_model(replace(model, rows=replace(model.rows, ranges=ranges)), tmp_path)
    with pytest.raises(DataError, match="has ranges of its own numbers and dates"):
        read_model(tmp_path)


def test_days_that_no_date_has_are_refused(tmp_path: Path) -> None:
    model = mixed_model(())
    name = model.rows.names[0]
    inputs = [(each, "date" if each == name else kind) for each, kind in model.rows.inputs]
    write_model(replace(model, rows=replace(model.rows, inputs=inputs, ranges={name: (0.0, 1e9)})), tmp_path)
    with pytest.raises(DataError, match="has ranges of its own numbers and dates"):
        read_model(tmp_path)
