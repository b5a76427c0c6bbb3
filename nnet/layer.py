"""The interface of a layer: a differentiable function of a batch, the same for all folds except for the parameters.

`forward` and `backward` return a buffer of the layer's own or of its input, valid until the next call.
A buffer that `backward` alone needs is made in its first call, so that a layer to predict with has none.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from nnet.arrays import Array


class Layer(ABC):
    """A layer with the buffers for a fixed number of folds and rows."""

    @abstractmethod
    def forward(self, x: Array) -> Array:
        """Compute the output (F, B, out) from the input (F, B, in), which may be overwritten."""

    @abstractmethod
    def backward(self, dout: Array) -> Array:
        """Compute the input's gradient (F, B, in) from the output's (F, B, out), which may be overwritten."""
