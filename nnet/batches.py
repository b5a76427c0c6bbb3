"""Mini-batches of several folds, gathered from their data for a few steps at a time.

Neighbouring folds step together if they have equally many rows left for a step. A ragged last batch keeps its own row
count, and a fold with no rows left sits the step out. So every fold sees exactly the batches that it would see alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nnet.arrays import Array, Rows, Targets
from nnet.checks import unmasked
from nnet.errors import SettingError, ShapeError

GATHER = 1 << 18  # elements of the inputs gathered ahead: 1 MB of float32


def even_batch_size(batch_size: int, rows: Sequence[int]) -> int:
    """Return the nearest batch size that leaves no few rows over: the last of several batches is half full or more.

    Batch normalisation normalises two or three rows that are left over by themselves, and a step by such rows costs
    several points of accuracy.

    Args:
        rows: number of training rows, of each training that has the size.

    >>> even_batch_size(64, [512]), even_batch_size(64, [514]), even_batch_size(64, [514, 655])
    (64, 65, 66)
    """
    near = (size for distance in range(batch_size) for size in (batch_size + distance, batch_size - distance))
    return next(size for size in near if all(count < size or 2 * (-count % size) <= size for count in rows))


@dataclass(frozen=True)
class FoldData:
    """A fold's data, its training rows and its validation rows.

    x:          (N, inputs) of the network's dtype; folds may share one array.
    y:          (N,) class indices of any integer type, or (N,) or (N, outputs) numbers to predict.
    train:      row numbers, at least one.
    validation: row numbers; empty for a fit without validation.
    weights:    (N,) importance of each row in training, not negative; None weighs all alike.

    Lists become arrays, and so do frames and series, whose own labels of rows count for nothing.

    Raises:
        ShapeError: one is no array or has masked values, shapes disagree, a row number lies outside x, or the training
                    rows weigh nothing.
    """

    x: Array
    y: Targets
    train: Rows
    validation: Rows
    weights: Array | None = None

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            unmasked(name, value)
            if isinstance(value, Sequence):
                object.__setattr__(self, name, np.asarray(value, None if len(value) else np.intp))
            elif hasattr(value, "__array__") and not isinstance(value, np.ndarray):
                object.__setattr__(self, name, np.asarray(value))  # else a series is read by its labels of rows
            elif hasattr(value, "toarray"):
                raise ShapeError(f"{name} must be an array, but got {type(value).__name__}; give {name}.toarray().")
            elif not hasattr(value, "shape") and not (name == "weights" and value is None):
                raise ShapeError(f"{name} must be an array or a list, but got {type(value).__name__}.")
        if self.x.ndim != 2:
            raise ShapeError(f"x must be (N, inputs), but got {self.x.shape}; give np.reshape(x, (len(x), -1)).")
        if self.y.shape[:1] != self.x.shape[:1] or self.y.ndim not in (1, 2):
            raise ShapeError(f"y must be (N,) or (N, outputs) for {len(self.x)} rows, but got {self.y.shape}.")
        if self.x.dtype not in (np.float32, np.float64):
            raise ShapeError(
                f"x must be of float32 or float64, but got {self.x.dtype}; give np.asarray(x, np.float32)."
            )
        if self.weights is not None and self.weights.shape != self.x.shape[:1]:
            raise ShapeError(f"weights must be (N,) for {len(self.x)} rows, but got {self.weights.shape}.")
        if self.weights is not None and self.weights.dtype.kind not in "biuf":
            raise ShapeError(f"weights must hold numbers, but their type is {self.weights.dtype}.")
        if self.weights is not None and not (np.isfinite(self.weights).all() and self.weights.min() >= 0):
            raise ShapeError("weights must be finite and not negative.")
        for name, rows in (("train", self.train), ("validation", self.validation)):
            if rows.ndim != 1 or (len(rows) and not np.issubdtype(rows.dtype, np.integer)):
                instead = f"; give np.flatnonzero({name})" * (rows.dtype == np.bool_)
                raise ShapeError(
                    f"{name} must be (N,) row numbers, but got {rows.dtype} of shape {rows.shape}{instead}."
                )
            if len(rows) and not 0 <= rows.min() <= rows.max() < len(self.x):
                raise ShapeError(f"{name}: rows must lie in [0, {len(self.x)}), but got {rows.min()} to {rows.max()}.")
        if not len(self.train):
            raise ShapeError("a fold must have at least one training row, but got none.")
        if self.weights is not None and not self.weights[self.train].max() > 0:
            raise ShapeError("a fold must have a training row that weighs more than 0, but all of them weigh 0.")


class Batch(NamedTuple):
    """The rows of neighbouring folds in one step; views of the gatherer's buffers, valid until the next batch.

    x: (F, B, inputs)     targets: (F, B, outputs)     weights: (F, B, 1) or None
    """

    folds: slice
    x: Array
    targets: Array
    weights: Array | None


def runs(rows: Sequence[int], together: int) -> list[tuple[slice, int]]:
    """Group neighbouring folds with equally many rows, at most `together` in a group; skip folds without rows.

    >>> runs([32, 32, 30, 0, 30], together=2)
    [(slice(0, 2, None), 32), (slice(2, 3, None), 30), (slice(4, 5, None), 30)]
    """
    groups: list[tuple[slice, int]] = []
    start = 0
    for fold in range(1, len(rows) + 1):
        if fold == len(rows) or rows[fold] != rows[start] or fold - start == together:
            if rows[start]:
                groups.append((slice(start, fold), rows[start]))
            start = fold
    return groups


class Gatherer:
    """A gatherer of F folds' batches, whose buffers it owns.

    Args:
        folds:    the data; all of one width and type.
        targets:  (N, outputs) of each fold.
        size:     rows of a batch.
        together: folds that may share one step.
    """

    def __init__(self, folds: Sequence[FoldData], targets: Sequence[Array], size: int, together: int):
        if size < 1:
            raise SettingError(f"`batch_size >= 1` must hold, but got batch_size={size}.")
        if together < 1:
            raise SettingError(f"`folds_per_step >= 1` must hold, but got folds_per_step={together}.")
        dtype, width, outputs = folds[0].x.dtype, folds[0].x.shape[1], targets[0].shape[1]
        for data in folds:
            if data.x.dtype != dtype or data.x.shape[1] != width:
                raise ShapeError(f"folds must be {dtype} of width {width}, but got {data.x.dtype}, {data.x.shape[1]}.")
        self._folds, self._all_targets, self._size, self._together = folds, targets, size, together
        longest = max(max(len(data.train), len(data.validation)) for data in folds)
        ahead = min(GATHER // (len(folds) * size * max(width, 1)), -(-longest // size))
        self._chunk = max(1, ahead) * size
        self._x: Array = np.empty((len(folds), self._chunk, width), dtype)
        self._targets: Array = np.empty((len(folds), self._chunk, outputs), dtype)
        weighted = any(data.weights is not None for data in folds)
        self._weights: Array | None = np.ones((len(folds), self._chunk, 1), dtype) if weighted else None
        self._cut: dict[tuple[int, tuple[int, ...]], list[Batch]] = {}

    def batches(self, orders: Sequence[Rows]) -> Iterator[Iterable[Batch]]:
        """Yield each step's batches, of the folds that have rows left.

        Args:
            orders: for each fold, the row numbers of its data in the order in which they are taken.
        """
        size = self._size
        if self._chunk == size:  # large batches are gathered one by one, so that each is in the cache when it is used
            for begin in range(0, max(map(len, orders)), size):
                yield self._one_by_one([order[begin : begin + size] for order in orders])
            return
        for begin in range(0, max(map(len, orders)), self._chunk):
            held = [self._gather(fold, order[begin : begin + self._chunk]) for fold, order in enumerate(orders)]
            for start in range(0, max(held), size):
                yield self._batches(start, tuple(held))

    def _one_by_one(self, rows: Sequence[Rows]) -> Iterator[Batch]:
        for batch in self._batches(0, tuple(len(fold_rows) for fold_rows in rows)):
            for fold in range(batch.folds.start, batch.folds.stop):
                self._gather(fold, rows[fold])
            yield batch

    def _gather(self, fold: int, rows: Rows) -> int:
        if len(rows):
            data, here = self._folds[fold], slice(0, len(rows))
            # mode="clip" because the default buffers the output; the rows were checked
            np.take(data.x, rows, axis=0, out=self._x[fold, here], mode="clip")
            np.take(self._all_targets[fold], rows, axis=0, out=self._targets[fold, here], mode="clip")
            if self._weights is not None and data.weights is not None:
                self._weights[fold, here, 0] = data.weights[rows]
        return len(rows)

    def _batches(self, start: int, held: tuple[int, ...]) -> list[Batch]:
        """Return a step's batches, whose views are made once: the buffers stay at their addresses."""
        step = self._cut.get((start, held))
        if step is None:
            left = [min(max(rows - start, 0), self._size) for rows in held]
            step = self._cut[start, held] = [
                self._batch(folds, start, start + rows) for folds, rows in runs(left, self._together)
            ]
        return step

    def _batch(self, folds: slice, start: int, end: int) -> Batch:
        here = (folds, slice(start, end))
        weights = None if self._weights is None else self._weights[here]
        return Batch(folds, self._x[here], self._targets[here], weights)
