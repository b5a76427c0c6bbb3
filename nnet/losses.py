"""Losses of the network's outputs, with their gradients, each by its formula for a row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnet.arrays import Array, Targets
from nnet.checks import shaped
from nnet.compiled import Call, passes_for
from nnet.errors import SettingError, ShapeError, lookup
from nnet.loss import Loss


class SoftmaxCrossEntropy(Loss):
    """Cross-entropy of softmax(z) against target probabilities: -sum_c t_c log p_c, gradient p - t, in nats.

    The largest output is subtracted first, so nothing overflows.

    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 4.3.4.

    >>> loss = SoftmaxCrossEntropy((1, 1, 2), float)
    >>> z, total = np.zeros((1, 1, 2)), np.zeros(1)
    >>> gradient = loss.step(z, np.array([[[1.0, 0.0]]]), total)
    >>> total.round(4), gradient
    (array([0.6931]), array([[[-0.5,  0.5]]]))
    """

    def __init__(self, shape: tuple[int, int, int], dtype: DTypeLike, delta: float = 1.0):
        super().__init__(shape, dtype, delta)
        folds, rows, outputs = shape
        self._true: Array = np.empty((folds, rows), dtype)
        self._column: Array = np.empty((folds, 1, rows), dtype)
        self._fold: Array = np.empty(folds, dtype)
        passes, sizes = passes_for(np.dtype(dtype)), (folds, outputs, rows)
        self._z = self._units = self._term  # the outputs that came last, which come again in every step
        self._unit_targets = self._term.transpose(0, 2, 1)
        self._flat_targets = self._unit_targets.reshape(folds, -1, copy=False)
        self._calls: tuple[Call, Call] | None = None
        self._strides: tuple[int, ...] = ()
        if passes is not None and rows > 1:  # of a single row NumPy adds the classes in another order
            t, row = self._term, self._column
            self._calls = (
                Call(passes.shift, (t, t, t, row), (*sizes, 0, 0)),
                Call(passes.softmax_gradient, (t, t, row), sizes, (self._one_row,)),
            )

    @staticmethod
    def outputs(classes: int) -> int:
        return classes

    @staticmethod
    def encode(y: Targets, outputs: int, smoothing: float, dtype: np.dtype[Any]) -> Array:
        # 1 - s + s/C in the label's class and s/C in the others, for smoothing s: Szegedy et al. (2016), section 7
        table: Array = np.full((outputs, outputs), smoothing / outputs)
        np.fill_diagonal(table, 1 - smoothing + smoothing / outputs)
        return table.astype(dtype)[checked_labels(y, outputs)]

    def step(self, z: Array, targets: Array, total: Array, weights: Array | None = None) -> Array:
        self._check(z, targets, total, weights)
        if z is not self._z:
            self._z, self._units = z, z.transpose(0, 2, 1)
        units, row = self._units, self._column
        if weights is not None or not units.flags.c_contiguous:
            return super().step(z, targets, total, weights)
        # outputs laid out unit by unit: all of a fold's are one vector
        t, flat = self._unit_targets, self._flat_targets
        if self._calls is None:
            np.copyto(t, targets.transpose(0, 2, 1))
            np.maximum.reduce(units, axis=1, keepdims=True, out=row)
            np.subtract(units, row, out=units)
        else:
            shift, gradient = self._calls
            shift.give(0, z)
            shift.give(1, targets)
            if targets.strides != self._strides:
                self._strides = targets.strides
                shift.counts[3:] = [stride // targets.itemsize for stride in targets.strides[:2]]
            shift.run()
        np.vecdot(units.reshape(flat.shape, copy=False), flat, out=self._fold)
        np.subtract(total, self._fold, out=total)
        np.exp(units, out=units)
        if self._calls is None:
            np.add.reduce(units, axis=1, keepdims=True, out=row)
            np.divide(units, row, out=units)
            np.subtract(units, t, out=units)
            np.multiply(units, self._one_row, out=units)
        else:
            gradient.give(0, z)
            gradient.run()
        np.log(row, out=row)
        np.vecdot(row[:, 0], self._ones[:, 0], out=self._fold)  # a sum whose order does not depend on F
        np.add(total, self._fold, out=total)
        return z

    def _gradient(self, z: Array, targets: Array) -> None:
        row = self._per_row
        np.maximum.reduce(z, axis=-1, keepdims=True, out=row)
        np.subtract(z, row, out=z)
        np.vecdot(z, targets, out=self._true)
        np.exp(z, out=z)
        np.add.reduce(z, axis=-1, keepdims=True, out=row)
        np.divide(z, row, out=z)
        np.subtract(z, targets, out=z)
        np.log(row, out=row)
        np.subtract(row, self._true[..., None], out=row)

    @staticmethod
    def rows(z: Array, targets: Array, delta: float = 1.0) -> Array:
        shaped("targets", targets, z.shape, "loss.encode(...)")
        shifted = z.astype(np.float64)
        shifted -= shifted.max(axis=-1, keepdims=True)
        losses: Array = np.log(np.exp(shifted).sum(axis=-1))
        losses -= np.vecdot(shifted, targets)
        return losses


class BinaryCrossEntropy(Loss):
    """Cross-entropy of a single logistic unit: log(1 + exp(z)) - t z, gradient sigmoid(z) - t, in nats.

    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 4.3.2.
    """

    @staticmethod
    def outputs(classes: int) -> int:
        if classes != 2:
            raise SettingError(f"binary_cross_entropy is for two classes, but there are {classes}.")
        return 1

    @staticmethod
    def encode(y: Targets, outputs: int, smoothing: float, dtype: np.dtype[Any]) -> Array:
        if outputs != 1:
            raise ShapeError(f"binary_cross_entropy takes one output, but the network has {outputs}.")
        labels = checked_labels(y, 2)
        return np.array([[smoothing / 2], [1 - smoothing / 2]], dtype)[labels]

    def _gradient(self, z: Array, targets: Array) -> None:
        # log(1 + exp(z)) = max(z, 0) + log(1 + exp(-|z|)), which cannot overflow
        half, term, scratch = self._real(0.5), self._term, self._scratch
        np.abs(z, out=scratch)
        np.negative(scratch, out=scratch)
        np.exp(scratch, out=scratch)
        np.add(scratch, self._real(1), out=scratch)
        np.log(scratch, out=scratch)
        np.maximum(z, self._real(0), out=term)
        np.add(scratch, term, out=scratch)
        np.multiply(z, targets, out=term)
        np.subtract(scratch, term, out=self._per_row)
        np.multiply(z, half, out=z)
        np.tanh(z, out=z)
        np.multiply(z, half, out=z)
        np.add(z, half, out=z)
        np.subtract(z, targets, out=z)

    @staticmethod
    def rows(z: Array, targets: Array, delta: float = 1.0) -> Array:
        shaped("targets", targets, z.shape, "loss.encode(...)")
        wide = z.astype(np.float64)
        with np.errstate(invalid="ignore"):
            losses: Array = softplus(wide) - wide * targets
        return losses[:, 0]


class ErrorLoss(Loss):
    """A loss of the error z - t. The targets are numbers, or labels as a 1 in their class's column."""

    classifies = False

    @staticmethod
    def outputs(classes: int) -> int:
        return classes

    @staticmethod
    def encode(y: Targets, outputs: int, smoothing: float, dtype: np.dtype[Any]) -> Array:
        return checked_numbers(y, outputs, dtype)


