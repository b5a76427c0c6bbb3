"""Rows for a model that knows its columns by position, as its own table had no header."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.data.new_data.new_rows import read_rows
from experiments.data.new_data.row_format import Inputs, RowFormat
from experiments.errors import DataError

POSITIONS: Inputs = [("0", "number"), ("1", "number")]


def values(path: Path, text: str, form: RowFormat) -> list[list[Any]]:
    path.write_text(text)
    (chunk,) = read_rows(path, form, 10).chunks
    rows: list[list[Any]] = chunk.to_numpy().tolist()
    return rows


def test_rows_without_a_header_are_taken_by_position(tmp_path: Path) -> None:
    form = RowFormat(POSITIONS)
    assert values(tmp_path / "new.csv", "1,2,9\n3,4,9\n", form) == [[1, 2], [3, 4]]
    assert values(tmp_path / "new.csv", "0,1\n3,4\n", form) == [[3, 4]]


def test_they_may_hold_words_and_a_target_before_the_inputs(tmp_path: Path) -> None:
    form = RowFormat([("1", "number"), ("2", "category")])
    assert values(tmp_path / "new.csv", "yes,1,red\nno,3,blue\n", form) == [[1, "red"], [3, "blue"]]


def test_they_may_lack_the_target(tmp_path: Path) -> None:
    form = RowFormat([("0", "number"), ("2", "number")], target="1")
    assert values(tmp_path / "bare.csv", "1,2\n3,4\n", form) == [[1, 2], [3, 4]]
    assert values(tmp_path / "bare.csv", "1,y,2\n3,n,4\n", form) == [[1, 2], [3, 4]]


def test_a_header_of_other_names_is_no_row(tmp_path: Path) -> None:
    form = RowFormat([("0", "number"), ("2", "number")], target="1")
    for text in ("length,width\n1,2\n3,4\n", "length,kind,width\n1,0,2\n3,1,4\n"):
        assert values(tmp_path / "new.csv", text, form) == [[1, 2], [3, 4]]
    said = "line 1 was read as the header; --set data.header=false reads it as data"
    assert read_rows(tmp_path / "new.csv", form, 10).notes == (
        said,
        "by position, 'length', 'width' are taken for '0', '2'",
    )
    with pytest.raises(DataError, match="must have every column of the model, but lacks '2'; it has '0'"):
        values(tmp_path / "new.csv", "length\n1\n", form)


def test_truth_values_of_an_array_are_numbers_to_a_model_of_numbers(tmp_path: Path) -> None:
    np.save(tmp_path / "new.npy", np.array([[True, False], [False, True]]))
    (chunk,) = read_rows(tmp_path / "new.npy", RowFormat(POSITIONS), 10).chunks
    assert chunk.to_numpy().tolist() == [[1, 0], [0, 1]]


def test_columns_of_a_file_with_types_are_named_where_they_are_taken_by_position(tmp_path: Path) -> None:
    pd.DataFrame({"id": [7], "length": [1], "width": [2]}).to_json(tmp_path / "new.json", orient="records")
    rows = read_rows(tmp_path / "new.json", RowFormat(POSITIONS, target="2"), 10)
    assert rows.notes == ("by position, 'id', 'length' are taken for '0', '1'",)
    (tmp_path / "bare.csv").write_text("1,2\n3,4\n")
    assert read_rows(tmp_path / "bare.csv", RowFormat(POSITIONS, target="2"), 10).notes == ()
