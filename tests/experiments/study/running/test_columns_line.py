"""What was decided about the columns of a file, in a line."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from experiments.config.default_study import own_study
from experiments.data.prepare import prepare
from experiments.study.running.columns_line import columns_line
from support.pictures import colour, drawn

ROWS = 60


def line_of(path: Path, *overrides: str, target: str | None = "y") -> str:
    spec, _ = own_study(str(path), target, overrides)
    data = prepare(spec, os.environ)
    assert data.reading is not None
    return columns_line(data, data.reading)


def test_the_line_says_what_is_predicted_from_what_and_what_was_left_out(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    rows = [f"{row},{row % 7},{'-' if row % 9 == 0 else row % 5},,{'yes' if row % 2 else 'no'}" for row in range(ROWS)]
    rows[5] = "5,5,0,,NA"
    path.write_text("\n".join([",a,b,nothing,y", *rows, ""]))
    assert line_of(path) == (
        "mine: 59 rows, 2 numbers -> y; left out: column 0, which has no name (counts the rows), nothing (empty); "
        "--keep NAME takes one in; taken for missing numbers: -; "
        '1 row without y left out ("NA" taken for missing; data.present = ["NA"] keeps it)'
    )
    assert line_of(path, "data.drop=nothing").count("left out: column 0, which has no name (counts the rows);") == 1


def test_columns_left_out_for_one_reason_have_it_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    constant = ",".join("k" * 10)
    rows = [f"{row},t{row},u{row},{row % 7},{constant},{row * 37 % 60}.25" for row in range(ROWS)]
    names = ",".join(f"c{at}" for at in range(10))
    path.write_text("\n".join([f"id,name,mail,a,{names},y", *rows, ""]))
    shown = ", ".join(f"c{at}" for at in range(7))
    assert line_of(path).endswith(
        f"; left out: id (counts the rows), name, mail (each differs in nearly every row), {shown} (always the same) "
        "and 3 more; --keep NAME takes one in"
    )


def test_rows_of_dropped_classes_are_not_said_to_lack_the_target(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    rows = [f"{row % 7}.5,{'ash' if row < 9 else 'elm' if row % 2 else 'oak'}" for row in range(ROWS)]
    path.write_text("\n".join(["a,y", *rows, "1.5,", ""]))
    line = line_of(path, 'data.drop_classes=["ash"]')
    assert "; 1 row without y left out; 9 rows of ash left out (data.drop_classes)" in line


def test_numbers_that_are_not_written_alike_are_left_out_with_what_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    rows = [f"{row}.5{'*' if row % 9 == 0 else ''},{row % 7},{row * 37 % 60}.25" for row in range(ROWS)]
    path.write_text("\n".join(["my size,a,y", *rows, ""]))
    left_out = "mine: 60 rows, 1 number -> y; left out: my size (85% of its cells are numbers, the first other one is"
    assert line_of(path) == (
        f"{left_out} '0.5*'; --numbers 'my size' reads the numbers and takes the others for missing)"
    )
    line = line_of(path, "data.numbers=my size")
    assert line.startswith(
        "mine: 60 rows, 2 numbers -> y; cells that do not fit their column: 'my size' (7 cells, first"
    )
    assert line.endswith("; 7 unfit cells taken for missing")


def test_pictures_are_counted_with_their_size_and_colour(tmp_path: Path) -> None:
    drawn(tmp_path / "flowers", rows=10)
    (tmp_path / "flowers" / "labels.csv").touch()
    assert line_of(tmp_path / "flowers", target=None) == (
        "flowers: 20 pictures of 6 x 4, grey -> class (2 classes); 1 other file passed over (.csv)"
    )
    y, pixels = np.linspace(0, 1, 40), np.stack([colour(4, 6)] * 40)
    np.savez(tmp_path / "faces.npz", X=pixels, age=y)
    assert line_of(tmp_path / "faces.npz", target="age") == "faces: 40 pictures of 6 x 4, in colour -> age (a number)"
    np.savez(tmp_path / "flat.npz", X=pixels.reshape(40, -1)[:, :7], age=y)
    assert line_of(tmp_path / "flat.npz", target="age") == "flat: 40 rows, 7 numbers -> age"


def test_many_columns_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    names = [f"c{at}" for at in range(14)]
    path.write_text(
        "\n".join([",".join(["a", *names, "y"])] + [f"{row % 7}{',1' * 14},{row % 2}" for row in range(ROWS)])
    )
    said = line_of(path)
    assert "c9 (always the same) and 4 more; --keep NAME" in said
    assert "c10" not in said


def test_the_layout_of_the_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("A title\n\n" + "\n".join(["a;c;y"] + [f"{row % 7};{row % 5};{row % 2}" for row in range(ROWS)]))
    assert line_of(path) == (
        "mine: 60 rows, 2 numbers -> y; separated by semicolons; 1 line above the table left out ('A title'); "
        "--set data.skip=0 reads from line 1"
    )
