"""Activation functions as layers: forward computes a = f(z), backward computes da f'(z).

An activation whose derivative follows from a alone works in place. Each activation owns its buffers for one shape.

Source: Goodfellow et al. (2016), Deep Learning, section 6.3.
"""

from __future__ import annotations

from functools import cached_property
from math import pi, sqrt
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnet.arrays import Array
from nnet.layer import Layer


class Activation(Layer):
    """An elementwise function of arrays of one shape.

    Args:
        shape: (F, B, units).
    """

    _a: Array  # the outputs, for backward

    def __init__(self, shape: tuple[int, int, int], dtype: DTypeLike):
        kind: np.dtype[Any] = np.dtype(dtype)
        self._shape, self._dtype, self._real = shape, kind, kind.type

    @cached_property
    def _scratch(self) -> Array:
        """The buffer for intermediate results."""
        return np.empty(self._shape, self._dtype)


class Identity(Activation):
    """f(z) = z."""

    def forward(self, x: Array) -> Array:
        return x

    def backward(self, dout: Array) -> Array:
        return dout


class Sigmoid(Activation):
    """a = 1 / (1 + exp(-z)), computed as (1 + tanh(z / 2)) / 2, which cannot overflow, with f'(z) = a (1 - a)."""

    def forward(self, x: Array) -> Array:
        half = self._real(0.5)
        np.multiply(x, half, out=x)
        np.tanh(x, out=x)
        np.multiply(x, half, out=x)
        self._a = np.add(x, half, out=x)
        return x

    def backward(self, dout: Array) -> Array:
        np.multiply(self._a, self._a, out=self._scratch)
        np.subtract(self._a, self._scratch, out=self._scratch)
        return np.multiply(dout, self._scratch, out=dout)


class Tanh(Activation):
    """a = tanh(z), with f'(z) = 1 - a^2."""

    def forward(self, x: Array) -> Array:
        self._a = np.tanh(x, out=x)
        return x

    def backward(self, dout: Array) -> Array:
        np.multiply(self._a, self._a, out=self._scratch)
        np.subtract(self._real(1), self._scratch, out=self._scratch)
        return np.multiply(dout, self._scratch, out=dout)


class ReLU(Activation):
    """f(z) = max(z, 0), with f'(0) = 0."""

    def __init__(self, shape: tuple[int, int, int], dtype: DTypeLike):
        super().__init__(shape, dtype)
        # NumPy takes the maximum of two arrays four times faster than that of an array and a number
        self._zeros: Array = np.zeros(shape, dtype)

    def forward(self, x: Array) -> Array:
        self._a = np.maximum(x, self._zeros, out=x)
        return x

    def backward(self, dout: Array) -> Array:
        np.greater(self._a, self._zeros, out=self._positive)
        return np.multiply(dout, self._positive, out=dout)

    @cached_property
    def _positive(self) -> NDArray[np.bool_]:
        """The buffer for the signs of the outputs."""
        return np.empty(self._shape, bool)


class LeakyReLU(Activation):
    """f(z) = max(z, 0.01 z), with f'(0) = 0.01."""

    SLOPE = 0.01

    def forward(self, x: Array) -> Array:
        np.multiply(x, self._real(self.SLOPE), out=self._scratch)
        self._a = np.maximum(x, self._scratch, out=x)
        return x

    def backward(self, dout: Array) -> Array:
        np.greater(self._a, self._real(0), out=self._scratch)
        np.maximum(self._scratch, self._real(self.SLOPE), out=self._scratch)
        return np.multiply(dout, self._scratch, out=dout)


class SiLU(Activation):
    """f(z) = z sigmoid(z), with f'(z) = s + f (1 - s) for s = sigmoid(z).

    Source: Elfwing et al. (2018), Sigmoid-Weighted Linear Units for Neural Network Function Approximation.
    """

    def __init__(self, shape: tuple[int, int, int], dtype: DTypeLike):
        super().__init__(shape, dtype)
        self._s: Array = np.empty(shape, dtype)

    def forward(self, x: Array) -> Array:
        half, s = self._real(0.5), self._s
        np.multiply(x, half, out=s)
        np.tanh(s, out=s)
        np.multiply(s, half, out=s)
        np.add(s, half, out=s)
        self._a = np.multiply(x, s, out=x)
        return x

    def backward(self, dout: Array) -> Array:
        np.subtract(self._real(1), self._s, out=self._scratch)
        np.multiply(self._scratch, self._a, out=self._scratch)
        np.add(self._scratch, self._s, out=self._scratch)
        return np.multiply(dout, self._scratch, out=dout)


