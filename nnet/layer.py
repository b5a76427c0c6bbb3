"""What a layer is: a differentiable function of a batch, the same for all folds but for the parameters.

What `forward` and `backward` return is a buffer of the layer's own or of its input, valid until the next call.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from nnet.arrays import Array


class Layer(ABC):
    """A layer with the buffers for a fixed number of folds and rows."""

    @abstractmethod
    def forward(self, x: Array) -> Array:
        """(F, B, in) -> (F, B, out); may overwrite x."""

    @abstractmethod
    def backward(self, dout: Array) -> Array:
        """(F, B, out), the gradient with respect to the output -> (F, B, in); may overwrite dout."""
