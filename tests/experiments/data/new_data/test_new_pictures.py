"""New pictures come in the size and colour that the model learnt, each with its name."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.data.new_data.new_pictures import NewPictures, array_rows
from experiments.data.new_data.new_rows import read_rows
from experiments.data.new_data.row_format import RowFormat
from experiments.errors import DataError
from support.pictures import colour, grey, save

COLUMNS = [str(at) for at in range(24)]


def everything(new: NewPictures) -> pd.DataFrame:
    return pd.concat(new.chunks(COLUMNS, 2))


def test_a_folder_is_read_in_the_order_of_its_paths(tmp_path: Path) -> None:
    images = [grey() for _ in range(3)]
    for name, pixels in zip(("a/2.png", "a b.png", "c.bmp"), images, strict=True):
        save(tmp_path / name, pixels)
    save(tmp_path / "d.png", np.full((9, 9, 3), 8, np.uint8))
    (tmp_path / "notes.txt").touch()
    new = NewPictures(tmp_path, (4, 6))
    found = everything(new)
    assert (list(found.columns), found.index.name) == (COLUMNS, "file")
    assert list(found.index) == ["a/2.png", "a b.png", "c.bmp", "d.png"]
    np.testing.assert_array_equal(found.to_numpy(), [*(one.ravel() for one in images), [8] * 24])
    assert new.notes == (
        "1 other file passed over (.txt)",
        "1 of 4 pictures brought to 6 x 4, as the model learnt them",
    )


def test_a_picture_is_one_row(tmp_path: Path) -> None:
    pixels = grey()
    found = pd.concat(NewPictures(save(tmp_path / "x.png", pixels), (4, 6, 3)).chunks([*map(str, range(72))], 9))
    assert (found.index.tolist(), found.to_numpy().tolist()) == (["x.png"], [pixels.ravel().repeat(3).tolist()])


def test_an_unreadable_picture_keeps_its_place_and_is_named(tmp_path: Path) -> None:
    for number in range(4):
        save(tmp_path / f"{number}.png", grey(50, 50))
    (tmp_path / "1.png").write_bytes(b"")
    (tmp_path / "3.png").write_bytes((tmp_path / "3.png").read_bytes()[:1500])
    new = NewPictures(tmp_path, (4, 6))
    assert list(everything(new).index) == ["0.png", "1.png", "2.png", "3.png"]
    assert list(new.unreadable) == ["1.png", "3.png"]
    (tmp_path / "2.png").write_bytes((tmp_path / "2.png").read_bytes()[:1500])
    with pytest.raises(DataError, match=r"3 of 4 pictures cannot be read: 1\.png \(of no known format\), 2\.png"):
        everything(NewPictures(tmp_path, (4, 6)))
    with pytest.raises(DataError, match=r"1\.png: cannot be read as a picture: of no known format"):
        NewPictures(tmp_path / "1.png", (4, 6))
    (tmp_path / "none").mkdir()
    with pytest.raises(DataError, match="has no picture"):
        NewPictures(tmp_path / "none", (4, 6))


def test_idx_files_are_arrays_of_pictures(tmp_path: Path) -> None:
    form = RowFormat([(str(at), "pixel") for at in range(24)], picture=(4, 6))
    content = bytes((0, 0, 8, 3)) + np.array((2, 4, 6), ">u4").tobytes() + bytes(range(48))
    for name in ("t10k-images-idx3-ubyte", "t10k-images.idx3-ubyte"):
        (tmp_path / name).write_bytes(content)
        (chunk,) = read_rows(tmp_path / name, form, 5).chunks
        assert chunk.to_numpy().ravel().tolist() == list(range(48))
    packed = content.replace(bytes(range(48)), bytes(48))
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(packed))
    (chunk,) = read_rows(tmp_path / "t10k-images-idx3-ubyte.gz", form, 5).chunks
    assert not chunk.to_numpy().any()
    with pytest.raises(DataError, match=r"holds pictures, but the model learnt from none; give 'x'\.$"):
        read_rows(tmp_path / "t10k-images-idx3-ubyte", RowFormat([("x", "number")]), 5)
    with pytest.raises(DataError, match=r"is a folder of IDX files; give one file of pictures, such as .*ubyte\.$"):
        read_rows(tmp_path, form, 5)
    with pytest.raises(DataError, match="has no columns with names to keep"):
        read_rows(tmp_path / "t10k-images-idx3-ubyte", form, 5, ["id"])


def rows_of(x: np.ndarray, shape: tuple[int, ...]) -> list[list[int]]:
    return array_rows(x, "my.npz: X", shape)[0].tolist()


def test_arrays_of_pictures_are_brought_to_the_format() -> None:
    images = np.stack([colour(6, 5), colour(6, 5)])
    wanted = images.reshape(2, -1).tolist()
    assert rows_of(images, (6, 5, 3)) == rows_of(np.moveaxis(images, -1, 1), (6, 5, 3)) == wanted
    assert rows_of(images.reshape(2, -1), (6, 5, 3)) == wanted
    assert rows_of(images / 255.0, (6, 5, 3)) == rows_of(images.astype(float), (6, 5, 3)) == wanted
    assert rows_of(images.astype(np.uint16) * 257, (6, 5, 3)) == wanted
    first = images[..., 0]
    assert rows_of(first[..., None], (6, 5)) == rows_of(first, (6, 5)) == first.reshape(2, -1).tolist()
    assert rows_of(first > 99, (6, 5)) == (255 * (first > 99)).reshape(2, -1).tolist()
    assert rows_of(first, (6, 5, 3)) == first.reshape(2, -1).repeat(3, axis=1).tolist()
    assert array_rows(first, "", (6, 5, 3))[1] == ()
    flat, said = array_rows(np.full((2, 9, 9), 7, np.uint8), "", (4, 6))
    assert (flat.tolist(), said) == ([[7] * 24] * 2, ("2 of 2 pictures brought to 6 x 4, as the model learnt them",))


def test_arrays_that_hold_no_such_pictures_are_refused() -> None:
    for x, words in [
        (np.zeros((5, 30), np.uint8), "X has 30 columns, but the model takes 24: the pixels of pictures of 6 x 4"),
        (np.zeros((5, 4, 6, 7), np.uint8), r"must be pictures of shape .* but is \(5, 4, 6, 7\)"),
        (np.full((5, 4, 6), 256.0), "must hold pixels from 0 to 255, but row 0 .from 0. has 256"),
        (np.full((5, 24), np.nan), "must hold pixels"),
    ]:
        with pytest.raises(DataError, match=words):
            array_rows(x, "my.npz: X", (4, 6))
