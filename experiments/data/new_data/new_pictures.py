"""New pictures for a model: a folder, a file or an array of them, in the size and colour that the model learnt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.data.readers.arrays.image_arrays import channels_of, to_bytes
from experiments.data.readers.pictures.image_file import (
    ImageFormat,
    UnreadableError,
    bring_to,
    decode,
    read_header,
    scaled_to_bytes,
)
from experiments.data.readers.pictures.image_folder import PictureFile, PictureFolder, find_pictures, name_unreadable
from experiments.data.table import WHITE
from experiments.errors import DataError

NAME = "file"  # name of the column with the pictures' paths


class NewPictures:
    """The pictures of a folder or a file, in the order of their paths.

    notes:      lines about what is passed over and what is resized.
    unreadable: path of a picture below the folder -> the reason why it has no row of pixels; filled while the chunks
                are read.

    Args:
        path:  folder or file.
        shape: (height, width) or (height, width, 3) of the pictures that the model learnt from.

    Raises:
        DataError: there is no picture, or more than half are unreadable.
    """

    def __init__(self, path: Path, shape: tuple[int, ...]):
        found = find_pictures(path) if path.is_dir() else _only(path)
        found.check()
        self._path, self._root, self._form = path, found.root, ImageFormat.of(shape)
        self._files = sorted([*(one.path for one in found.pictures), *found.unreadable])
        others = sum(one.header.size != self._form.size for one in found.pictures)
        self.notes = (*found.passed_over(), *_resized(others, len(self._files), self._form))
        self.unreadable = {_named(one, found.root): reason for one, reason in found.unreadable.items()}

    def chunks(self, columns: Sequence[str], rows: int) -> Iterator[pd.DataFrame]:
        """Decode the pictures: frames of at most so many rows of pixels, whose index is the path below the folder.

        Raises:
            DataError: more than half of the pictures are unreadable.
        """
        for start in range(0, len(self._files), rows):
            files = self._files[start : start + rows]
            pixels = np.zeros((len(files), self._form.values), np.uint8)
            for row, path in enumerate(files):
                if (name := _named(path, self._root)) in self.unreadable:
                    continue
                try:
                    pixels[row] = decode(path.read_bytes(), self._form).pixels.ravel()
                except (UnreadableError, OSError) as error:
                    self.unreadable[name] = getattr(error, "strerror", None) or str(error)
            index = pd.Index([_named(path, self._root) for path in files], name=NAME)
            yield pd.DataFrame(pixels, index, list(columns), copy=False)
        if 2 * len(self.unreadable) > len(self._files):
            bad, every = len(self.unreadable), len(self._files)
            raise DataError(
                f"{self._path}: {bad} of {every} pictures cannot be read: {name_unreadable(self.unreadable)}."
            )


def array_rows(x: NDArray[Any], where: str, shape: tuple[int, ...]) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Bring an array of pictures to rows of pixels of a shape.

    Numbers are pixels from 0 to 255, floats up to 1 are fractions of 255, True is 255, and uint16 above 255 is scaled
    to 8 bits.

    Args:
        x:     (N, height, width), with channels last or first, or (N, pixels) in that shape.
        where: the array's place, for messages.
        shape: (height, width) or (height, width, 3) of the pictures that the model learnt from.

    Returns:
        (N, pixels), and a line if the pictures are resized.

    Raises:
        DataError: the array is of another shape, or a number is no pixel.
    """
    form = ImageFormat.of(shape)
    if x.ndim == 2 and x.shape[1] != form.values:
        raise DataError(
            f"{where} has {x.shape[1]} columns, but the model takes {form.values}: the pixels of pictures of {form}; "
            "give pictures of shape (rows, height, width) or (rows, height, width, 3)."
        )
    if x.ndim > 2 and (channels := channels_of(x.shape[1:], where)) != "last":
        if channels is None:
            raise DataError(f"{where} must be pictures of shape (rows, height, width[, 3]), but is {x.shape}.")
        x = np.moveaxis(x, 1, -1)
    pixels = _pixels(x, where)
    if pixels.ndim == 2 or pixels.shape[1:] == form.shape:
        return pixels.reshape(len(x), -1), ()
    pixels = pixels[..., 0] if pixels.shape[3:] == (1,) else pixels
    others = 0 if pixels.shape[2:0:-1] == form.size else len(x)
    return np.stack([bring_to(picture, form).ravel() for picture in pixels]), _resized(others, len(x), form)


def _resized(others: int, every: int, form: ImageFormat) -> tuple[str, ...]:
    size = f"{form.size[0]} x {form.size[1]}"
    return (f"{others} of {every} pictures brought to {size}, as the model learnt them",) if others else ()


def _only(path: Path) -> PictureFolder:
    """Return the folder of a file with this file alone."""
    try:
        return PictureFolder(path.parent, [PictureFile(path, (), read_header(path))])
    except UnreadableError as error:
        raise DataError(f"{path}: cannot be read as a picture: {error}; replace it.") from None


def _pixels(x: NDArray[Any], where: str) -> NDArray[np.uint8]:
    if x.dtype == np.uint8:
        return x
    if x.dtype == np.uint16 and x.max() > WHITE:
        return scaled_to_bytes(x)
    return to_bytes(x, WHITE if x.dtype.kind in "bf" and not (x > 1).any() else 1.0, where)


def _named(path: Path, root: Path) -> str:
    """Return a path below a folder as a text that can be written as UTF-8."""
    return path.relative_to(root).as_posix().encode("utf-8", "backslashreplace").decode()
