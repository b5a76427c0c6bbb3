"""New rows whose columns are not what their names say are refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.data.new_data.new_rows import frame_rows, read_rows
from experiments.data.new_data.row_format import RowFormat
from experiments.errors import DataError


def test_numbers_with_the_other_decimal_mark_are_refused(tmp_path: Path) -> None:
    form = RowFormat([("price", "number")], formats={"price": "1.234,5"})
    (tmp_path / "new.csv").write_text("price\n246.010\n246.01\n")
    with pytest.raises(DataError, match=r"but '246\.01' in line 3 has the other decimal mark; write the column so"):
        list(read_rows(tmp_path / "new.csv", form, 10).chunks)


def test_columns_of_one_name_in_a_frame_must_be_the_same() -> None:
    frame = pd.DataFrame({"a": [1.5, 2.5], "b": [3.5, 4.5]})
    form = RowFormat([("a", "number"), ("b", "number")])
    same = pd.concat([frame, frame[["a"]]], axis=1)
    assert pd.concat(frame_rows(same, form, 10))["a"].tolist() == [1.5, 2.5]
    other = pd.concat([frame[["a"]] * 100, frame], axis=1)
    with pytest.raises(DataError, match="several columns are named 'a', with different values; rename them"):
        list(frame_rows(other, form, 10))


def test_bytes_cannot_name_the_rows(tmp_path: Path) -> None:
    pd.DataFrame({"0": [1.5], "1": [2.5], "by": [b"ab\xff"]}).to_parquet(tmp_path / "new.parquet")
    with pytest.raises(DataError, match="column 'by' cannot name the rows, as its cells are no texts; name another"):
        read_rows(tmp_path / "new.parquet", RowFormat([("0", "number"), ("1", "number")]), 10, keep=("by",))
