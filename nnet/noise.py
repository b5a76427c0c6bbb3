"""Gaussian noise, which is added to inputs or to hidden units in training."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnet.arrays import Array
from nnet.errors import SettingError
from nnet.layer import Layer
from nnet.streams import RandomBits

COINS = 16  # bits of a random word, which are counted
STEPS = 256  # values of a byte
MEAN = STEPS * COINS // 2 + STEPS - 1  # of the whole numbers that are drawn
DEVIATION = sqrt(STEPS**2 * COINS / 4 + (STEPS**2 - 1) / 6)


class Gaussian:
    """Random numbers that are nearly normal, with mean 0 and a standard deviation, drawn for a fixed shape.

    Each follows from two random words: the bits of one are counted, and the sum of the other's two bytes fills the
    steps between the counts. Mean and variance are exact, the distribution function is nowhere further than 0.003
    from the normal one, and no number is beyond 4.5 standard deviations. Whole numbers are computed, and scaled once;
    so the numbers are the same on every machine, which those of logarithms and exponentials are not.

    Args:
        deviation: the standard deviation, at least 0.
        bits:      each fold's own random words.
    """

    def __init__(self, deviation: float, bits: Sequence[RandomBits], rows: int, units: int, dtype: np.dtype[Any]):
        if not 0 <= deviation < inf:
            raise SettingError(f"`0 <= noise < inf` must hold, but got noise={deviation}.")
        shape = (len(bits), rows, units)
        self._scale = dtype.type(deviation / DEVIATION)
        self._bits = bits
        self._counts: NDArray[np.uint8] = np.empty((rows, units), np.uint8)
        self._sums: NDArray[np.int16] = np.empty((rows, units), np.int16)
        self.values: Array = np.empty(shape, dtype)

    def draw(self) -> Array:
        """Draw new numbers (F, B, units) into the attribute `values`, and return it."""
        counts, sums = self._counts, self._sums
        for values, bits in zip(self.values, self._bits, strict=True):
            words = bits.take(2 * values.size).reshape(2, *values.shape)
            low, high = words[1].view(np.uint8).reshape(2, *values.shape)
            np.bitwise_count(words[0], out=counts)
            np.multiply(counts, np.int16(STEPS), out=sums)
            np.add(sums, low, out=sums)
            np.add(sums, high, out=sums)
            np.subtract(sums, np.int16(MEAN), out=sums)
            np.multiply(sums, self._scale, out=values)
        return self.values


class Noise(Layer):
    """A layer that adds noise: out = x + noise, with new numbers in every forward pass.

    Source: Bishop (1995), Training with Noise is Equivalent to Tikhonov Regularization.
    """

    def __init__(self, gaussian: Gaussian):
        self._gaussian = gaussian

    def forward(self, x: Array) -> Array:
        noise = self._gaussian.draw()
        return np.add(x, noise, out=noise)

    def backward(self, dout: Array) -> Array:
        return dout
