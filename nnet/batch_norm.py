"""Batch normalisation: mean 0 and variance 1 of every unit over the batch, then a trained scale and shift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnet.arrays import Array
from nnet.layer import Layer
from nnet.noise import Gaussian

EPSILON = 1e-5
MOMENTUM = 0.1  # weight of a batch in the running statistics


@dataclass(frozen=True)
class BatchNormViews:
    """Views of one layer's parameters, gradients and running statistics for some folds, each (F, 1, units)."""

    scale: Array
    shift: Array
    scale_gradients: Array
    shift_gradients: Array
    mean: Array
    variance: Array


class BatchNorm(Layer):
    """Batch normalisation in training: out = scale * (x - mean) / sqrt(variance + epsilon) + shift, fold by fold.

    The mean and variance are those of the batch. The running statistics, which prediction uses, follow them with weight
    `momentum`; the running variance is the unbiased one. Noise, if there is any, is added before the scale.

    Source: Ioffe and Szegedy (2015), Batch Normalization: Accelerating Deep Network Training, algorithms 1 and 2.
    """

    def __init__(self, views: BatchNormViews, rows: int, noise: Gaussian | None = None):
        folds, _, units = views.scale.shape
        self._noise = noise
        dtype = views.scale.dtype
        self.views = views
        self.momentum = MOMENTUM
        self._ones: Array = np.ones((folds, 1, rows), dtype)
        self._mean_of: Array = np.full((folds, 1, rows), 1 / rows, dtype)
        self._row: Array = np.empty((folds, 1, units), dtype)
        self._inverse: Array = np.empty((folds, 1, units), dtype)
        self._normal: Array = np.empty((folds, rows, units), dtype)
        self._out: Array = np.empty((folds, rows, units), dtype)
        self._real = dtype.type
        self._unbiased = dtype.type(rows / max(rows - 1, 1))

    def forward(self, x: Array) -> Array:
        row, inverse, normal, views = self._row, self._inverse, self._normal, self.views
        np.matmul(self._mean_of, x, out=row)
        np.subtract(x, row, out=normal)
        if x.shape[1] > 1:  # a single row has no variance
            self._follow(views.mean, row)
        np.multiply(normal, normal, out=self._out)
        np.matmul(self._mean_of, self._out, out=row)
        np.add(row, self._real(EPSILON), out=inverse)
        np.sqrt(inverse, out=inverse)
        np.divide(self._real(1), inverse, out=inverse)
        if x.shape[1] > 1:
            np.multiply(row, self._unbiased, out=row)
            self._follow(views.variance, row)
        np.multiply(normal, inverse, out=normal)
        noisy = normal if self._noise is None else np.add(normal, self._noise.draw(), out=self._out)
        np.multiply(noisy, views.scale, out=self._out)
        return np.add(self._out, views.shift, out=self._out)

    def backward(self, dout: Array) -> Array:
        # with n the normalised input and means over the batch: dx = scale / deviation * (d - mean(d) - n mean(d n))
        row, normal, views = self._row, self._normal, self.views
        np.matmul(self._ones, dout, out=views.shift_gradients)
        np.multiply(dout, normal, out=self._out)
        np.matmul(self._ones, self._out, out=views.scale_gradients)
        rows = self._real(1 / dout.shape[1])
        np.multiply(views.scale_gradients, rows, out=row)
        np.multiply(normal, row, out=normal)
        if self._noise is not None:  # which the scale multiplies too
            np.multiply(dout, self._noise.values, out=self._out)
            np.matmul(self._ones, self._out, out=row)
            np.add(views.scale_gradients, row, out=views.scale_gradients)
        np.subtract(dout, normal, out=dout)
        np.multiply(views.shift_gradients, rows, out=row)
        np.subtract(dout, row, out=dout)
        np.multiply(self._inverse, views.scale, out=row)
        return np.multiply(dout, row, out=dout)

    def _follow(self, running: Array, batch: Array) -> None:
        """Update running statistics: running <- running + momentum (batch - running). This overwrites `batch`."""
        np.subtract(batch, running, out=batch)
        np.multiply(batch, self._real(self.momentum), out=batch)
        np.add(running, batch, out=running)


class FixedNorm(Layer):
    """Batch normalisation in prediction, by the running statistics."""

    def __init__(self, views: BatchNormViews):
        self.views = views
        self._factor: Array = np.empty_like(views.scale)

    def forward(self, x: Array) -> Array:
        np.add(self.views.variance, self._factor.dtype.type(EPSILON), out=self._factor)
        np.sqrt(self._factor, out=self._factor)
        np.divide(self.views.scale, self._factor, out=self._factor)
        np.subtract(x, self.views.mean, out=x)
        np.multiply(x, self._factor, out=x)
        return np.add(x, self.views.shift, out=x)

    def backward(self, dout: Array) -> Array:
        raise RuntimeError("a stack for prediction is not trained: use the stack of Mode.TRAINING.")
