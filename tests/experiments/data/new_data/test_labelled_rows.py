"""New rows get the labels that the study's own rows would have, and those that cannot be scored are counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.config.data_options import DataSection
from experiments.config.target import Target
from experiments.data.new_data.labelled_rows import LabelledRows, Learnt, labelled_data, labelled_file
from experiments.data.new_data.row_format import RowFormat
from experiments.errors import DataError


def learnt(classes: tuple[str, ...] = ("no", "yes"), numbered: bool = False, **data: Any) -> Learnt:
    form = RowFormat([("a", "number")], target="y", numbered=numbered)
    return Learnt(form, Target(classes), DataSection(source="my.csv", target="y", **data))


def read(tmp_path: Path, text: str, known: Learnt, **more: Any) -> LabelledRows:
    (tmp_path / "new.csv").write_text(text)
    return labelled_file(tmp_path / "new.csv", known, **more)


def labels(rows: LabelledRows) -> list[Any]:
    return list(rows.whole.y[rows.rows].tolist())


def test_rows_without_a_target_are_left_out_and_counted(tmp_path: Path) -> None:
    rows = read(tmp_path, "more,a,y\n1,1,yes\n2,2,\n3,3,?\n4,4,no\n5,,yes\n", learnt())
    assert (labels(rows), rows.no_target, rows.ignored) == ([1, 0, 1], 2, ("more",))
    features, y = np.asarray(rows.whole.table.features)[:, 0], rows.whole.y
    assert features[:2].tolist() == [1.0, 4.0]
    assert np.isnan(features[2])
    assert len(rows.sealed()) == len(y) == 3


def test_a_class_may_be_spelled_otherwise(tmp_path: Path) -> None:
    assert labels(read(tmp_path, "Y,a\nYES,1\n no ,2\nNo,3\n", learnt())) == [1, 0, 0]


@pytest.mark.parametrize("cells", [("0", "1", "1"), ("0.0", "1.0", "1"), ("0", "1.00", "01")])
def test_a_class_that_is_a_number_may_be_written_otherwise(cells: tuple[str, ...], tmp_path: Path) -> None:
    text = "a,y\n" + "".join(f"{row},{cell}\n" for row, cell in enumerate(cells))
    assert labels(read(tmp_path, text, learnt(("0", "1"), numbered=True))) == [0, 1, 1]


def test_an_unknown_class_is_refused_with_its_rows_or_left_out(tmp_path: Path) -> None:
    text = "a,y\n1,yes\n2,maybe\n3,no\n4,maybe\n5,never\n"
    with pytest.raises(DataError, match=r"'maybe' \(2 rows, first in line 3\), 'never' \(1 row, first in line 6\)"):
        read(tmp_path, text, learnt())
    rows = read(tmp_path, text, learnt(drop_classes=("maybe",)), drop=["never"])
    assert (labels(rows), rows.dropped, rows.no_target) == ([1, 0], 3, 0)
    with pytest.raises(DataError, match=r"data\.drop_classes: .*'y' has no class 'nevver'; it has 'yes', "):
        read(tmp_path, text, learnt(drop_classes=("maybe", "else")), drop=["nevver"])


def test_numbers_are_read_as_the_study_read_its_own(tmp_path: Path) -> None:
    assert labels(read(tmp_path, "a;y\n1;1.234,5\n2;99\n3;n/a\n", learnt(()))) == [1234.5, 99.0]
    assert labels(read(tmp_path, "a,y\n1,1.234\n2,2.000\n", learnt((), formats={"y": "1.234,5"}))) == [1234.0, 2000.0]
    with pytest.raises(DataError, match=r"must hold numbers, but line 2 has 'low' \(2 such rows\); correct it"):
        read(tmp_path, "a,y\n1,low\n2,high\n", learnt(()))
    with pytest.raises(DataError, match=r"must hold numbers written as 1.234,5, but line 2 has '1,234.50'"):
        read(tmp_path, 'a,y\n1,"1,234.50"\n2,"2,000.75"\n', learnt((), formats={"y": "1.234,5"}))


def test_a_target_in_another_format_is_said(tmp_path: Path) -> None:
    text = 'a,y\n1,"1,234.5"\n2,"2,000.75"\n'
    (line,) = read(tmp_path, text, learnt(())).notes
    assert line == "the target 'y' is written otherwise than in training, and read as 1,234.5"
    assert read(tmp_path, text, learnt((), formats={"y": "1,234.5"})).notes == ()
    assert read(tmp_path, "a,y\n1,1234.5\n2,2000.75\n", learnt(())).notes == ()


def test_groups_and_times_are_drawn_together_if_they_are_there(tmp_path: Path) -> None:
    text = "a,y,who,day\n1,yes,p,2026-01-03\n2,no,p,2026-01-02\n3,no,q,2026-01-01\n4,no,q,\n"
    groups = read(tmp_path, text, learnt(groups="who")).sealed().groups
    assert groups is not None
    assert groups.tolist() == ["p", "p", "q", "q"]
    timed = read(tmp_path, text, learnt(time="DAY"))
    blocks = timed.sealed().groups
    assert blocks is not None
    assert (blocks.tolist(), timed.no_time, timed.ignored) == ([2, 1, 0], 1, ("who",))
    parts = "a,y,year,month\n1,yes,2026,2\n2,no,2025,11\n3,no,2026,1\n4,no,2026,\n"
    timed = read(tmp_path, parts, learnt(time=("Year", "Month")))
    blocks = timed.sealed().groups
    assert blocks is not None
    assert (blocks.tolist(), timed.no_time, timed.ignored) == ([2, 0, 1], 1, ())
    early = read(tmp_path, parts, learnt(time=("year", "week")))
    assert early.sealed().groups is None
    assert early.notes == ("no column 'week', the study's data.time: intervals take rows to be independent",)
    alone = read(tmp_path, text, learnt(groups="nurse"))
    assert alone.sealed().groups is None
    assert alone.notes == ("no column 'nurse', the study's data.groups: intervals take rows to be independent",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "has no column 'y', the target, without which nothing can be scored; it has 'a', 'b'"),
        ("y,b\nyes,2\n", "must have every column of the model, but lacks 'a'"),
        ("a,y\n1,\n2,\n", "is the target, but no row can be scored"),
    ],
)
def test_a_file_without_the_target_or_a_column_is_refused(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=words):
        read(tmp_path, text, learnt())


def test_rows_are_known_by_the_cells_of_all_their_columns(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1.5, 2.5, 3.5], "y": ["yes", "no", "no"], "more": [7, 8, 9]})
    frame.to_csv(tmp_path / "all.csv", index=False)
    every = labelled_file(tmp_path / "all.csv", learnt()).sealed().known_by
    given = labelled_data(frame, learnt()).sealed().known_by
    assert every == given
    fewer = labelled_data(frame.drop(columns="more"), learnt()).sealed().known_by
    assert not set(fewer.cells) & set(every.cells)
    assert (fewer.read, fewer.fingerprint) == (every.read, every.fingerprint)


def test_a_column_that_marks_test_rows_makes_no_other_rows_of_them(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1.5, 2.5, 3.5], "Split": ["test", "val", ""], "y": ["yes", "no", "no"]})
    plain, known = labelled_data(frame.drop(columns="Split"), learnt()), learnt(test_rows="split=test")
    marked = labelled_data(frame, known)
    assert (marked.sealed().known_by, marked.ignored) == (plain.sealed().known_by, ("Split",))
    assert labelled_data(frame.drop(columns="Split"), known).sealed().known_by == plain.sealed().known_by
    assert labelled_data(frame, learnt()).sealed().known_by.cells != plain.sealed().known_by.cells


def test_a_program_may_name_the_target_otherwise() -> None:
    frame = pd.DataFrame({"a": [1.5, 2.5, 3.5]}, index=[4, 5, 6])
    for y in (["yes", "no", "no"], pd.Series(["yes", "no", "no"], frame.index, name="truth")):
        assert labels(labelled_data((frame, y), learnt())) == [1, 0, 0]


def test_of_arrays_with_a_test_part_this_part_is_scored(tmp_path: Path) -> None:
    known = Learnt(RowFormat([("0", "number")], numbered=True), Target(("0", "1")), DataSection(source="my.npz"))
    x, y = np.arange(6.0)[:, None] + 0.5, np.array([0, 1, 0, 1, 1, 0])
    np.savez(tmp_path / "new.npz", X=x, y=y)
    assert labels(labelled_file(tmp_path / "new.npz", known)) == y.tolist()
    np.savez(tmp_path / "new.npz", X_train=x[:4], y_train=y[:4], X_test=x[4:], y_test=y[4:])
    rows = labelled_file(tmp_path / "new.npz", known, drop=["0"])
    assert (labels(rows), rows.dropped) == ([1], 1)
    assert "its test part is scored (2 rows), and not its 4 other rows" in rows.notes
    with pytest.raises(DataError, match=r"data\.drop_classes: .*the target has no class '7'; it has '0'"):
        labelled_file(tmp_path / "new.npz", known, drop=["7"])
    np.savez(tmp_path / "new.npz", X=np.hstack([x, x]), y=y)
    with pytest.raises(DataError, match=r"must have the 1 column of the model, '0', but has 2 columns, '0', '1'"):
        labelled_file(tmp_path / "new.npz", known)
