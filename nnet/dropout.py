"""Dropout, which leaves out units at random in training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnet.arrays import Array
from nnet.compiled import Call, passes_for
from nnet.errors import SettingError
from nnet.layer import Layer
from nnet.streams import RandomBits


class Dropout(Layer):
    """A dropout layer: out = x * mask / keep. Each unit is dropped with probability p; the others are scaled up.

    p is rounded to a multiple of 2**-16, the resolution of the random words; keep is exactly 1 minus that.

    Args:
        p:    in [0, 1).
        bits: each fold's own random words.

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
        self._call: Call | None = None
        if (passes := passes_for(dtype)) is not None:
            counts, reals = (len(bits), rows * units, dropped), (0, self._scale)
            self._call = Call(passes.dropout, (self._out, self._mask, self._out), counts, reals, len(bits))

    def forward(self, x: Array) -> Array:
        if self._call is not None and x.flags.c_contiguous:
            size, call = x[0].size, self._call
            call.give(0, x)
            call.words[...] = [bits.address(size) for bits in self._bits]
            call.run()
            return self._out
        for kept, bits in zip(self._kept, self._bits, strict=True):
            np.greater_equal(bits.take(kept.size).reshape(kept.shape), self._dropped, out=kept)
        np.multiply(self._kept, self._scale, out=self._mask)
        return np.multiply(x, self._mask, out=self._out)

    def backward(self, dout: Array) -> Array:
        return np.multiply(dout, self._mask, out=dout)