class MeanSquaredError(ErrorLoss):
    """The squared error (z - t)^2, summed over the outputs, with gradient 2 (z - t)."""

    def _gradient(self, z: Array, targets: Array) -> None:
        np.subtract(z, targets, out=z)
        np.multiply(z, z, out=self._term)
        np.add.reduce(self._term, axis=-1, keepdims=True, out=self._per_row)
        np.multiply(z, self._real(2), out=z)

    @staticmethod
    def rows(z: Array, targets: Array, delta: float = 1.0) -> Array:
        shaped("targets", targets, z.shape, "loss.encode(...)")
        losses: Array = ((z.astype(np.float64) - targets) ** 2).sum(axis=-1)
        return losses


class MeanAbsoluteError(ErrorLoss):
    """The absolute error |z - t|, summed over the outputs, with gradient sign(z - t), which is 0 at 0.

    The mean squared error is least at the mean of the targets, this one at their median: few wild targets count little.

    Source: Goodfellow et al. (2016), Deep Learning, section 6.2.1.2.
    """

    def _gradient(self, z: Array, targets: Array) -> None:
        np.subtract(z, targets, out=z)
        np.abs(z, out=self._term)
        np.add.reduce(self._term, axis=-1, keepdims=True, out=self._per_row)
        np.sign(z, out=z)

    @staticmethod
    def rows(z: Array, targets: Array, delta: float = 1.0) -> Array:
        shaped("targets", targets, z.shape, "loss.encode(...)")
        losses: Array = np.abs(z.astype(np.float64) - targets).sum(axis=-1)
        return losses


