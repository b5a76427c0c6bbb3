"""A dense layer and the rectifier after it as one layer, for compiled passes: one pass over the outputs instead of two."""

from __future__ import annotations

from nnet.arrays import Array
from nnet.compiled import Addresses, Passes
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

    def __init__(self, views: DenseViews, rows: int, passes: Passes, input_gradient: bool = True):
        super().__init__(views, rows, input_gradient)
        assert views.bias is not None
        folds, _, units = views.bias.shape
        self._passes, self._addresses, self._size = passes, Addresses(), self._out.size
        bias_stride = views.bias.strides[0] // views.bias.itemsize
        self._forward = (self._out.ctypes.data, views.bias.ctypes.data, folds, rows, units, bias_stride, 0.0)

    def forward(self, x: Array) -> Array:
        self._multiply(x)
        self._passes.rectify(*self._forward)
        return self._out

    def backward(self, dout: Array) -> Array:
        self._passes.rectify_gradient(self._addresses.of(dout), self._forward[0], self._size, 0.0, 1.0)
        return super().backward(dout)
