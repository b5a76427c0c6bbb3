"""A table beside the pictures says their classes, however it names them; what cannot be right is refused in a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from experiments.config.data_options import DataSection
from experiments.data.readers.pictures.image_folder import find_pictures
from experiments.data.readers.pictures.image_labels import PictureLabels, find_labels
from experiments.errors import DataError
from support.pictures import grey, save


def labels_of(folder: Path, **keys: Any) -> PictureLabels | None:
    return find_labels(find_pictures(folder), DataSection(source=f"{folder}/", **keys))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(4):
        save(tmp_path / "images" / f"00{number}.png", grey())
    return tmp_path


def write(folder: Path, rows: str, name: str = "labels.csv") -> None:
    (folder / name).write_text(rows.replace(" ", "\n"))


@pytest.mark.parametrize(
    "name", ["images/00{}.png", "00{}.png", "00{}", "./images/00{}.png", "images\\00{}.png", "/their/images/00{}.png"]
)
def test_a_picture_is_named_by_its_path_or_the_end_of_it(folder: Path, name: str) -> None:
    write(folder, "id,breed " + " ".join(f"{name.format(number)},{'ab'[number % 2]}" for number in range(4)))
    labels = labels_of(folder)
    assert labels is not None
    assert {path.name: cell for path, cell in labels.classes.items()} == {f"00{n}.png": "ab"[n % 2] for n in range(4)}
    assert (labels.table, labels.target, labels.keys) == ("labels.csv", "breed", {"target": "breed"})
    assert (labels.unknown, labels.several) == (0, 0)


def test_a_table_names_the_pictures_whose_letters_a_mac_wrote_apart_from_their_accents(tmp_path: Path) -> None:
    for number in range(4):
        save(tmp_path / "Gemu\u0308se" / f"caf\u00e9{number}.png", grey())
    write(tmp_path, "id,breed " + " ".join(f"Gem\u00fcse/cafe\u0301{n}.png,{'ab'[n % 2]}" for n in range(4)))
    (tmp_path / "._labels.csv").write_text((tmp_path / "labels.csv").read_text())  # which a Mac leaves beside it
    labels = labels_of(tmp_path)
    assert labels is not None
    assert (len(labels.classes), labels.unknown, labels.table) == (4, 0, "labels.csv")


def test_a_table_without_a_header_loses_no_picture(folder: Path) -> None:
    write(folder, "000.png,a 001.png,b 002.png,a 003.png,b", "labels.txt")
    labels = labels_of(folder)
    assert labels is not None
    assert len(labels.classes) == 4


def test_rows_without_a_picture_and_pictures_without_one_class_are_counted(folder: Path) -> None:
    write(folder, "id,breed 000,a 001,b 001,a 002, 003,b 004,a 005,b")
    labels = labels_of(folder)
    assert labels is not None
    assert sorted(path.stem for path in labels.classes) == ["000", "003"]
    assert (labels.unknown, labels.several) == (2, 1)


def test_a_name_that_a_test_picture_has_too_is_that_of_the_picture_to_learn_from(tmp_path: Path) -> None:
    for part in ("train", "test"):
        for number in range(3):
            save(tmp_path / part / f"{number}.png", grey())
    write(tmp_path, "id,label 0,a 1,b 2,a", "trainLabels.csv")
    write(tmp_path, "id 0 1 2", "test.csv")
    write(tmp_path, "id,label 0,a 1,a 2,a", "sampleSubmission.csv")
    labels = labels_of(tmp_path)
    assert labels is not None
    assert {path.parent.name for path in labels.classes} == {"train"}
    assert labels.table == "trainLabels.csv"


def test_the_group_of_each_picture_is_read(folder: Path) -> None:
    write(folder, "id,who,breed 000,x,a 001,x,b 002,y,a 003,y,b")
    labels = labels_of(folder, groups="who")
    assert labels is not None
    assert [labels.groups[path] for path in sorted(labels.groups)] == ["x", "x", "y", "y"]
    write(folder, "id,who,breed 000,x,a 001,,b 002,y,a 003,y,b")
    with pytest.raises(
        DataError, match=r"must name one group for each picture, but '001\.png' has none or several \(1"
    ):
        labels_of(folder, groups="who")


def test_a_folder_without_a_table_of_its_pictures_has_none(folder: Path) -> None:
    assert labels_of(folder) is None
    write(folder, "id,breed x,a y,b")
    assert labels_of(folder) is None
    (folder / "broken.xlsx").write_bytes(b"nothing")
    assert labels_of(folder) is None


@pytest.mark.parametrize(
    ("rows", "keys", "words"),
    [
        ("id,a,b 000,1,0 001,0,1", {}, r"name the column of the classes; beside the pictures, .* has 'a', 'b'\.$"),
        ("id 000 001", {}, r"beside the pictures, .* has no other column\.$"),
        ("id,a 000,1 001,2", {"target": "id"}, "'id' names the pictures in .*; name the classes"),
        ("id,breed 000,1 001,2", {"target": "bred"}, "has no column 'bred' .did you mean 'breed'"),
        ("id,age 000,1.5 001,2.5 002,3.5", {}, "holds numbers, but the pictures of a folder are told apart by class"),
    ],
)
def test_what_cannot_be_right_is_refused(folder: Path, rows: str, keys: dict[str, str], words: str) -> None:
    write(folder, rows)
    with pytest.raises(DataError, match=words):
        labels_of(folder, **keys)


def test_two_tables_of_the_same_pictures_are_refused(folder: Path) -> None:
    for name in ("one.csv", "two.csv"):
        write(folder, "id,breed 000,a 001,b", name)
    with pytest.raises(DataError, match=r"one table may name the pictures, but 'one\.csv', 'two\.csv' do"):
        labels_of(folder)
