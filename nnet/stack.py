"""The layers of a network for a fixed number of rows, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from nnet.arrays import Array
from nnet.checks import shaped
from nnet.dense import Dense
from nnet.errors import NNetError
from nnet.input_scale import InputScale
from nnet.layer import Layer


class Stack:
    """The layers for some folds and a fixed number of rows, with the buffers of one pass forward and backward."""

    def __init__(self, layers: Sequence[Layer]):
        self.layers = list(layers)
        dense = [layer for layer in self.layers if isinstance(layer, Dense)]
        self._dense, self._at = dense[0], self.layers.index(dense[0])
        self._gives = dense[-1].gives
        self._takes, self._shared = ((folds, *self._dense.takes) for folds in (self._gives[0], 1))
        self._passed = False
        # layers before the first parameters need no gradients
        first = next(index for index, layer in enumerate(self.layers) if isinstance(layer, Dense | InputScale))
        self._backwards = self.layers[first:][::-1]

    def forward(self, x: Array) -> Array:
        """Compute the outputs (F, B, outputs) of x (F, B, inputs), in a buffer of the stack's own.

        Args:
            x: the rows of each fold, or (1, B, inputs) of all of them.

        Raises:
            ShapeError: x has another shape.
        """
        if getattr(x, "shape", None) != self._shared:
            shaped("x", x, self._takes, "it to another network.stack(folds, rows, mode)")
        self._passed = True
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def product(self, x: Array) -> Array:
        """Compute the products x W of the first dense layer, before its bias, as a copy."""
        for layer in self.layers[: self._at]:
            x = layer.forward(x)
        return self._dense.product(x).copy()

    def finish(self, product: Array) -> Array:
        """Compute the outputs, in a buffer of the stack's own, from the products of the first dense layer."""
        x = self._dense.finish(product)
        for layer in self.layers[self._at + 1 :]:
            x = layer.forward(x)
        return x

    def backward(self, dout: Array) -> None:
        """Compute the parameters' gradients from dout (F, B, outputs), once after every pass forward.

        dout and what the layers kept are overwritten.

        Raises:
            ShapeError: dout has another shape.
            NNetError:  no pass forward went before.
        """
        shaped("dout", dout, self._gives, "what loss.step returns")
        if not self._passed:
            raise NNetError("backward needs a pass forward before each of its own; call stack.forward(x).")
        self._passed = False
        for layer in self._backwards:
            dout = layer.backward(dout)
