"""Layers: forward and backward side by side. Each owns its buffers for a fixed number of folds and rows.

What `forward` and `backward` return is the layer's own buffer, valid until the next call.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnet.activations import Activation
from nnet.arrays import Array
from nnet.errors import SettingError
from nnet.parameters import DenseViews
from nnet.streams import RandomBits


class Layer(ABC):
    """A differentiable function of a batch, the same for all folds but for the parameters."""

    @abstractmethod
    def forward(self, x: Array) -> Array:
        """(F, B, in) -> (F, B, out); may overwrite x."""

    @abstractmethod
    def backward(self, dout: Array) -> Array:
        """(F, B, out), the gradient with respect to the output -> (F, B, in); may overwrite dout."""


class Dense(Layer):
    """out = x W + b.

    Source: Goodfellow et al. (2016), Deep Learning, 6.5.6.
    """

    def __init__(self, views: DenseViews, rows: int, input_gradient: bool = True):
        folds, inputs, outputs = views.weights.shape
        dtype = views.weights.dtype
        self.views = views
        self._weights_transposed = views.weights.transpose(0, 2, 1)
        self._ones: Array = np.ones((folds, 1, rows), dtype)
        self._out: Array = np.empty((folds, rows, outputs), dtype)
        self._dx: Array | None = np.empty((folds, rows, inputs), dtype) if input_gradient else None

    def forward(self, x: Array) -> Array:
        self._x = x
        np.matmul(x, self.views.weights, out=self._out)
        np.add(self._out, self.views.bias, out=self._out)
        return self._out

    def backward(self, dout: Array) -> Array:
        np.matmul(self._x.transpose(0, 2, 1), dout, out=self.views.weight_gradients)
        np.matmul(self._ones, dout, out=self.views.bias_gradients)  # the sum over rows, faster than np.sum
        if self._dx is None:  # the first layer: nobody asks for the gradient with respect to the data
            return dout
        return np.matmul(dout, self._weights_transposed, out=self._dx)


class Activate(Layer):
    """out = f(x), in place."""

    def __init__(self, activation: Activation, folds: int, rows: int, units: int, dtype: np.dtype[Any]):
        self._activation = activation
        self._scratch: Array = np.empty((folds, rows, units), dtype)

    def forward(self, x: Array) -> Array:
        self._activation.forward(x)
        self._a = x
        return x

    def backward(self, dout: Array) -> Array:
        self._activation.backward(self._a, dout, self._scratch)
        return dout


class Dropout(Layer):
    """out = x * mask / keep: each unit is dropped with probability p in training, and what is kept is scaled up.

    p is taken to the nearest multiple of 2**-16, the resolution of the random words; keep is exactly one minus that.

    Source: Srivastava et al. (2014), Dropout: A Simple Way to Prevent Neural Networks from Overfitting.
    """

    RESOLUTION = 1 << 16

    def __init__(self, p: float, bits: Sequence[RandomBits], rows: int, units: int, dtype: np.dtype[Any]):
        if not 0 <= p < 1:
            raise SettingError(f"`0 <= dropout < 1` must hold, but got dropout={p}.")
        dropped = min(round(p * self.RESOLUTION), self.RESOLUTION - 1)
        self._dropped = np.uint16(dropped)
        self._scale = dtype.type(self.RESOLUTION / (self.RESOLUTION - dropped))
        self._bits = bits
        self._kept: NDArray[np.bool_] = np.empty((len(bits), rows, units), bool)
        self._mask: Array = np.empty((len(bits), rows, units), dtype)
        self._out: Array = np.empty((len(bits), rows, units), dtype)

    def forward(self, x: Array) -> Array:
        for kept, bits in zip(self._kept, self._bits, strict=True):
            np.greater_equal(bits.take(kept.size).reshape(kept.shape), self._dropped, out=kept)
        np.multiply(self._kept, self._scale, out=self._mask)
        return np.multiply(x, self._mask, out=self._out)

    def backward(self, dout: Array) -> Array:
        return np.multiply(dout, self._mask, out=dout)
