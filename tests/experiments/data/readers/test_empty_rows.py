"""Empty rows between others are counted for new rows, whose predictions are fewer than the lines of the file."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from experiments.data.new_data.new_rows import read_rows
from experiments.data.new_data.row_format import RowFormat

FORM = RowFormat([("age", "number"), ("height", "number")])


def notes_of(path: Path, rows: int) -> tuple[str, ...]:
    new = read_rows(path, FORM, 10)
    assert sum(len(chunk) for chunk in new.chunks) == rows
    return new.notes


@pytest.mark.parametrize(
    ("text", "rows", "said"),
    [
        ("age,height\n1,2\n\n3,4\n", 2, "1 empty line between others left out, line 3; it has no prediction"),
        ("\nage,height\n\n1,2\n\n\n3,4\n5,6\n\n", 3, "2 empty lines between others left out, the first of them line 5"),
        ('age,height,word\n1,2,"a\n\nb"\n3,4,c\n', 2, ""),
        ("age,height\n1,2\n,\n3,4\n\n\nsource: us\n", 3, ""),
    ],
)
def test_empty_lines_of_a_text(text: str, rows: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text(text)
    found = [note for note in notes_of(tmp_path / "new.csv", rows) if "between" in note]
    assert len(found) == bool(said)
    assert all(note.startswith(said) for note in found)


def test_empty_rows_of_a_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["age", "height"], [1, 2], [], [3, 4], [], [], [5, 6], []):
        sheet.append(row)
    book.save(tmp_path / "new.xlsx")
    assert notes_of(tmp_path / "new.xlsx", 3) == (
        "3 empty rows between others left out, the first of them row 3; they have no prediction",
    )
