"""A folder of pictures, one subfolder a class, as rows of pixels; read by Pillow after a look at their headers."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.config.data_options import Data
from experiments.data.cells import Files, SourceCells
from experiments.data.raw_table import LARGEST_FILE, brief, listed
from experiments.data.table import Kind, Table, appended
from experiments.errors import DataError

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "PPM")  # none that another program would be started for
ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".pbm", ".pgm", ".ppm")
MOST_PIXELS = 1 << 26  # of one picture, before it is brought to its size
MOST_VALUES = 1 << 16  # of one row
TURNED = ("JPEG", "MPO", "WEBP")  # formats of cameras, which note how they were held
SIDEWAYS = 5  # and the orientations from here on lie on their side
GREY = ("1", "L", "LA")
COLOURED = ("P", "RGB", "RGBA", "CMYK", "YCbCr", "PA", "RGBX", "LAB", "HSV", "La", "RGBa")


@dataclass(frozen=True)
class ImageFormat:
    """What the rows of all pictures have in common."""

    size: tuple[int, int]
    colour: bool

    @property
    def shape(self) -> tuple[int, ...]:
        """(height, width), and 3 for colour."""
        return (self.size[1], self.size[0], *((3,) if self.colour else ()))


def read_pictures(folder: Path, data: Data, test: Path | None = None) -> Table:
    """The table of a folder: rows by class and then by file name, pixels from 0 to 255 row by row.

    The folder's `train` and `test`, if it holds nothing else, are the rows to learn from and its own test part.
    With data.size every picture is stretched to it; without, all have one size. They are grey if all are grey.

    Raises:
        DataError: there are no such subfolders, or a picture cannot be read, is too large or of another size.
    """
    inside = {one.name for one in folder.iterdir() if one.is_dir() and not one.name.startswith(".")}
    if inside == {"train", "test"} and test is None:
        folder, test = folder / "train", folder / "test"
    files = _files(folder)
    others = [] if test is None else _files(test)
    look = _look(data, [path for path, _ in files + others])
    if len(files + others) * math.prod(look.shape) > LARGEST_FILE:
        raise DataError(f"{folder}: at most {LARGEST_FILE} pixel values are read; choose a smaller data.size.")
    table = _table(folder, files, look)
    return table if test is None else appended(table, _table(test, others, look))


def _files(folder: Path) -> list[tuple[Path, str]]:
    """Every picture and its class."""
    beside = sorted(one.name for one in folder.iterdir() if one.suffix.lower() in ENDINGS)
    if beside:
        raise DataError(f"{folder}: pictures lie in one subfolder a class, but {beside[0]!r} lies beside them.")
    classes = sorted(one for one in folder.iterdir() if one.is_dir() and not one.name.startswith("."))
    files = []
    for one in classes:
        if not one.name.isprintable():
            raise DataError(f"{folder}: a class is a name of printable characters, but got {one.name!r}.")
        found = sorted(path for path in one.iterdir() if not path.name.startswith(".") and path.name != "Thumbs.db")
        if not found:
            raise DataError(f"{one}: holds no picture; remove the folder, or fill it.")
        files += [(path, one.name) for path in found]
    if len(classes) < 2:
        raise DataError(
            f"{folder}: pictures lie in one subfolder a class, two at least; it has {listed(_names(classes))}."
        )
    return files


def _names(folders: list[Path]) -> list[str]:
    return [one.name for one in folders]


def _look(data: Data, paths: list[Path]) -> ImageFormat:
    """Size and colour, from the headers of all pictures."""
    size, colour = data.size, data.colour
    of_first, grey = None, True
    for path in paths:
        width, height, mode = _header(path)
        of_first = of_first or (width, height)
        if size is None and (width, height) != of_first:
            raise DataError(
                f"{path}: has {width} x {height} pixels, but {paths[0]} has {of_first[0]} x {of_first[1]}; bring "
                "all to one size, as in data.size = [32, 32]."
            )
        grey = grey and mode in GREY
    look = ImageFormat(size or of_first or (1, 1), not grey if colour is None else colour)
    if math.prod(look.shape) > MOST_VALUES:
        raise DataError(
            f"{paths[0]}: a row has at most {MOST_VALUES} values, but its picture has {look.shape}; choose a smaller "
            "size, as in data.size = [64, 64]."
        )
    return look


def _header(path: Path) -> tuple[int, int, str]:
    """Width, height and Pillow's mode; nothing is decoded."""
    from PIL import ExifTags, Image

    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(path, formats=FORMATS) as picture:
                (width, height), mode = picture.size, picture.mode
                if picture.format in TURNED and picture.getexif().get(ExifTags.Base.Orientation, 1) >= SIDEWAYS:
                    width, height = height, width
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise _too_large(path, "more") from None
        except Exception as error:  # whatever Pillow's parsers meet in a broken file
            raise _unreadable(path, error) from None
    if width * height > MOST_PIXELS:
        raise _too_large(path, f"{width} x {height}")
    if mode not in GREY + COLOURED:
        raise DataError(f"{path}: its pixels are of Pillow's mode {mode}; save it with 8 bits a channel.")
    return width, height, mode


def _table(folder: Path, files: list[tuple[Path, str]], look: ImageFormat) -> Table:
    classes = tuple(dict.fromkeys(name for _, name in files))
    pixels = np.empty((len(files), *look.shape), np.uint8)
    for row, (path, _) in enumerate(files):
        pixels[row] = _pixels(path, look)
    width = math.prod(look.shape)
    pixel: Kind = "pixel"
    return Table(
        name=folder.parent.name if folder.name == "train" else folder.name,
        features=pixels.reshape(len(files), width),
        kinds=(pixel,) * width,
        columns=tuple(map(str, range(width))),
        target=np.array([classes.index(name) for _, name in files], np.int64),
        target_name="class",
        classes=classes,
        pixel_range=255.0,
        picture=look.shape,
        cells=SourceCells.of(Files(tuple(path for path, _ in files)), np.array([name for _, name in files])),
    )


def _pixels(path: Path, look: ImageFormat) -> NDArray[np.uint8]:
    from PIL import Image, ImageOps

    try:
        with Image.open(path, formats=FORMATS) as picture:
            upright = ImageOps.exif_transpose(picture) if picture.format in TURNED else picture
            upright = upright.convert("RGB" if look.colour else "L")
    except Exception as error:  # whatever Pillow's decoders meet in a broken file
        raise _unreadable(path, error) from None
    if upright.size != look.size:
        upright = upright.resize(look.size, Image.Resampling.BILINEAR)
    return np.asarray(upright, np.uint8)


def _unreadable(path: Path, error: Exception) -> DataError:
    return DataError(
        f"{path}: cannot be read as a picture ({', '.join(FORMATS)}): {brief(error)}; remove or replace it."
    )


def _too_large(path: Path, found: str) -> DataError:
    return DataError(f"{path}: a picture has at most {MOST_PIXELS} pixels, but this has {found}.")
