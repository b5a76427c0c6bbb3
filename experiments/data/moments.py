"""Splits of rows in time order that divide no moment: of one day's rows, some would tell of the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.errors import DataError

Rows = NDArray[np.intp]


def between_moments(time: NDArray[Any], at: int) -> int:
    """Return the number of rows before the change of moment that is nearest to a boundary, of equals the earlier.

    Args:
        time: (N,) ascending.
        at:   number of rows before the wanted boundary.

    Raises:
        DataError: all rows are of one moment.

    >>> time = np.array([1, 1, 2, 2, 2, 2, 3])
    >>> [between_moments(time, at) for at in (1, 3, 4, 5)]
    [2, 2, 2, 6]
    """
    changes = np.flatnonzero(time[1:] != time[:-1]) + 1
    if not len(changes):
        raise DataError("data.time: the rows are all of one moment, so that none is later; remove data.time.")
    return int(changes[np.abs(changes - at).argmin()])


def whole_moments(pairs: Sequence[tuple[Rows, Rows]], time: NDArray[Any], key: str) -> tuple[tuple[Rows, Rows], ...]:
    """Move the boundaries of forward folds to the nearest changes of moment.

    Args:
        pairs: (training, validation) row numbers, each validation part next to the one before.
        time:  (N,) ascending.
        key:   the key of [cv] that names the number of folds, for the message.

    Raises:
        DataError: a moment has so many rows that a fold is left without any.
    """
    starts = [between_moments(time, int(validation[0])) for _, validation in pairs]
    ends = [*starts[1:], len(time)]
    if any(start >= end for start, end in zip(starts, ends, strict=True)):
        most = int(np.unique(time, return_counts=True)[1].max())
        raise DataError(
            f"cv.{key}: a fold of rows in time order divides no moment of data.time, but one moment has {most} of "
            f"{len(time)} rows; set a smaller cv.{key}."
        )
    rows = np.arange(len(time), dtype=np.intp)
    return tuple((rows[:start], rows[start:end]) for start, end in zip(starts, ends, strict=True))
