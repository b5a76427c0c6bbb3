"""Splits of rows in time order that divide no moment: of one day's rows, some would tell of the others."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.errors import DataError
from nnet.arrays import Rows


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
    if len({*starts, len(time)}) <= len(starts):
        most = int(np.unique(time, return_counts=True)[1].max())
        raise DataError(
            f"cv.{key}: a fold of rows in time order divides no moment of data.time, but one moment has {most} of "
            f"{len(time)} rows; set a smaller cv.{key}."
        )
    rows = np.arange(len(time), dtype=np.intp)
    return tuple((rows[:start], rows[start:end]) for start, end in zip(starts, ends, strict=True))


def most_forward_folds(time: NDArray[Any], wanted: int, least: int = 1) -> int:
    """Return the most forward folds, not more than wanted, that divide no moment and leave none without rows; or 0.

    Args:
        time:  (N,) ascending.
        least: number of rows that the first fold must learn from.

    >>> most_forward_folds(np.repeat(np.arange(5), 30), 5), most_forward_folds(np.arange(150), 5)
    (4, 5)
    """
    for folds in range(wanted, 0, -1):
        size = len(time) // (folds + 1)
        starts = {between_moments(time, len(time) - size * number) for number in range(folds, 0, -1)} if size else set()
        if len(starts) == folds and min(starts) >= least:
            return folds
    return 0


def share_of_last(time: NDArray[Any], moments: int) -> float:
    """Return the share of rows, in hundredths, with which a test set has so many moments.

    >>> share_of_last(np.repeat(np.arange(7), 10), 2)
    0.29
    """
    first = np.unique(time)[-moments]
    return ceil(100 * np.count_nonzero(time >= first) / len(time)) / 100


def refuse_earlier(learned: NDArray[Any], tested: NDArray[Any]) -> None:
    """Refuse test rows that are earlier than rows to learn from, which would tell of them.

    Args:
        learned: times of the rows to learn from.
        tested:  times of the source's own test rows.

    Raises:
        DataError: the message counts them.
    """
    earlier = int(np.count_nonzero(tested < learned.max()))
    if earlier:
        raise DataError(
            f"data.time: the source's own test rows must not be earlier than the rows to learn from, but {earlier} of "
            f"{len(tested)} are earlier than {moment_text(learned.max())}; remove these, or the rows to learn from "
            f"that are later than {moment_text(tested.min())}."
        )


def moment_text(moment: Any) -> str:
    """Write a time, without parts of a second or of a day that are 0.

    >>> moment_text(np.datetime64("2026-01-31T00:00:00.000000000")), moment_text(np.float64(7.0)), moment_text(2019)
    ('2026-01-31', '7', '2019')
    """
    if not isinstance(moment, np.datetime64):
        return str(moment) if isinstance(moment, int | np.integer) else f"{moment:.15g}"
    units = ("D", "m", "s", "ns")
    return str(next(short for unit in units if (short := moment.astype(f"M8[{unit}]")) == moment))