class GELU(Activation):
    """f(z) = z (1 + t) / 2 with t = tanh(u) and u = sqrt(2/pi) (z + 0.044715 z^3), the tanh form.

    Source: Hendrycks and Gimpel (2016), Gaussian Error Linear Units.
    """

    CUBIC, SCALE = 0.044715, sqrt(2 / pi)

    def __init__(self, shape: tuple[int, int, int], dtype: DTypeLike):
        super().__init__(shape, dtype)
        self._t: Array = np.empty(shape, dtype)
        self._out: Array = np.empty(shape, dtype)
        self._largest = np.finfo(dtype).max
        self._harmless = float(self._largest) ** 0.6  # a sum of squares of numbers whose cubes are far from overflow

    def forward(self, x: Array) -> Array:
        real, t = self._real, self._t
        self._z = x
        np.multiply(x, x, out=t)
        np.multiply(t, real(self.CUBIC * self.SCALE), out=t)
        np.add(t, real(self.SCALE), out=t)
        np.multiply(t, x, out=t)
        np.tanh(t, out=t)
        np.add(t, real(1), out=self._out)
        np.multiply(self._out, x, out=self._out)
        np.multiply(self._out, real(0.5), out=self._out)
        return self._out

    def backward(self, dout: Array) -> Array:
        # f' = (1 + t) / 2 + z (1 - t^2) u' / 2, where u' = SCALE (1 + 3 CUBIC z^2)
        real, t, slope = self._real, self._t, self._scratch
        np.multiply(self._z, self._z, out=slope)
        np.multiply(slope, real(3 * self.CUBIC * self.SCALE), out=slope)
        np.add(slope, real(self.SCALE), out=slope)
        np.multiply(slope, self._z, out=slope)
        if not np.vdot(self._z, self._z) < self._harmless:  # where z is huge 1 - t^2 is 0, and infinity times 0 is NaN
            np.minimum(slope, self._largest, out=slope)
            np.maximum(slope, -self._largest, out=slope)
        np.multiply(t, t, out=self._out)
        np.subtract(real(1), self._out, out=self._out)
        np.multiply(slope, self._out, out=slope)
        np.add(slope, t, out=slope)
        np.add(slope, real(1), out=slope)
        np.multiply(slope, real(0.5), out=slope)
        return np.multiply(dout, slope, out=dout)


class Mish(Activation):
    """f(z) = z t with t = tanh(log(1 + exp(z))), and f'(z) = t + z (1 - t^2) sigmoid(z).

    With e = exp(z), t = e (e + 2) / (e (e + 2) + 2). Beyond z = 20, t is 1 in both types of numbers.

    Source: Misra (2020), Mish: A Self Regularized Non-Monotonic Activation Function.
    """

    FAR = 20.0

    def __init__(self, shape: tuple[int, int, int], dtype: DTypeLike):
        super().__init__(shape, dtype)
        self._e: Array = np.empty(shape, dtype)
        self._t: Array = np.empty(shape, dtype)
        self._out: Array = np.empty(shape, dtype)

    def forward(self, x: Array) -> Array:
        real, e, t, out = self._real, self._e, self._t, self._out
        self._z = x
        np.minimum(x, real(self.FAR), out=e)
        np.exp(e, out=e)
        np.add(e, real(2), out=t)
        np.multiply(t, e, out=t)
        np.add(t, real(2), out=out)
        np.divide(t, out, out=t)
        return np.multiply(x, t, out=out)

    def backward(self, dout: Array) -> Array:
        real, e, slope = self._real, self._e, self._scratch
        np.multiply(self._t, self._t, out=slope)
        np.subtract(real(1), slope, out=slope)
        np.multiply(slope, e, out=slope)
        np.add(e, real(1), out=e)
        np.divide(slope, e, out=slope)
        np.multiply(slope, self._z, out=slope)
        np.add(slope, self._t, out=slope)
        return np.multiply(dout, slope, out=dout)


class SELU(Activation):
    """f(z) = SCALE z if z > 0, else SCALE ALPHA (exp(z) - 1), with f'(0) = SCALE ALPHA.

    Units of mean 0 and variance 1 keep both from layer to layer, if the weights have variance 1 / inputs.

    Source: Klambauer et al. (2017), Self-Normalizing Neural Networks, equation 2.
    """

    ALPHA, SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946

    def __init__(self, shape: tuple[int, int, int], dtype: DTypeLike):
        super().__init__(shape, dtype)
        self._zeros: Array = np.zeros(shape, dtype)
        self._below: Array = np.empty(shape, dtype)

    def forward(self, x: Array) -> Array:
        real, below = self._real, self._below
        np.minimum(x, self._zeros, out=below)
        np.exp(below, out=below)
        np.subtract(below, real(1), out=below)
        np.multiply(below, real(self.SCALE * self.ALPHA), out=below)
        np.maximum(x, self._zeros, out=x)
        np.multiply(x, real(self.SCALE), out=x)
        self._a = np.add(x, below, out=x)
        return x

    def backward(self, dout: Array) -> Array:
        # the part below 0, which is 0 above it, plus SCALE ALPHA or SCALE
        real, slope, steep = self._real, self._scratch, self.SCALE * self.ALPHA
        np.greater(self._a, self._zeros, out=slope)
        np.multiply(slope, real(self.SCALE - steep), out=slope)
        np.add(slope, real(steep), out=slope)
        np.add(slope, self._below, out=slope)
        return np.multiply(dout, slope, out=dout)


ACTIVATIONS: dict[str, type[Activation]] = {
    "gelu": GELU,
    "identity": Identity,
    "leaky_relu": LeakyReLU,
    "mish": Mish,
    "relu": ReLU,
    "selu": SELU,
    "sigmoid": Sigmoid,
    "silu": SiLU,
    "tanh": Tanh,
}
RECTIFIERS = frozenset({"gelu", "leaky_relu", "mish", "relu", "silu"})
