"""The interface of a loss: a mean over rows of a sum over outputs, with its gradient.

A loss also turns labels into targets, so that the network knows nothing of classes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nnet.arrays import Array, Targets
from nnet.checks import float_type, shaped
from nnet.errors import ShapeError


class Loss(ABC):
    """A loss for a fixed number of folds and rows, whose buffers it owns.

    Args:
        shape: (F, B, outputs).
        delta: error at which Huber goes from quadratic to linear; other losses ignore it.

    Attributes:
        shape: that shape, which the outputs and targets of a step must have.

    Raises:
        ShapeError:   the shape has not three axes of at least 1.
        SettingError: the type is neither float32 nor float64.
    """

    classifies = True  # targets are class indices

    def __init__(self, shape: tuple[int, int, int], dtype: DTypeLike, delta: float = 1.0):
        if np.shape(shape) != (3,) or min(shape) < 1:
            raise ShapeError(f"shape must be (F, B, outputs), each at least 1, but got {shape}; give outputs.shape.")
        self.shape = folds, rows, outputs = tuple(shape)
        dtype = float_type(dtype)
        self._real = dtype.type
        self._delta = delta
        self._scratch: Array = np.empty((folds, outputs, rows), dtype).transpose(0, 2, 1)
        self._term: Array = np.empty((folds, outputs, rows), dtype).transpose(0, 2, 1)
        self._per_row: Array = np.empty((folds, rows, 1), dtype)
        self._weights: Array = np.empty((folds, rows, 1), dtype)
        self._ones: Array = np.ones((folds, 1, rows), dtype)
        self._sum: Array = np.empty((folds, 1, 1), dtype)
        self._one_row = self._real(1 / rows)

    @staticmethod
    @abstractmethod
    def outputs(classes: int) -> int:
        """Return the units of the last layer for a number of classes."""

    @staticmethod
    @abstractmethod
    def encode(y: Targets, outputs: int, smoothing: float, dtype: np.dtype[Any]) -> Array:
        """Turn (N,) labels, or (N,) or (N, outputs) numbers, into (N, outputs) targets."""

    def step(self, z: Array, targets: Array, total: Array, weights: Array | None = None) -> Array:
        """Add each fold's loss to a total, and turn the outputs into the gradient of the mean over rows.

        Args:
            z:       (F, B, outputs), overwritten.
            targets: (F, B, outputs).
            total:   (F,) totals, to which the sum over the rows is added.
            weights: (F, B, 1) importance of each row; with it, the gradient is that of the weighted mean.

        Returns:
            the gradient of each fold's mean loss (F, B, outputs), in the buffer that held the outputs.

        Raises:
            ShapeError: an argument has another shape.
        """
        self._check(z, targets, total, weights)
        self._gradient(z, targets)
        if weights is None:
            np.matmul(self._ones, self._per_row, out=self._sum)
            np.add(total, self._sum[:, 0, 0], out=total)
            np.multiply(z, self._one_row, out=z)
            return z
        np.multiply(self._per_row, weights, out=self._per_row)
        np.matmul(self._ones, self._per_row, out=self._sum)
        np.add(total, self._sum[:, 0, 0], out=total)
        np.matmul(self._ones, weights, out=self._sum)
        # a batch that weighs nothing has no gradient of its own
        np.maximum(self._sum, np.finfo(self._real).tiny, out=self._sum)
        np.divide(weights, self._sum, out=self._weights)
        np.multiply(z, self._weights, out=z)
        return z

    def _check(self, z: Array, targets: Array, total: Array, weights: Array | None) -> None:
        shape = self.shape
        try:
            if weights is None and z.shape == shape and targets.shape == shape and total.shape == shape[:1]:
                return  # as in every step of a training: the checks below take longer
        except AttributeError:  # a list
            pass
        shaped("outputs", z, shape, "outputs of that shape, or make the loss for outputs.shape")
        shaped("targets", targets, shape, "loss.encode(...)[None]")
        shaped("total", total, shape[:1], "np.zeros(F)")
        if weights is not None:
            shaped("weights", weights, (*shape[:2], 1))

    @abstractmethod
    def _gradient(self, z: Array, targets: Array) -> None:
        """Write each row's loss to self._per_row, and turn z into the gradient of the sum over rows."""

    @staticmethod
    @abstractmethod
    def rows(z: Array, targets: Array, delta: float = 1.0) -> Array:
        """Compute the loss of each row, (N,) in float64, from outputs and targets (N, outputs)."""
