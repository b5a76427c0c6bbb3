"""A share of 1 is not read as a per cent, whatever file it comes from; what can only be per cents is read."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from experiments.data.new_rows import frame_rows, read_rows
from experiments.data.row_format import RowFormat
from experiments.errors import DataError

FORM = RowFormat([("share", "number")], formats={"share": "1234.5%"})


def workbook(path: Path, cells: list[float]) -> Path:
    """A workbook whose cells Excel shows as 27.3 % and the like."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["share"])
    for cell in cells:
        book.active.append([cell])
    for (one,) in book.active.iter_rows(min_row=2):
        one.number_format = "0.0%"
    book.save(path)
    return path


def test_the_percents_of_a_workbook_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "new.xlsx", [0.0, 0.273, 1.0])
    with pytest.raises(DataError) as refused:
        list(read_rows(path, FORM, 10).chunks)
    assert str(refused.value) == (
        f"{path}: column 'share' must hold numbers written as 1234.5%, but 0.273 in row 3 of the sheet has no %, and "
        "could be a share of 1; write the column with it, such as '27.3%'."
    )


@pytest.mark.parametrize(
    "cells",
    [
        [0.0, 0.5],
        np.float16([0, 0.5]),
        [Decimal("0"), Decimal("0.5")],
        ["0", "0.5"],
        ["0.0", " 0.5 "],
        ["27.3%", "0.5"],
    ],
)
def test_shares_of_1_are_refused_whatever_they_are(cells: Any, tmp_path: Path) -> None:
    frame = pd.DataFrame({"share": cells})
    with pytest.raises(DataError, match=r"column 'share' must hold .* but 0\.5 in row 1 .* has no %"):
        list(frame_rows(frame, FORM, 10))
    frame.to_csv(tmp_path / "new.csv", index=False)
    with pytest.raises(DataError, match=r"column 'share' must hold .* but '?0\.5'? in line 3 has no %"):
        list(read_rows(tmp_path / "new.csv", FORM, 1).chunks)


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["27.3%", "0"], [27.3, 0.0]),
        ([27.3, 0.5], [27.3, 0.5]),
        (np.float16([27.5, 0.5]), [27.5, 0.5]),
        ([0, 0], [0.0, 0.0]),
        (["0.273%"], [0.273]),
        (["27.3%", "60", "0.5"], [27.3, 60.0, 0.5]),
    ],
)
def test_percents_are_read(cells: Any, read: list[float]) -> None:
    (chunk,) = frame_rows(pd.DataFrame({"share": cells}), FORM, 10)
    assert chunk["share"].tolist() == read


def test_other_units_need_no_sign() -> None:
    form = RowFormat([("share", "number")], formats={"share": "1234.5 kg"})
    (chunk,) = frame_rows(pd.DataFrame({"share": [0.25]}), form, 10)
    assert chunk["share"].tolist() == [0.25]
