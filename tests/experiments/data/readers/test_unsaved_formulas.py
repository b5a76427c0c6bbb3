"""Columns that are empty as nobody saved the values of their formulas are pointed out."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from experiments.config.data_options import DataSection
from experiments.data.load import load_table
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.table_file import read_table
from experiments.errors import DataError

SAID = "there are only formulas in 'pay', as their values were not saved; open the file in a spreadsheet and save it"


def written(tmp_path: Path, formula: str | None) -> Path:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["title"])
    book.worksheets[0].append(["hours", "pay", "y"])
    for row in range(8):
        book.worksheets[0].append([row * row % 5, formula, "ab"[row % 2]])
    book.save(tmp_path / "my.xlsx")
    return tmp_path / "my.xlsx"


def test_formulas_without_values_are_pointed_out(tmp_path: Path) -> None:
    assert SAID in read_table(written(tmp_path, "=A3*2"), FileKeys(target="y")).notes
    assert read_table(written(tmp_path, None), FileKeys(target="y")).notes == ()


def test_a_target_of_formulas_without_values_is_refused_with_the_reason(tmp_path: Path) -> None:
    for formula, more in (("=A3*2", f"; {SAID}"), (None, "")):
        with pytest.raises(DataError) as refused:
            load_table(DataSection(source=str(written(tmp_path, formula)), target="pay"), {})
        assert str(refused.value).endswith(f"8 of 8 rows have none; name another column{more}.")
