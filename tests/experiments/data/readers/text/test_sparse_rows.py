"""Files of positions and numbers are refused with what makes a table of them; other lines with colons are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.table_file import read_table
from experiments.errors import DataError


@pytest.mark.parametrize("lines", ["+1 1:0.5 2:1e-3\n-1 2:3 7:1 9:2\n", "0,2 0:1 4:2 # a\n", "3 qid:1 1:1 2:0\t\n"])
def test_positions_before_numbers_are_refused(lines: str, tmp_path: Path) -> None:
    (path := tmp_path / "a9a.txt").write_text(lines * 3)
    with pytest.raises(DataError, match=r"positions before their numbers, as '.*'; make it \.npz by python -c 'import"):
        read_table(path, FileKeys())


def test_times_of_day_are_cells(tmp_path: Path) -> None:
    (path := tmp_path / "bus.txt").write_text("1 12:30 9:45\n2 8:15 13:05\n3 7:00 6:10\n")
    assert read_table(path, FileKeys()).rows == 3
