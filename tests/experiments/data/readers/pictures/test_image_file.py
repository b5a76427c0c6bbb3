"""A picture file becomes upright pixels of 8 bits on a ground, or says why it cannot."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from experiments.data.readers.pictures.image_file import ImageFormat, UnreadableError, bring_to, decode, read_header
from support.pictures import colour, grey, save

GREY, COLOUR = ImageFormat((6, 4), False), ImageFormat((6, 4), True)


def content(pixels: np.ndarray, ending: str = "PNG", mode: str | None = None, **options: Any) -> bytes:
    out, image = io.BytesIO(), Image.fromarray(pixels)
    (image if mode is None else image.convert(mode)).save(out, ending, **options)
    return out.getvalue()


@pytest.mark.parametrize("ending", ["PNG", "BMP", "TIFF", "PPM"])
def test_formats_without_loss_keep_every_pixel(ending: str) -> None:
    pixels = colour()
    np.testing.assert_array_equal(decode(content(pixels, ending), COLOUR).pixels, pixels)


@pytest.mark.parametrize("ending", [".png", ".tif", ".pgm"])
def test_sixteen_bits_are_scaled_and_rounded(tmp_path: Path, ending: str) -> None:
    deep = np.array([[0, 128, 129], [32767, 32768, 65535]], np.uint16)
    path = save(tmp_path / f"deep{ending}", deep)
    assert not read_header(path).colour
    found = decode(path.read_bytes(), ImageFormat((3, 2), False))
    np.testing.assert_array_equal(found.pixels, np.rint(deep * (255 / 65535)))
    assert found.changes == ("scaled",)


def test_transparent_pictures_are_put_on_white() -> None:
    drawn = np.dstack([colour(), np.full((4, 6), 255, np.uint8)])
    assert decode(content(drawn), COLOUR).changes == ()
    drawn[:, :3, 3] = 0
    found = decode(content(drawn), COLOUR)
    assert found.changes == ("on white",)
    assert (found.pixels[:, :3] == 255).all()
    np.testing.assert_array_equal(found.pixels[:, 3:], drawn[:, 3:, :3])
    drawn[:, :3, 3] = 51  # a fifth of black on white
    drawn[..., :3] = 0
    assert decode(content(drawn), GREY).pixels[0].tolist() == [204] * 3 + [0] * 3


def test_what_would_vanish_on_white_is_put_on_black() -> None:
    drawn = np.full((4, 6, 4), 255, np.uint8)
    drawn[:, :2, 3] = 0
    found = decode(content(drawn), GREY)
    assert found.changes == ("on black",)
    assert found.pixels[0].tolist() == [0, 0, 255, 255, 255, 255]
    drawn[..., 3] = 0
    assert decode(content(drawn), GREY).changes == ("on white",)


def test_one_transparent_grey_or_colour_of_a_palette_is_put_on_white() -> None:
    ladder = np.repeat(np.arange(6, dtype=np.uint8)[None] * 40, 4, axis=0)
    assert decode(content(ladder, transparency=80), GREY).pixels[0].tolist() == [0, 40, 255, 120, 160, 200]
    found = decode(content(ladder, mode="P", transparency=bytes([255] * 80 + [0])), GREY)
    assert found.pixels[0].tolist() == [0, 40, 255, 120, 160, 200]


def test_other_kinds_of_colour_are_read() -> None:
    flat = np.full((4, 6, 3), (204, 51, 102), np.uint8)
    for ending, mode in [("JPEG", "CMYK"), ("TIFF", "CMYK"), ("PNG", "P"), ("GIF", "P"), ("JPEG", "YCbCr")]:
        found = decode(content(flat, ending, mode), COLOUR)
        np.testing.assert_allclose(found.pixels, flat, atol=12)
        assert found.changes == ()
    assert decode(content(np.eye(4, 6) > 0), GREY).pixels[0].tolist() == [255, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(("ending", "options"), [("JPEG", {"quality": 95}), ("TIFF", {})])
def test_a_photograph_stands_upright(tmp_path: Path, ending: str, options: dict[str, Any]) -> None:
    lying = Image.Exif()
    lying[0x0112] = 6
    half = np.repeat(np.array([[0, 255]], np.uint8), 16, axis=0).repeat(16, axis=1)  # 32 x 16, dark on the left
    (tmp_path / "x").write_bytes(content(half, ending, exif=lying, **options))
    assert read_header(tmp_path / "x").size == (16, 32)
    found = decode((tmp_path / "x").read_bytes(), ImageFormat((16, 32), False))
    np.testing.assert_allclose(found.pixels.astype(float), half.T, atol=8)


@pytest.mark.parametrize("ending", ["GIF", "TIFF"])
def test_the_first_of_several_frames_is_read(ending: str) -> None:
    first, second = np.full((4, 6), 10, np.uint8), np.full((4, 6), 200, np.uint8)
    found = decode(content(first, ending, save_all=True, append_images=[Image.fromarray(second)]), GREY)
    assert (found.changes, found.pixels[0, 0]) == (("first",), 10)


def test_a_picture_is_stretched_and_coloured() -> None:
    found = decode(content(np.full((40, 30), 7, np.uint8)), COLOUR).pixels
    assert (found.shape, np.unique(found).tolist()) == ((4, 6, 3), [7])
    assert bring_to(np.full((9, 9, 3), 5, np.uint8), GREY).tolist() == [[5] * 6] * 4


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
def test_a_bomb_is_refused_by_its_header(tmp_path: Path, side: int, found: str) -> None:
    (tmp_path / "bomb.png").write_bytes(bomb(side, side))
    with pytest.raises(UnreadableError, match=found):
        read_header(tmp_path / "bomb.png")


def test_what_is_no_picture_of_8_or_16_bits_is_refused(tmp_path: Path) -> None:
    postscript = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"
    for raw, reason in [
        (b"", "of no known format"),
        (b"no picture", "of no known format"),
        (postscript, "of no known format"),
        (content(grey().astype(np.float32), "TIFF"), "Pillow's mode F, whose white is not known; save it with 8 or 16"),
        (content(grey().astype(np.int32), "TIFF"), "Pillow's mode I, "),
    ]:
        (tmp_path / "x.png").write_bytes(raw)
        with pytest.raises(UnreadableError, match=reason):
            read_header(tmp_path / "x.png")


@pytest.mark.parametrize("ending", ["PNG", "TIFF", "JPEG", "GIF", "WEBP"])
def test_a_damaged_picture_is_refused_without_a_warning(ending: str) -> None:
    whole = content(grey(50, 50), ending)
    with pytest.raises(UnreadableError) as refused:
        decode(whole[: len(whole) // 2], GREY)
    assert "\n" not in str(refused.value)