class Huber(ErrorLoss):
    """The Huber loss of e = z - t, summed over the outputs: e^2 / 2 if |e| <= delta, else delta (|e| - delta / 2).

    Source: Huber (1964), Robust Estimation of a Location Parameter.
    """

    def _gradient(self, z: Array, targets: Array) -> None:
        # with c = e clipped to +-delta, the loss is c (e - c / 2) and its gradient c
        delta, term, scratch = self._real(self._delta), self._term, self._scratch
        np.subtract(z, targets, out=scratch)
        np.minimum(scratch, delta, out=z)
        np.maximum(z, -delta, out=z)
        np.multiply(z, self._real(-0.5), out=term)
        np.add(term, scratch, out=term)
        np.multiply(term, z, out=term)
        np.add.reduce(term, axis=-1, keepdims=True, out=self._per_row)

    @staticmethod
    def rows(z: Array, targets: Array, delta: float = 1.0) -> Array:
        shaped("targets", targets, z.shape, "loss.encode(...)")
        error = z.astype(np.float64) - targets
        clipped = np.clip(error, -delta, delta)
        losses: Array = (clipped * (error - clipped / 2)).sum(axis=-1)
        return losses


LOSSES: dict[str, type[Loss]] = {
    "binary_cross_entropy": BinaryCrossEntropy,
    "cross_entropy": SoftmaxCrossEntropy,
    "huber": Huber,
    "mean_absolute_error": MeanAbsoluteError,
    "mean_squared_error": MeanSquaredError,
}


def loss_of(name: str) -> type[Loss]:
    return lookup(LOSSES, name, "loss")


def softplus(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute log(1 + exp(x)) of float64 numbers to full precision.

    Its exp and log have the same bits in every mathematical library in use; those of log1p and logaddexp changed.
    Source: Kahan's log(1 + e) = log(u) e / (u - 1) with u = 1 + e as it is rounded, in Goldberg (1991), theorem 4.

    >>> softplus(np.array([-800.0, -40.0, 0.0, 800.0]))
    array([0.00000000e+00, 4.24835426e-18, 6.93147181e-01, 8.00000000e+02])
    """
    e = np.exp(-np.abs(x))
    u = 1 + e
    with np.errstate(divide="ignore", invalid="ignore"):
        smooth = np.where(u == 1, e, np.log(u) * (e / (u - 1)))
    return np.maximum(x, 0) + smooth


def are_labels(y: Targets, outputs: int) -> bool:
    """Tell whether targets of a loss of errors are labels: (N,) integers of a network with several outputs."""
    return y.ndim == 1 and outputs > 1 and np.issubdtype(y.dtype, np.integer)


def checked_labels(y: Targets, classes: int) -> Targets:
    """Return the labels, of any integer type, if all of them are classes."""
    y = np.asarray(y)
    if y.ndim != 1 or not np.issubdtype(y.dtype, np.integer):
        columns = y.shape[1] if y.ndim == 2 else 0
        instead = ("np.unique(y, return_inverse=True)[1]", "np.ravel(y)", "np.argmax(y, axis=1)")[min(columns, 2)]
        raise ShapeError(f"y must be (N,) class indices, but got {y.dtype} of shape {y.shape}; give {instead}.")
    if len(y) and not 0 <= y.min() <= y.max() < classes:
        raise ShapeError(
            f"labels must lie in [0, {classes}), but got {y.min()} to {y.max()}; give "
            "np.unique(y, return_inverse=True)[1], or the network more outputs."
        )
    return y


def checked_numbers(y: Targets, outputs: int, dtype: np.dtype[Any]) -> Array:
    """Return numbers as a column for each output; labels of several classes become a 1 in their class's column."""
    y = np.asarray(y)
    if are_labels(y, outputs):
        return np.eye(outputs, dtype=dtype)[checked_labels(y, outputs)]
    if not np.issubdtype(y.dtype, np.number):
        raise ShapeError(f"y must hold numbers, but its type is {y.dtype}; give y.astype(float).")
    columns: Array = np.ascontiguousarray(y.reshape(len(y), -1), dtype)
    if columns.shape[1] != outputs:
        raise ShapeError(f"y must have {outputs} columns, one for each output, but got {columns.shape[1]}.")
    return columns
