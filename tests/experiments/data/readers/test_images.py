"""Pictures become rows of pixels; what cannot is refused with its file."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from experiments.config.data_options import DataSection
from experiments.data.readers import images as pictures
from experiments.data.readers.images import read_pictures
from experiments.data.table import Table
from experiments.errors import DataError

RNG = np.random.default_rng(0)


def save(path: Path, pixels: np.ndarray, **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)
    return path


def grey(height: int = 4, width: int = 6) -> np.ndarray:
    return RNG.integers(0, 256, (height, width), np.uint8)


def colour(height: int = 4, width: int = 6) -> np.ndarray:
    return RNG.integers(0, 256, (height, width, 3), np.uint8)


def read(folder: Path, test: Path | None = None, **keys: Any) -> Table:
    return read_pictures(folder, DataSection(source=f"{folder}/", **keys), test)


def test_a_row_is_a_picture_by_class_and_file_name(tmp_path: Path) -> None:
    drawn = [grey() for _ in range(3)]
    save(tmp_path / "b" / "1.png", drawn[2])
    save(tmp_path / "a" / "2.bmp", drawn[1])
    save(tmp_path / "a" / "1.png", drawn[0])
    (tmp_path / "a" / ".DS_Store").touch()
    (tmp_path / "README").touch()
    table = read(tmp_path)
    np.testing.assert_array_equal(np.asarray(table.features), [one.ravel() for one in drawn])
    assert (table.classes, table.target.tolist(), table.target_name) == (("a", "b"), [0, 0, 1], "class")
    assert (table.name, table.kinds, table.pixel_range) == (tmp_path.name, ("pixel",) * 24, 255.0)
    assert table.picture == drawn[0].shape
    assert np.asarray(table.features).dtype == np.uint8


def test_one_in_colour_makes_all_of_them(tmp_path: Path) -> None:
    red = colour()
    save(tmp_path / "a" / "1.png", grey())
    save(tmp_path / "b" / "1.png", red)
    table = read(tmp_path)
    np.testing.assert_array_equal(np.asarray(table.features)[1], red.ravel())
    assert np.asarray(table.features).shape == (2, 72)
    assert table.picture == (*red.shape[:2], 3)
    assert np.asarray(read(tmp_path, colour=False).features).shape == (2, 24)


def test_all_are_brought_to_one_size(tmp_path: Path) -> None:
    save(tmp_path / "a" / "1.png", np.full((40, 30), 7, np.uint8))
    save(tmp_path / "b" / "1.png", np.full((8, 20), 9, np.uint8))
    assert np.asarray(read(tmp_path, size=(3, 2)).features).tolist() == [[7] * 6, [9] * 6]
    with pytest.raises(DataError, match=r"b/1\.png: has 20 x 8 pixels, but .*a/1\.png has 30 x 40; .*data\.size"):
        read(tmp_path)


def test_a_photograph_stands_upright(tmp_path: Path) -> None:
    lying = Image.Exif()
    lying[0x0112] = 6
    half = np.repeat(np.array([[0, 255]], np.uint8), 16, axis=0).repeat(16, axis=1)  # 32 x 16, dark on the left
    save(tmp_path / "a" / "1.jpg", half, exif=lying)
    save(tmp_path / "b" / "1.png", half.T.copy())
    upright, told = (row.reshape(32, 16) for row in np.asarray(read(tmp_path).features))
    np.testing.assert_allclose(upright.astype(float), told, atol=8)


def test_train_and_test_are_the_two_parts(tmp_path: Path) -> None:
    for part, rows in (("train", 3), ("test", 2)):
        for name in "ab":
            for number in range(rows):
                save(tmp_path / "mine" / part / name / f"{number}.png", grey())
    table = read(tmp_path / "mine")
    assert (table.name, len(table.target), table.own_test) == ("mine", 10, 4)
    apart = read(tmp_path / "mine" / "train", tmp_path / "mine" / "test")
    np.testing.assert_array_equal(np.asarray(apart.features), np.asarray(table.features))


def test_a_folder_that_is_not_laid_out_so_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="two at least, but it has"):
        read(tmp_path)
    save(tmp_path / "a" / "1.png", grey())
    with pytest.raises(DataError, match="two at least, but it has 'a'"):
        read(tmp_path)
    (tmp_path / "b").mkdir()
    with pytest.raises(DataError, match="b: has no image"):
        read(tmp_path)
    (tmp_path / "b").rename(tmp_path / "\x1b[2J")
    with pytest.raises(DataError, match=r"printable characters, but got '.x1b"):
        read(tmp_path)
    save(tmp_path / "1.png", grey())
    with pytest.raises(DataError, match=r"'1\.png' does not"):
        read(tmp_path)


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "a" / "1.png", grey(50, 50))
    path = save(tmp_path / "b" / "1.png", grey(50, 50))
    half = path.read_bytes()[:1500]
    for content in [half, b"", b"no picture", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"]:
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"b/1\.png: cannot be read as an image"):
            read(tmp_path)
    save(path, grey(50, 50).astype(np.uint16) * 257)
    with pytest.raises(DataError, match="8 bits a channel, but has Pillow's mode I;16"):
        read(tmp_path)


def bomb(width: int, height: int) -> bytes:
    """A small PNG file whose header promises so many pixels."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(bytes(99)))]
    chunks = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("side", "found"), [(9_000, "9000 x 9000"), (10_000, "10000 x 10000"), (100_000, "10000000000")]
)
def test_a_bomb_is_refused_by_its_header(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, side: int, found: str
) -> None:
    save(tmp_path / "a" / "1.png", grey())
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "1.png").write_bytes(bomb(side, side))
    monkeypatch.setattr(pictures, "_pixels", lambda *_: pytest.fail("a picture was decoded"))
    with pytest.raises(DataError, match=rf"b/1\.png: .*{found}"):
        read(tmp_path, size=(8, 8))


def test_too_many_pixels_are_refused_before_they_are_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "ab":
        save(tmp_path / name / "1.png", grey(300, 300))
    with pytest.raises(DataError, match=r"a row must have at most 65536 values, .*data\.size = \[64, 64\]"):
        read(tmp_path)
    monkeypatch.setattr(pictures, "LARGEST_FILE", 100)
    monkeypatch.setattr(pictures, "_pixels", lambda *_: pytest.fail("a picture was decoded"))
    with pytest.raises(DataError, match=r"at most 100 pixel values"):
        read(tmp_path, size=(8, 8))
