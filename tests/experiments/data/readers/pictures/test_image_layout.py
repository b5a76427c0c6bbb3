"""The folders above a picture say its class and its part."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.data.readers.pictures.image_file import ImageHeader
from experiments.data.readers.pictures.image_folder import PictureFile, PictureFolder
from experiments.data.readers.pictures.image_layout import LabelledPicture, lay_out, lay_out_test
from experiments.errors import DataError

HEADER = ImageHeader((4, 4), False)


def folder(*names: str) -> PictureFolder:
    """Pretend that a folder has these pictures."""
    pictures = [PictureFile(Path(name), Path(name).parts[:-1], HEADER) for name in sorted(names)]
    return PictureFolder(Path("flowers"), pictures)


def named(rows: tuple[LabelledPicture, ...]) -> list[str]:
    return [f"{one.label}: {one.file.path}" for one in rows]


def test_the_uppermost_folder_is_the_class() -> None:
    found = lay_out(folder("b/1.png", "a/2.png", "a/deep/1.png"))
    assert named(found.training) == ["a: a/2.png", "a: a/deep/1.png", "b: b/1.png"]
    assert (found.classes, found.test, found.decisions) == (("a", "b"), (), ())
    assert found.facts == ("1 picture in folders below a class belong to it ('a')",)


def test_folders_that_hold_one_other_folder_are_passed_through() -> None:
    found = lay_out(folder("x/y/a/1.png", "x/y/b/1.png"))
    assert named(found.training) == ["a: x/y/a/1.png", "b: x/y/b/1.png"]
    assert found.facts == ("the classes are the folders in x/y/",)
    with pytest.raises(DataError, match=r"two at least, .* but it has 'y'"):
        lay_out(folder("x/y/1.png", "x/y/2.png"))


@pytest.mark.parametrize(
    ("train", "val", "test"),
    [("train", "val", "test"), ("Training", "valid", "Testing"), ("seg_train/seg_train", "validation_set", "test set")],
)
def test_parts_are_told_by_their_names(train: str, val: str, test: str) -> None:
    pictures = [f"{part}/{name}/{part[0]}.png" for part in (train, val, test) for name in "ab"]
    found = lay_out(folder(*pictures))
    assert named(found.training) == [f"{name}: {part}/{name}/{part[0]}.png" for part in (train, val) for name in "ab"]
    assert named(found.test) == [f"{name}: {test}/{name}/{test[0]}.png" for name in "ab"]
    assert found.decisions == (f"{val}/ joins the training pictures (2 pictures)",)
    assert found.facts == (f"{test}/ is the test set (2 pictures)",)
    assert lay_out(folder(*pictures), own_test=False).decisions[-1] == (
        f"2 pictures in {test}/ passed over, as data.test is the test set"
    )


def test_a_validation_part_alone_joins_the_training_rows() -> None:
    found = lay_out(folder("train/a/1.png", "train/b/1.png", "val/a/1.png"))
    assert (len(found.training), found.test) == (3, ())


def test_classes_may_have_the_names_of_parts() -> None:
    found = lay_out(folder("plane/1.png", "test/1.png", "train/1.png"))
    assert (found.classes, found.test) == (("plane", "test", "train"), ())


def test_folders_beside_the_parts_are_passed_over() -> None:
    found = lay_out(folder("train/a/1.png", "train/b/1.png", "test/a/1.png", "pred/1.png", "pred/2.png"))
    assert (found.classes, len(found.test)) == (("a", "b"), 1)
    assert found.decisions == ("2 pictures in pred/ passed over beside the training pictures",)
    assert lay_out(folder("train/a/1.png", "train/b/1.png", "pred/1.png")).classes == ("a", "b")


@pytest.mark.parametrize("part", ["test", "val"])
@pytest.mark.parametrize("below", ["", "unknown/"])
def test_a_part_without_classes_is_passed_over(part: str, below: str) -> None:
    found = lay_out(folder("train/a/1.png", "train/b/1.png", f"{part}/{below}1.png", f"{part}/{below}2.png"))
    assert (len(found.training), found.test) == (2, ())
    assert found.decisions == (f"2 pictures in {part}/ passed over, as no class folder holds them",)


def test_a_few_pictures_without_a_class_are_left_out() -> None:
    found = lay_out(folder("a/1.png", "a/2.png", "b/1.png", "sample.png"))
    assert (len(found.training), found.decisions) == (3, ("1 picture in no class folder left out",))


def test_the_layout_to_make_is_shown(tmp_path: Path) -> None:
    words = (
        r"^flowers: must have a folder of pictures for each class, two at least, as flowers/CLASS/cat\.0\.png, or "
        r"flowers/train/CLASS/cat\.0\.png and flowers/test/CLASS/cat\.0\.png, but 2 pictures lie in no such folder"
    )
    with pytest.raises(DataError, match=words + r"\.$"):
        lay_out(folder("cat.0.png", "dog.0.png"))
    found = folder("cat.0.png", "dog.0.png")
    found.root = tmp_path / "flowers"
    found.root.mkdir()
    (found.root / "labels.csv").touch()
    with pytest.raises(DataError, match=r"2 pictures lie in no such folder \(no column of labels\.csv names them\)\.$"):
        lay_out(found)
    with pytest.raises(DataError, match="2 pictures lie in no such folder"):
        lay_out(folder("train/cat.0.png", "train/dog.0.png", "test/a/1.png", "test/b/1.png"))


def test_a_variant_beside_a_part_is_passed_over() -> None:
    names = ("train/a/1.png", "train/b/1.png", "test/a/1.png")
    found = lay_out(folder(*names, "train_augmented/a/2.png", "train_augmented/c/2.png"))
    assert (len(found.training), len(found.test), found.classes) == (2, 1, ("a", "b"))
    assert found.decisions == ("2 pictures in train_augmented/ passed over beside the training pictures",)
    with pytest.raises(DataError, match="test has 'test_1', 'test_2'; join them"):
        lay_out(folder(*names[:2], "test_1/a/1.png", "test_2/a/1.png"))


def test_what_cannot_be_right_is_refused() -> None:
    for names, words in [
        (("a/1.png", "\x1b[2J/1.png"), r"printable characters, but got '.x1b"),
        (("train/a/1.png", "training/b/1.png", "test/a/1.png"), "but train has 'train', 'training'; join them"),
        (
            ("train/a/1.png", "train/b/1.png", "test/a/1.png", "test/c/1.png"),
            "flowers/test: has classes that the training pictures lack: 'c'",
        ),
        (
            ("train/a/1.png", "train/b/1.png", "val/a/1.png", "val/\x1b/1.png"),
            "flowers/val: has classes that the training pictures lack: '.x1b'",
        ),
    ]:
        with pytest.raises(DataError, match=words):
            lay_out(folder(*names))


@pytest.mark.parametrize("other", ["caf\u00e9", "cafe\u0301"])
def test_a_class_has_one_name_however_a_system_writes_its_accents(other: str) -> None:
    classes = ("bar", "cafe\u0301")
    for names in ((f"{other}/1.png", "bar/1.png"), (f"{other}/1.png",)):
        assert {one.label for one in lay_out_test(folder(*names), classes)} <= set(classes)
    found = lay_out(folder("train/bar/1.png", f"train/{classes[1]}/1.png", f"test/{other}/1.png"))
    assert (found.classes, named(found.test)) == (classes, [f"{classes[1]}: test/{other}/1.png"])


def test_a_test_folder_has_the_classes_of_the_training_pictures() -> None:
    assert named(lay_out_test(folder("in/a/1.png", "in/b/1.png"), ("a", "b"))) == ["a: in/a/1.png", "b: in/b/1.png"]
    assert named(lay_out_test(folder("a/deep/1.png"), ("a", "b"))) == ["a: a/deep/1.png"]
    with pytest.raises(DataError, match=r"data\.test: has classes that the training pictures lack: 'c'"):
        lay_out_test(folder("a/1.png", "c/1.png"), ("a", "b"))
    with pytest.raises(DataError, match=r"data\.test: .*1 picture lie.? in no such folder"):
        lay_out_test(folder("a/1.png", "1.png"), ("a", "b"))
