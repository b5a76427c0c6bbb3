"""Arrays that hold pictures: bytes of three or more axes, and numbers that were bytes for certain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from experiments.data.table import WHITE, picture_of
from experiments.errors import DataError
from nnet.arrays import Rows

SMALLEST = 5  # height and width of a picture whose axes are told by their lengths
AT_ONCE = 1 << 24  # values that are compared at a time
NEAR = 0.1  # largest distance of 255 times a fraction from a whole number: that of float16

Channels = Literal["last", "first"]


@dataclass(frozen=True)
class ArrayReading:
    """An array as it is read.

    values:    (N, height, width[, 3]) bytes where it holds pictures for certain, else the array as it is.
    facts:     lines about what it was not taken for.
    decisions: lines about what was changed, which a strict study refuses.
    """

    values: NDArray[Any]
    facts: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()


def as_pictures(x: NDArray[Any], name: str, where: str, development: Callable[[], Rows]) -> ArrayReading:
    """Read an array as pictures where it holds pictures for certain.

    Bytes are pictures, but for 0 and 1 alone in the development rows, which as pixels would all be black. Other numbers
    are if the development rows become bytes without any loss: they are whole and reach from 128 to 255, or are
    fractions of 255. Channels that come first are moved to the end.

    Args:
        x:           (N, ...) numbers.
        name:        name of the array.
        development: computes the rows that may decide.

    Raises:
        DataError: the channels may be the first axis or the last, or another row has no value or no such value.
    """
    is_bytes, shape = x.dtype == np.uint8, x.shape[1:]
    if x.ndim < 3 or not (is_bytes or picture_like(shape)):
        return ArrayReading(x)
    if is_bytes and _are_flags(x, development()):
        return ArrayReading(x.reshape(len(x), -1), (f"{name}: 0 and 1 are read as numbers; white pixels are 255",))
    channels, said = channels_of(shape, f"{where}: {name}"), []
    if not is_bytes:
        times = times_to_bytes(x, development())
        if times is None:
            return ArrayReading(
                x, (f"{name}: {x.dtype} is read as numbers; pictures are uint8, or become it without loss",)
            )
        x = to_bytes(x, times, f"{where}: {name}")
        kind = "fractions of 255" if times > 1 else "whole numbers up to 255"
        said.append(f"{name}: {kind} read as pixels")
    if channels == "first":
        x = np.ascontiguousarray(np.moveaxis(x, 1, -1))
        said.append(f"{name}: channels moved from the first axis of a picture to the last")
    return ArrayReading(x, decisions=tuple(said))


def channels_of(shape: tuple[int, ...], where: str) -> Channels | None:
    """Tell where the channels of a picture are by its shape; "last" where it has none, None of other shapes.

    Raises:
        DataError: they may be first or last.

    >>> [channels_of(shape, "") for shape in ((28, 28), (28, 28, 3), (3, 28, 28), (28, 28, 7))]
    ['last', 'last', 'first', None]
    """
    if len(shape) == 3 and shape[0] in (1, 3):
        if shape[-1] in (1, 3):
            raise DataError(
                f"{where}: the channels of a picture of shape {shape} may be its first axis or its last; reshape it to "
                "(rows, height, width) or (rows, height, width, 3), with more than 3 pixels each way."
            )
        return "first" if min(shape[1:]) >= SMALLEST else None
    return "last" if picture_of(shape) is not None else None


def picture_like(shape: tuple[int, ...]) -> bool:
    """Tell whether numbers of a shape may be a picture: two axes of 5 or more, and 1 or 3 channels.

    >>> picture_like((28, 28)), picture_like((3, 32, 32)), picture_like((100, 3)), picture_like((28, 28, 7))
    (True, True, False, False)
    """
    if len(shape) == 3 and shape[0] in (1, 3):
        shape = shape[1:]
    elif len(shape) == 3 and shape[-1] in (1, 3):
        shape = shape[:2]
    return len(shape) == 2 and min(shape) >= SMALLEST


def times_to_bytes(x: NDArray[Any], rows: Rows) -> float | None:
    """Return the factor, 1 or 255, by which rows become bytes without loss; None if they do not."""
    step = max(1, AT_ONCE // max(1, x[0].size))
    most, whole, fractions = 0.0, True, True
    for start in range(0, len(rows), step):
        values = x[rows[start : start + step]].astype(np.float64)
        if not (values >= 0).all() or not (values <= WHITE).all():  # NaN is neither
            return None
        most = max(most, float(values.max()))
        whole = whole and bool((values == np.rint(values)).all())
        fractions = fractions and most <= 1 and bool((np.abs(values * WHITE - np.rint(values * WHITE)) <= NEAR).all())
        if not whole and not fractions:
            return None
    if whole:
        return 1.0 if most > WHITE / 2 else None
    return WHITE if fractions and most > 0.5 else None


def _are_flags(x: NDArray[np.uint8], rows: Rows) -> bool:
    """Return whether the bytes of rows are 0 and 1."""
    largest = 0
    for row in rows:
        largest = max(largest, int(x[row].max()))
        if largest > 1:
            return False
    return largest == 1


def to_bytes(x: NDArray[Any], times: float, where: str) -> NDArray[np.uint8]:
    """Multiply and round numbers to bytes.

    Raises:
        DataError: a number is missing, or is not between 0 and 255.
    """
    pixels: NDArray[np.uint8] = np.empty(x.shape, np.uint8)
    step = max(1, AT_ONCE // max(1, x[0].size))
    for start in range(0, len(x), step):
        values = x[start : start + step] * times
        wrong = ~((values > -0.5) & (values < WHITE + 0.5))
        if wrong.any():
            row = start + int(wrong.reshape(len(wrong), -1).any(axis=1).argmax())
            bad = x[row][wrong[row - start]].ravel()[0]
            raise DataError(
                f"{where} must hold pixels from 0 to {WHITE / times:g}, but row {row} (from 0) has {bad}; correct it."
            )
        pixels[start : start + step] = np.rint(values)
    return pixels
