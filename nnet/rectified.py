"""A dense layer and the rectifier after it as one layer, for compiled passes: one pass over the outputs, not two."""

from __future__ import annotations

import numpy as np

from nnet.arrays import Array
from nnet.compiled import Call, Passes
from nnet.dense import Dense
from nnet.parameters import DenseViews


class RectifiedDense(Dense):
    """The layer out = max(x W + b, 0), with the bits of Dense and ReLU one after the other.

    Args:
        views:          the parameters, with a bias.
        rows:           B.
        passes:         compiled passes for the type of the parameters.
        input_gradient: compute the gradient with respect to x, which the first layer need not do.
    """

    def __init__(self, views: DenseViews, rows: int, passes: Passes, input_gradient: bool):
        super().__init__(views, rows, input_gradient)
        if views.bias is None:
            raise ValueError("a rectified layer needs a bias, because its pass adds one.")
        folds, _, units = views.bias.shape
        counts = (folds, rows, units, views.bias.strides[0] // views.bias.itemsize)
        self._rectify = Call(passes.rectify, (self._out, views.bias), counts, (0,))
        self._gradient = Call(passes.rectify_gradient, (self._out, self._out), (self._out.size,), (0, 1))

    def finish(self, product: Array) -> Array:
        if product is not self._out:
            np.copyto(self._out, product)
        self._rectify.run()
        return self._out

    def backward(self, dout: Array) -> Array:
        self._gradient.give(0, dout)
        self._gradient.run()
        return super().backward(dout)
