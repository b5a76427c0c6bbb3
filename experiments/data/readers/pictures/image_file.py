"""One picture file: the facts of its header, and its pixels in 8 bits. Pillow reads them after a check of sizes."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps

from experiments.data.raw_table import brief
from experiments.errors import DataError

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")  # formats that start no other program
ENDINGS = (
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".dib", ".webp", ".tif", ".tiff"),
    *(".pbm", ".pgm", ".ppm", ".pnm"),
)
MOST_PIXELS = 1 << 26  # of a picture, before it is resized
TURNED = ("JPEG", "MPO", "WEBP")  # formats of cameras, which note the orientation; Pillow itself turns a TIFF
SIDEWAYS = 5  # first orientation that exchanges width and height
DEEP = ("I;16", "I;16L", "I;16B", "I;16N")  # grey of 16 bits
GREY = ("1", "L", "LA", "La", *DEEP)
COLOURED = ("P", "RGB", "RGBA", "CMYK", "YCbCr", "PA", "RGBX", "LAB", "HSV", "RGBa")
WHITE, BLACK = (255, 255, 255, 255), (0, 0, 0, 255)

Size = tuple[int, int]
Change = Literal["scaled", "on white", "on black", "first"]  # of 16 bits, transparent, of several frames


class UnreadableError(DataError):
    """A file that cannot be read as a picture; the message is the reason alone."""


@dataclass(frozen=True)
class ImageHeader:
    """The facts of a picture before it is decoded: width and height as it stands upright, and its kind."""

    size: Size
    colour: bool


@dataclass(frozen=True)
class ImageFormat:
    """The size and colour of all rows."""

    size: Size
    colour: bool

    @classmethod
    def of(cls, shape: tuple[int, ...]) -> ImageFormat:
        """Return the format of pictures of a shape: (height, width) or (height, width, 3)."""
        return cls((shape[1], shape[0]), len(shape) == 3)

    @property
    def shape(self) -> tuple[int, ...]:
        """Return (height, width) or, in colour, (height, width, 3)."""
        return (self.size[1], self.size[0], *((3,) if self.colour else ()))

    @property
    def values(self) -> int:
        """Return the number of values of a row."""
        return math.prod(self.shape)

    def __str__(self) -> str:
        return f"{self.size[0]} x {self.size[1]}, {'in colour' if self.colour else 'grey'}"


@dataclass(frozen=True)
class DecodedImage:
    """A picture in the format of all rows, with what was changed to bring it there but size and colour."""

    pixels: NDArray[np.uint8]
    changes: tuple[Change, ...]


def read_header(path: Path) -> ImageHeader:
    """Read the header of a file; nothing is decoded.

    Raises:
        UnreadableError: the file is no picture, is too large, or has no 8-bit form.
        OSError: the file cannot be opened.
    """
    with path.open("rb") as file, _opened(file) as image:
        (width, height), mode = image.size, image.mode
        if image.format in TURNED and image.getexif().get(ExifTags.Base.Orientation, 1) >= SIDEWAYS:
            width, height = height, width
        is_grey = mode in GREY or _is_deep(image)
    if width * height > MOST_PIXELS:
        raise UnreadableError(f"{width} x {height} pixels, more than {MOST_PIXELS}")
    if not is_grey and mode not in COLOURED:
        raise UnreadableError(f"Pillow's mode {mode}, whose white is not known; save it with 8 or 16 bits")
    return ImageHeader((width, height), not is_grey)


def decode(content: bytes, form: ImageFormat) -> DecodedImage:
    """Decode a file's content, its header checked before, upright and in the format of all rows.

    16 bits are scaled to 8. A transparent picture is put on white, or on black if it would vanish on white. Of several
    frames the first is taken.

    Raises:
        UnreadableError: the content is damaged.
    """
    changes: list[Change] = []
    with _opened(io.BytesIO(content)) as image:
        if getattr(image, "is_animated", False):
            changes.append("first")
        upright = ImageOps.exif_transpose(image) if image.format in TURNED else image
        if _is_deep(image):
            changes.append("scaled")
            upright = Image.fromarray(scaled_to_bytes(np.asarray(upright)))
        elif upright.has_transparency_data:
            upright, change = _opaque(upright)
            changes += [change] if change else []
        plain = upright.convert("RGB" if form.colour else "L")
    return DecodedImage(resized(plain, form.size), tuple(changes))


def bring_to(pixels: NDArray[np.uint8], form: ImageFormat) -> NDArray[np.uint8]:
    """Bring the (height, width) or (height, width, 3) pixels of a picture to the format of all rows."""
    return resized(Image.fromarray(pixels).convert("RGB" if form.colour else "L"), form.size)


def resized(image: Image.Image, size: Size) -> NDArray[np.uint8]:
    """Stretch a picture to a size, and return its pixels."""
    image = image if image.size == size else image.resize(size, Image.Resampling.BILINEAR)
    return np.asarray(image, np.uint8)


def scaled_to_bytes(values: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Scale 0 to 65535 to 0 to 255, rounded.

    >>> scaled_to_bytes(np.array([0, 128, 129, 65535])).tolist()
    [0, 0, 1, 255]
    """
    scaled: NDArray[np.uint8] = ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return scaled


def _is_deep(image: Image.Image) -> bool:
    """Tell whether a picture holds grey of 16 bits; Pillow scales the deep ones of PGM to 0 to 65535."""
    return image.mode in DEEP or (image.mode == "I" and image.format == "PPM")


def _opaque(image: Image.Image) -> tuple[Image.Image, Change | None]:
    """Put a transparent picture on a ground; one without a transparent pixel is only freed of its transparency."""
    whole = image.convert("RGBA")
    least, most = whole.getchannel("A").getextrema()
    if least == 255:
        return whole.convert("RGB"), None
    on_white = _on(whole, WHITE)
    vanished = least != most and set(on_white.getextrema()) == {(255, 255)}
    return (_on(whole, BLACK), "on black") if vanished else (on_white, "on white")


def _on(image: Image.Image, colour: tuple[int, int, int, int]) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", image.size, colour), image).convert("RGB")


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[Image.Image]:
    """Open a picture without a warning; whatever Pillow raises for it becomes one error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(file, formats=FORMATS) as image:
                yield image
        except Exception as error:  # Pillow's parsers and decoders raise many types for a broken file
            raise UnreadableError(_reason(error)) from None


def _reason(error: Exception) -> str:
    said = brief(error)
    return "of no known format" if "cannot identify image" in said else said or type(error).__name__
