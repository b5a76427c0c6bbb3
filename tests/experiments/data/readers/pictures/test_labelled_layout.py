"""Pictures are laid out by a table or by their names: parts, what is left out, and a test folder of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from experiments.errors import DataError
from support.pictures import drawn, grey, notes, read, save


def labelled(folder: Path, rows: str, pictures: str) -> dict[str, np.ndarray]:
    """Save pictures in a folder with a table of their classes."""
    images = {name: grey() for name in pictures.split()}
    for name, image in images.items():
        save(folder / name, image)
    (folder / "labels.csv").write_text(rows.replace(" ", "\n"))
    return images


def test_rows_are_pictures_by_class_and_then_by_path(tmp_path: Path) -> None:
    images = labelled(tmp_path, "id,breed 1,pug 2,beagle 3,pug", "1.png 2.png 3.png")
    table = read(tmp_path)
    np.testing.assert_array_equal(
        np.asarray(table.features), [images[name].ravel() for name in ("2.png", "1.png", "3.png")]
    )
    assert (table.classes, table.target.tolist()) == (("beagle", "pug"), [0, 1, 1])
    assert (table.target_name, table.own_test) == ("breed", 0)
    assert table.files is not None
    assert table.files.tolist() == ["2.png", "1.png", "3.png"]
    assert table.reading is not None
    assert table.reading.keys == {"target": "breed"}
    assert notes(table) == ("the classes are the column 'breed' of labels.csv (data.target = 'breed')",)


def test_what_is_left_out_is_said_and_refused_by_a_strict_study(tmp_path: Path) -> None:
    labelled(tmp_path, "id,breed 1,pug 2,beagle 3,pug 3,beagle 4, 9,pug", "1.png 2.png 3.png 4.png")
    lines = (
        "the classes are the column 'breed' of labels.csv",
        "1 row of labels.csv passed over, as no picture has that name",
        "2 pictures left out, without a class, or several (1)",
    )
    assert notes(read(tmp_path, target="breed")) == lines
    with pytest.raises(DataError, match=r"data\.strict refuses what would be decided: the classes are"):
        read(tmp_path, strict=True)


def test_class_folders_come_first_unless_a_column_is_named(tmp_path: Path) -> None:
    drawn(tmp_path, rows=2)
    (tmp_path / "labels.csv").write_text("id,kind\na/0.png,x\na/1.png,y\nb/0.png,x\nb/1.png,y\n")
    assert read(tmp_path).classes == ("a", "b")
    assert read(tmp_path, target="kind").classes == ("x", "y")
    (tmp_path / "labels.csv").unlink()
    with pytest.raises(DataError, match=r"^data\.target: no table in .* names its pictures, one in each row; put it"):
        read(tmp_path, target="kind")


def test_a_test_part_with_classes_is_the_test_set(tmp_path: Path) -> None:
    pictures = "train/1.png train/2.png test/3.png test/4.png"
    labelled(tmp_path, "id,breed train/1.png,a train/2.png,b test/3.png,a", pictures)
    table = read(tmp_path)
    assert (len(table.target), table.own_test) == (3, 1)
    assert notes(table)[0] == "the test part is the test set (1 picture)"
    assert notes(table)[-1] == "1 picture of the test part passed over, without a class"


def test_a_folder_of_test_pictures_has_a_table_of_its_own(tmp_path: Path) -> None:
    labelled(tmp_path / "ours", "id,breed 1,a 2,b", "1.png 2.png")
    labelled(tmp_path / "theirs", "id,breed 1,b", "1.png")
    table = read(tmp_path / "ours", tmp_path / "theirs")
    assert (table.target.tolist(), table.own_test) == ([0, 1, 1], 1)
    assert notes(table)[-1] == "of data.test: the classes are the column 'breed' of labels.csv"
    labelled(tmp_path / "theirs", "id,breed 1,c", "1.png")
    with pytest.raises(DataError, match=r"data\.test: has classes that the training pictures lack: 'c'"):
        read(tmp_path / "ours", tmp_path / "theirs")


def test_groups_are_those_of_the_rows(tmp_path: Path) -> None:
    labelled(tmp_path, "id,who,breed 1,x,b 2,y,a 3,x,a", "1.png 2.png 3.png")
    table = read(tmp_path, groups="who")
    assert table.groups is not None
    assert table.groups.tolist() == ["y", "x", "x"]


def test_pictures_in_class_folders_have_groups_too(tmp_path: Path) -> None:
    drawn(tmp_path / "ours", rows=2)
    drawn(tmp_path / "theirs", rows=1)
    (tmp_path / "ours" / "who.csv").write_text("id,who\na/0.png,x\na/1.png,y\nb/0.png,x\nb/1.png,y\n")
    table = read(tmp_path / "ours", groups="who")
    assert table.groups is not None
    assert (table.classes, table.groups.tolist(), notes(table)) == (("a", "b"), ["x", "y", "x", "y"], ())
    with pytest.raises(DataError, match=r"^data\.groups: no table in .*theirs names its pictures"):
        read(tmp_path / "ours", tmp_path / "theirs", groups="who")
    (tmp_path / "theirs" / "who.csv").write_text("id,who\na/0.png,z\nb/0.png,\n")
    with pytest.raises(DataError, match=r"theirs/who\.csv: column 'who' must name one group .* '0\.png' has none"):
        read(tmp_path / "ours", tmp_path / "theirs", groups="who")


def test_one_class_is_too_few(tmp_path: Path) -> None:
    labelled(tmp_path, "id,breed 1,a 2,a", "1.png 2.png")
    with pytest.raises(
        DataError, match=r"must have two classes at least, but the column 'breed' of labels\.csv has 'a'"
    ):
        read(tmp_path)


def test_classes_in_names_are_the_last_that_is_tried(tmp_path: Path) -> None:
    names = [f"{word}.{number}.png" for word in ("cat", "dog") for number in range(5)]
    for name in names:
        save(tmp_path / "train" / name, grey())
    save(tmp_path / "test1" / "1.png", grey())
    table = read(tmp_path)
    assert (table.classes, table.target_name, len(table.target)) == (("cat", "dog"), "class", 10)
    assert notes(table) == (
        "the classes are the words before the numbers in the pictures' names",
        "1 picture of the test part passed over, without a class",
    )
    save(tmp_path / "held" / "dog.7.png", grey())
    table = read(tmp_path / "train", tmp_path / "held")
    assert (table.own_test, table.target[-1]) == (1, 1)
    (tmp_path / "train" / "labels.csv").write_text("id,kind\n" + "".join(f"{name},{name[4]}\n" for name in names))
    assert read(tmp_path / "train").classes == tuple("01234")


def test_a_column_of_parts_is_pointed_out_unless_folders_name_the_test(tmp_path: Path) -> None:
    rows = "id,breed,split 1,pug,train 2,beagle,train 3,pug,test 4,beagle,test"
    labelled(tmp_path / "flat", rows, "1.png 2.png 3.png 4.png")
    assert (
        "labels.csv divides the pictures by its column 'split', which is not used: test pictures are drawn from all; "
        "to test on those that it names, move them to a folder test/"
    ) in notes(read(tmp_path / "flat", target="breed"))
    labelled(tmp_path / "parts", rows, "train/1.png train/2.png test/3.png test/4.png")
    assert "'split'" not in " ".join(notes(read(tmp_path / "parts", target="breed")))
