"""A folder of pictures becomes rows of pixels; what was decided on the way is said, and refused where it must be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from experiments.config.data_options import DataSection
from experiments.data.columns.target_type import labelled
from experiments.data.readers.pictures import images as pictures
from experiments.data.splits.development_rows import development_rows
from experiments.data.splits.split import rows_of, split
from experiments.errors import DataError
from support.pictures import colour, drawn, grey, notes, read, save


def test_a_row_is_a_picture_by_class_and_file_name(tmp_path: Path) -> None:
    images = [grey() for _ in range(3)]
    save(tmp_path / "b" / "1.png", images[2])
    save(tmp_path / "a" / "2.bmp", images[1])
    save(tmp_path / "a" / "1.png", images[0])
    (tmp_path / "a" / ".DS_Store").touch()
    (tmp_path / "README").touch()
    table = read(tmp_path)
    np.testing.assert_array_equal(np.asarray(table.features), [one.ravel() for one in images])
    assert (table.classes, table.target.tolist(), table.target_name) == (("a", "b"), [0, 0, 1], "class")
    assert (table.name, table.kinds, table.pixel_range) == (tmp_path.name, ("pixel",) * 24, 255.0)
    assert table.picture == images[0].shape
    assert np.asarray(table.features).dtype == np.uint8
    assert notes(table) == ("2 other files passed over (README, .DS_Store)",)


def test_one_in_colour_makes_all_of_them(tmp_path: Path) -> None:
    red = colour()
    save(tmp_path / "a" / "1.png", grey())
    save(tmp_path / "b" / "1.png", red)
    table = read(tmp_path)
    np.testing.assert_array_equal(np.asarray(table.features)[1], red.ravel())
    assert np.asarray(table.features).shape == (2, 72)
    assert table.picture == (*red.shape[:2], 3)
    assert notes(table) == ("1 of 2 are in colour, all are read in colour (data.colour = true)",)
    again = read(tmp_path, colour=False)
    assert (np.asarray(again.features).shape, notes(again)) == ((2, 24), ())


@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_grey_that_is_saved_in_colour_is_grey(tmp_path: Path, ending: str) -> None:
    for number in range(4):
        image = grey(8, 8)
        save(tmp_path / "grey" / "ab"[number % 2] / f"{number}.png", image)
        save(tmp_path / "rgb" / "ab"[number % 2] / f"{number}.{ending}", image[..., None].repeat(3, axis=2))
    plain, table = read(tmp_path / "grey"), read(tmp_path / "rgb")
    assert (table.picture, table.features.shape) == (plain.picture, plain.features.shape) == ((8, 8), (4, 64))
    if ending == "png":
        np.testing.assert_array_equal(np.asarray(table.features), np.asarray(plain.features))
    assert notes(table) == (
        "4 of 4 are saved in colour, but the training pictures hold only grey: all are read grey (data.colour = false)",
    )
    assert table.reading is not None
    assert table.reading.keys == {"colour": False}
    assert read(tmp_path / "rgb", colour=True).picture == (8, 8, 3)
    save(tmp_path / "rgb" / "a" / "9.png", colour(8, 8))
    assert read(tmp_path / "rgb").picture == (8, 8, 3)


def test_a_coloured_test_picture_leaves_the_grey_ones_grey(tmp_path: Path) -> None:
    for number in range(6):
        save(tmp_path / "train" / "ab"[number % 2] / f"{number}.png", grey()[..., None].repeat(3, axis=2))
    red = save(tmp_path / "test" / "a" / "8.png", colour())
    save(tmp_path / "test" / "b" / "9.png", colour())
    table = read(tmp_path)
    assert (table.picture, table.own_test) == ((4, 6), 2)
    np.testing.assert_array_equal(np.asarray(table.features)[6], np.asarray(Image.open(red).convert("L")).ravel())


def test_all_are_brought_to_one_size(tmp_path: Path) -> None:
    save(tmp_path / "a" / "1.png", np.full((40, 30), 7, np.uint8))
    save(tmp_path / "b" / "1.png", np.full((8, 20), 9, np.uint8))
    assert np.asarray(read(tmp_path, size=(3, 2)).features).tolist() == [[7] * 6, [9] * 6]
    table = read(tmp_path)
    assert table.picture == (24, 25)
    assert table.reading is not None
    assert table.reading.keys == {"size": (25, 24)}
    assert notes(table) == ("2 of 2 pictures brought to 25 x 24, the median size (data.size = [25, 24])",)


@pytest.mark.parametrize("seed", [0, 1])
def test_test_rows_have_no_influence_on_size_and_colour(tmp_path: Path, seed: int) -> None:
    """Whatever the pictures that the split gives to the test set, the development rows are the same."""
    drawn(tmp_path, rows=10)
    before = read(tmp_path, split_seed=seed)
    rows = development_rows(before, DataSection(source="x/", split_seed=seed))
    files = sorted(tmp_path.rglob("*.png"))
    for row in set(range(20)) - set(rows.tolist()):
        save(files[row], colour(50, 70))
    after = read(tmp_path, split_seed=seed)
    assert after.picture == before.picture == (4, 6)
    np.testing.assert_array_equal(np.asarray(after.features)[rows], np.asarray(before.features)[rows])
    assert notes(after) == (
        "4 of 20 are in colour, all are read grey, as the training pictures are (data.colour = false)",
        "4 of 20 pictures brought to 6 x 4, the size of the training pictures (data.size = [6, 4])",
    )


def test_train_val_and_test_are_parts(tmp_path: Path) -> None:
    for part, rows in (("train", 3), ("val", 1), ("test", 2)):
        drawn(tmp_path / "mine" / part, rows=rows)
    table = read(tmp_path / "mine")
    assert (table.name, len(table.target), table.own_test) == ("mine", 12, 4)
    assert table.target.tolist() == [0, 0, 0, 1, 1, 1, 0, 1, 0, 0, 1, 1]
    assert notes(table) == ("test/ is the test set (4 pictures)", "val/ joins the training pictures (2 pictures)")
    apart = read(tmp_path / "mine" / "train", tmp_path / "mine" / "test")
    assert (apart.name, apart.own_test) == ("mine", 4)
    np.testing.assert_array_equal(np.asarray(apart.features), np.delete(np.asarray(table.features), [6, 7], axis=0))
    hashes = table.source_cells().hashes()
    assert apart.source_cells().hashes() == (*hashes[:6], *hashes[8:])
    again = read(tmp_path / "mine", tmp_path / "mine" / "test")
    np.testing.assert_array_equal(np.asarray(again.features), np.asarray(table.features))
    assert "4 pictures in test/ passed over, as data.test is the test set" in notes(again)


def test_a_test_class_is_numbered_as_in_training(tmp_path: Path) -> None:
    drawn(tmp_path / "train", "ab")
    drawn(tmp_path / "test", "b")
    assert read(tmp_path).target.tolist() == [0, 0, 0, 1, 1, 1, 1, 1, 1]


def test_broken_pictures_are_left_out(tmp_path: Path) -> None:
    """By their headers and by their contents, and a broken picture decides nothing."""
    drawn(tmp_path)
    whole = save(tmp_path / "b" / "9.png", colour(50, 50)).read_bytes()
    (tmp_path / "b" / "9.png").write_bytes(whole[:1500])
    (tmp_path / "a" / "8.png").touch()
    table = read(tmp_path)
    assert (table.target.tolist(), table.picture) == ([0, 0, 0, 1, 1, 1], (4, 6))
    (note,) = notes(table)
    assert note.startswith("2 pictures left out that cannot be read: a/8.png (of no known format), b/9.png (")
    for number in range(2):
        for name in "ab":
            (tmp_path / name / f"{number}.png").touch()
            (tmp_path / name / f"{number}.png").write_bytes(b"")
    with pytest.raises(DataError, match="5 of 8 pictures cannot be read"):
        read(tmp_path)


def test_what_is_changed_in_pictures_is_counted(tmp_path: Path) -> None:
    drawn(tmp_path)
    save(tmp_path / "a" / "8.png", grey().astype(np.uint16) * 257)
    glass = np.zeros((4, 6, 4), np.uint8)
    glass[0, ..., 3] = 255
    save(tmp_path / "a" / "9.png", glass)
    white = np.full((4, 6, 4), 255, np.uint8)
    white[0, ..., 3] = 0
    save(tmp_path / "b" / "9.png", white)
    save(tmp_path / "b" / "8.gif", grey(), save_all=True, append_images=[Image.fromarray(grey())])
    assert notes(read(tmp_path, colour=False)) == (
        "1 picture of several frames: the first is read",
        "1 picture with transparency put on black, as nothing would be seen of them on white",
        "1 picture with transparency put on white",
        "1 picture of 16 bits scaled to 8",
    )


def test_a_strict_study_refuses_what_would_be_decided(tmp_path: Path) -> None:
    drawn(tmp_path / "train")
    (tmp_path / ".DS_Store").touch()
    assert notes(read(tmp_path, strict=True)) == (
        "the classes are the folders in train/",
        "1 other file passed over (.DS_Store)",
    )
    save(tmp_path / "train" / "a" / "8.png", grey(9, 9))
    save(tmp_path / "train" / "a" / "9.png", grey().astype(np.uint16) * 257)
    drawn(tmp_path / "val")
    (tmp_path / "train" / "labels.csv").touch()
    with pytest.raises(DataError, match=r"data\.strict refuses") as refused:
        read(tmp_path, strict=True)
    for words in ("val/ joins", "1 of 14 pictures brought to 6 x 4", "1 picture of 16 bits", "2 other files"):
        assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_empty_class_is_passed_over(tmp_path: Path) -> None:
    drawn(tmp_path)
    (tmp_path / "c").mkdir()
    table = read(tmp_path)
    assert (table.classes, notes(table)) == (("a", "b"), ("1 folder without readable pictures passed over (c)",))


def test_fewer_than_two_classes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no picture"):
        read(tmp_path)
    drawn(tmp_path, "a")
    with pytest.raises(DataError, match=r"two at least, .* but it has 'a'"):
        read(tmp_path)


def test_too_many_pixels_are_refused_before_they_are_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(tmp_path)
    monkeypatch.setattr(pictures, "decode", lambda *_: pytest.fail("a picture was decoded"))
    with pytest.raises(DataError, match=r"a row must have at most 65536 values, .*data\.size = \[64, 64\]"):
        read(tmp_path, size=(300, 300))
    monkeypatch.setattr(pictures, "LARGEST_FILE", 100)
    with pytest.raises(DataError, match=r"at most 100 pixel values"):
        read(tmp_path, size=(8, 8))


def test_a_row_knows_its_file_through_splits(tmp_path: Path) -> None:
    for name in ("a/1.png", "a/deep/2.png", "b/1.png"):
        save(tmp_path / name, grey())
    (tmp_path / "a" / "0.png").write_bytes(b"broken")
    table = read(tmp_path)
    assert table.files is not None
    assert table.files.tolist() == ["a/1.png", "a/deep/2.png", "b/1.png"]
    part = rows_of(table, np.array([2, 1]))
    assert part.files is not None
    assert part.files.tolist() == ["b/1.png", "a/deep/2.png"]


def test_the_files_of_a_rare_class_are_named(tmp_path: Path) -> None:
    for number in range(10):
        save(tmp_path / "a" / f"{number}.png", grey())
    for name in ("x", "y"):
        save(tmp_path / "b" / f"{name}.png", grey())
    table = read(tmp_path)
    with pytest.raises(DataError, match=r"class 'b' has 2 \(its files: b/x\.png, b/y\.png\); "):
        split(labelled(table), 0.2, 0)


def test_a_picture_in_several_classes_is_named(tmp_path: Path) -> None:
    first, second = grey(), grey()
    for name, pixels in (("a/1", first), ("a/2", second), ("a/3", second), ("b/4", first), ("b/5", grey())):
        save(tmp_path / "train" / f"{name}.png", pixels)
    save(tmp_path / "test" / "b" / "6.png", second)
    assert notes(read(tmp_path))[-1] == (
        "2 pictures lie in several classes (the first as train/a/1.png and train/b/4.png); keep each in one"
    )
