"""Mini-batches of several folds: which folds step together, and their rows gathered ahead for a few steps at a time.

Folds are batched while they have equally many rows left for a step. A ragged last batch keeps its own row count, and a
fold with no rows left sits the step out, so every fold sees exactly the batches that it would see alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnet.arrays import Array, Labels, Rows
from nnet.errors import SettingError, ShapeError

GATHER = 1 << 18  # elements of the inputs gathered ahead: 1 MB of float32


@dataclass(frozen=True)
class FoldData:
    """One fold: the rows it trains on and the rows it is validated on.

    x:          (N, inputs) of the network's dtype; folds may share one array.
    y:          (N,) class indices, of any integer type.
    train:      row numbers, at least one.
    validation: row numbers; empty for a fit without validation.

    Raises:
        ShapeError: shapes disagree, or a row number is none of x's.
    """

    x: Array
    y: Labels
    train: Rows
    validation: Rows

    def __post_init__(self) -> None:
        if self.x.ndim != 2 or self.y.shape != self.x.shape[:1]:
            raise ShapeError(f"x must be (N, inputs) and y (N,), but got {self.x.shape} and {self.y.shape}.")
        if not len(self.train):
            raise ShapeError("a fold must have at least one training row, but got none.")
        if not np.issubdtype(self.y.dtype, np.integer):
            raise ShapeError(f"y must hold class indices, but its type is {self.y.dtype}.")
        for name, rows in (("train", self.train), ("validation", self.validation)):
            if len(rows) and not np.issubdtype(rows.dtype, np.integer):
                raise ShapeError(f"{name} must hold row numbers, but its type is {rows.dtype}.")
            if len(rows) and not 0 <= rows.min() <= rows.max() < len(self.x):
                raise ShapeError(f"{name}: rows must lie in [0, {len(self.x)}), but got {rows.min()} to {rows.max()}.")


@dataclass(frozen=True)
class Batch:
    """The rows of neighbouring folds in one step: x (F, B, inputs), targets (F, B, classes), labels (F, B).

    Views of the gatherer's buffers, valid until the next batch.
    """

    folds: slice
    x: Array
    targets: Array
    labels: Labels


def runs(rows: Sequence[int], together: int) -> list[tuple[slice, int]]:
    """Neighbouring folds with equally many rows, at most `together` of them; folds without rows are left out.

    >>> runs([32, 32, 30, 0, 30], together=2)
    [(slice(0, 2, None), 32), (slice(2, 3, None), 30), (slice(4, 5, None), 30)]
    """
    found: list[tuple[slice, int]] = []
    start = 0
    for fold in range(1, len(rows) + 1):
        if fold == len(rows) or rows[fold] != rows[start] or fold - start == together:
            if rows[start]:
                found.append((slice(start, fold), rows[start]))
            start = fold
    return found


class Gatherer:
    """Gathers batches of F folds from their data.

    Args:
        folds:    the data; all of one width.
        classes:  number of columns of the one-hot targets.
        size:     rows of a batch.
        together: folds that may share one step.
    """

    def __init__(self, folds: Sequence[FoldData], classes: int, size: int, together: int, dtype: np.dtype[Any]):
        if size < 1:
            raise SettingError(f"`batch_size >= 1` must hold, but got batch_size={size}.")
        width = folds[0].x.shape[1]
        for data in folds:
            if data.x.dtype != dtype or data.x.shape[1] != width:
                raise ShapeError(f"folds must be {dtype} of width {width}, but got {data.x.dtype}, {data.x.shape[1]}.")
            if len(data.y) and not 0 <= data.y.min() <= data.y.max() < classes:
                raise ShapeError(f"labels must lie in [0, {classes}), but got {data.y.min()} to {data.y.max()}.")
        self._folds, self._size, self._together = folds, size, together
        self._ahead = max(1, GATHER // (len(folds) * size * max(width, 1)))
        rows = self._ahead * size
        self._x: Array = np.empty((len(folds), rows, width), dtype)
        self._targets: Array = np.empty((len(folds), rows, classes), dtype)
        self._labels: Labels = np.empty((len(folds), rows), np.intp)
        self._one_hot: Array = np.eye(classes, dtype=dtype)

    def batches(self, orders: Sequence[Rows]) -> Iterator[list[Batch]]:
        """For each step, the batches of the folds that have rows left, taken in the given orders.

        Args:
            orders: one a fold, row numbers of its data.
        """
        size = self._size
        longest = max(map(len, orders))
        for begin in range(0, longest, self._ahead * size):
            held = [self._gather(fold, order[begin : begin + self._ahead * size]) for fold, order in enumerate(orders)]
            for start in range(0, max(held), size):
                left = [min(max(rows - start, 0), size) for rows in held]
                yield [self._batch(folds, start, start + rows) for folds, rows in runs(left, self._together)]

    def _gather(self, fold: int, rows: Rows) -> int:
        if len(rows):
            data, here = self._folds[fold], slice(0, len(rows))
            # mode="clip" because the default buffers the output
            np.take(data.x, rows, axis=0, out=self._x[fold, here], mode="clip")
            self._labels[fold, here] = data.y[rows]
            np.take(self._one_hot, self._labels[fold, here], axis=0, out=self._targets[fold, here], mode="clip")
        return len(rows)

    def _batch(self, folds: slice, start: int, end: int) -> Batch:
        here = (folds, slice(start, end))
        return Batch(folds, self._x[here], self._targets[here], self._labels[here])
