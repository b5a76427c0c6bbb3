"""Cells of development rows as texts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from experiments.data.table import Table
from experiments.evaluation.analysis.row_values import mistake_values
from experiments.evaluation.records.analysis_record import MistakeValues, PermutationRecord, PermutedColumn

FRAME = pd.DataFrame(
    {
        "area": [103.25, np.nan, 1234567.0],
        "town": ["Ulm\t\u202e", None, "x" * 50],
        "built": [0.0, 9131.5, np.nan],
        "opens": [0.25, 0.5, np.nan],
    }
)
TABLE = Table("t", FRAME, ("number", "category", "date", "date"), tuple(FRAME), np.zeros(3), "y", None)


def permuted(*names: str) -> PermutationRecord:
    columns = tuple(PermutedColumn(name=name, position=0, drop=0.1, deviation=None) for name in names)
    return PermutationRecord(metric="r2", rows=3, repeats=1, baseline=0.5, columns=columns)


def test_cells_are_written_as_people_do_and_long_texts_are_cut() -> None:
    assert mistake_values(TABLE, [2, 0, 1], None) == MistakeValues(
        columns=("area", "town", "built", "opens"),
        rows=(
            ("1.23457e+06", f"{'x' * 40}...", "missing", "missing"),
            ("103.25", "Ulm \\u202e", "1970-01-01", "06:00:00"),
            ("missing", "missing", "1995-01-01 12:00:00", "12:00:00"),
        ),
    )


def test_the_columns_that_matter_most_come_first() -> None:
    found = mistake_values(TABLE, [0], permuted("opens", "another", "town"))
    assert found is not None
    assert found.columns == ("opens", "town", "area", "built")
    many = np.arange(20.0).reshape(2, 10)
    names = tuple(f"c{at}" for at in range(10))
    table = Table("t", many, ("number",) * 10, names, np.zeros(2), "y", None)
    found = mistake_values(table, [1], permuted("c7"))
    assert found == MistakeValues(
        columns=("c7", "c0", "c1", "c2", "c3", "c4"), rows=(("17", "10", "11", "12", "13", "14"),)
    )


def test_pictures_and_no_rows_have_none() -> None:
    pixels = replace(TABLE, features=np.zeros((3, 4)), kinds=("pixel",) * 4, columns=("a", "b", "c", "d"))
    assert mistake_values(pixels, [0], None) is None
    assert mistake_values(TABLE, [], None) is None


def test_pictures_have_their_files() -> None:
    pixels = replace(TABLE, features=np.zeros((3, 4)), kinds=("pixel",) * 4, columns=("a", "b", "c", "d"))
    files = np.array(["cat/1.png", "cat/a\n.png", "x" * 200 + "/dog.png"], np.object_)
    found = mistake_values(replace(pixels, files=files), [0, 1, 2], None)
    assert found is not None
    assert (found.columns, found.rows[:2]) == (("file",), (("cat/1.png",), ("cat/a\\n.png",)))
    assert found.rows[2][0].startswith("...xxx")
    assert found.rows[2][0].endswith("x/dog.png")
    assert len(found.rows[2][0]) == 120
