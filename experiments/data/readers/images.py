"""A folder of images, with a subfolder for each class, as rows of pixels; Pillow reads them after a check of sizes."""

from __future__ import annotations

import io
import math
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps

from experiments.config.data_options import DataSection
from experiments.data.cells import SourceCells
from experiments.data.hashes import short_hash
from experiments.data.raw_table import LARGEST_FILE, brief, listed
from experiments.data.table import Table, appended, array_columns
from experiments.errors import DataError

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "PPM")  # formats that start no other program
ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".pbm", ".pgm", ".ppm")
MOST_PIXELS = 1 << 26  # of an image, before it is resized
MOST_VALUES = 1 << 16  # of a row
TURNED = ("JPEG", "MPO", "WEBP")  # formats of cameras, which note the camera's orientation
SIDEWAYS = 5  # first orientation that exchanges width and height
GREY = ("1", "L", "LA")
COLOURED = ("P", "RGB", "RGBA", "CMYK", "YCbCr", "PA", "RGBX", "LAB", "HSV", "La", "RGBa")


@dataclass(frozen=True)
class ImageFormat:
    """The size and colour of all rows."""

    size: tuple[int, int]
    colour: bool

    @property
    def shape(self) -> tuple[int, ...]:
        """Return (height, width) or, in colour, (height, width, 3)."""
        return (self.size[1], self.size[0], *((3,) if self.colour else ()))


def read_pictures(folder: Path, data: DataSection, test: Path | None = None) -> Table:
    """Read the table of a folder: rows by class and then by file name, pixels from 0 to 255 row by row.

    Subfolders `train` and `test`, if there are no others, are the rows to learn from and the source's own test part.
    With data.size every image is stretched to it; without, all must have the same size. The rows are grey if all images
    are grey.

    Raises:
        DataError: the subfolders are missing, or an image cannot be read, is too large or of another size.
    """
    inside = {path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")}
    if inside == {"train", "test"} and test is None:
        folder, test = folder / "train", folder / "test"
    files = _files(folder)
    test_files = [] if test is None else _files(test)
    form = _format(data, [path for path, _ in files + test_files])
    if len(files + test_files) * math.prod(form.shape) > LARGEST_FILE:
        raise DataError(f"{folder}: must have at most {LARGEST_FILE} pixel values; choose a smaller data.size.")
    table = _table(folder, files, form)
    return table if test is None else appended(table, _table(test, test_files, form))


def _files(folder: Path) -> list[tuple[Path, str]]:
    """List every image and its class."""
    beside = sorted(path.name for path in folder.iterdir() if path.suffix.lower() in ENDINGS)
    if beside:
        raise DataError(f"{folder}: every image must lie in the subfolder of its class, but {beside[0]!r} does not.")
    classes = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    files = []
    for inside in classes:
        if not inside.name.isprintable():
            raise DataError(f"{folder}: a class must have a name of printable characters, but got {inside.name!r}.")
        images = sorted(path for path in inside.iterdir() if not path.name.startswith(".") and path.name != "Thumbs.db")
        if not images:
            raise DataError(f"{inside}: has no image; remove the folder or add images.")
        files += [(path, inside.name) for path in images]
    if len(classes) < 2:
        raise DataError(
            f"{folder}: must have a subfolder of images for each class, two at least, but it has "
            f"{listed([path.name for path in classes]) or 'none'}."
        )
    return files


def _format(data: DataSection, paths: list[Path]) -> ImageFormat:
    """Find the size and colour from the headers of all images."""
    headers = [_header(path) for path in paths]
    width, height, _ = headers[0]
    for path, (other_width, other_height, _) in zip(paths, headers, strict=True):
        if data.size is None and (other_width, other_height) != (width, height):
            raise DataError(
                f"{path}: has {other_width} x {other_height} pixels, but {paths[0]} has {width} x {height}; set one "
                "size for all, as in data.size = [32, 32]."
            )
    colour = any(mode not in GREY for _, _, mode in headers) if data.colour is None else data.colour
    form = ImageFormat(data.size or (width, height), colour)
    if math.prod(form.shape) > MOST_VALUES:
        raise DataError(
            f"{paths[0]}: a row must have at most {MOST_VALUES} values, but an image has {form.shape}; choose a "
            "smaller size, as in data.size = [64, 64]."
        )
    return form


def _header(path: Path) -> tuple[int, int, str]:
    """Return width, height and Pillow's mode; nothing is decoded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(path, formats=FORMATS) as image:
                (width, height), mode = image.size, image.mode
                if image.format in TURNED and image.getexif().get(ExifTags.Base.Orientation, 1) >= SIDEWAYS:
                    width, height = height, width
        except Exception as error:  # Pillow's parsers raise many types for a broken file
            raise _unreadable(path, error) from None
    if width * height > MOST_PIXELS:
        raise DataError(f"{path}: an image must have at most {MOST_PIXELS} pixels, but this has {width} x {height}.")
    if mode not in GREY + COLOURED:
        raise DataError(f"{path}: must have 8 bits a channel, but has Pillow's mode {mode}; convert it.")
    return width, height, mode


def _table(folder: Path, files: list[tuple[Path, str]], form: ImageFormat) -> Table:
    names = np.array([name for _, name in files])
    classes, target = np.unique(names, return_inverse=True)
    pixels = np.empty((len(files), *form.shape), np.uint8)
    hashes = []
    for row, (path, _) in enumerate(files):
        content = path.read_bytes()
        pixels[row] = _pixels(path, content, form)
        hashes.append(short_hash(content))
    return Table(
        name=folder.parent.name if folder.name == "train" else folder.name,
        target=target.astype(np.int64),
        target_name="class",
        classes=tuple(map(str, classes)),
        cells=SourceCells.of(np.array(hashes, "V8"), names),
        **array_columns(pixels, str(folder)),
    )


def _pixels(path: Path, content: bytes, form: ImageFormat) -> NDArray[np.uint8]:
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            upright = ImageOps.exif_transpose(image) if image.format in TURNED else image
            upright = upright.convert("RGB" if form.colour else "L")
    except Exception as error:  # Pillow's decoders raise many types for a broken file
        raise _unreadable(path, error) from None
    if upright.size != form.size:
        upright = upright.resize(form.size, Image.Resampling.BILINEAR)
    return np.asarray(upright, np.uint8)


def _unreadable(path: Path, error: Exception) -> DataError:
    formats = ", ".join(FORMATS)
    return DataError(f"{path}: cannot be read as an image ({formats}): {brief(error)}; remove or replace it.")
