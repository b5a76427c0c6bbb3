"""The dense layer, in which every unit weighs every input."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from nnet.arrays import Array
from nnet.checks import shaped
from nnet.layer import Layer
from nnet.parameters import DenseViews


class Dense(Layer):
    """A dense layer: out = x W + b. It has no b if a batch normalisation follows, which would subtract b again.

    With d the gradient of out: that of W is x^T d, that of b the sum of d over the rows, and that of x is d W^T.

    Args:
        views:          the parameters.
        rows:           B.
        input_gradient: compute the gradient with respect to x, which the first layer need not do.
        unit_major:     lay the output out unit by unit, which makes reductions over few units several times faster.

    Attributes:
        takes: shape (B, inputs) of its input, without the folds.
        gives: shape (F, B, outputs) of its output.

    Source: Goodfellow et al. (2016), Deep Learning, section 6.5.6.
    """

    def __init__(self, views: DenseViews, rows: int, input_gradient: bool = True, unit_major: bool = False):
        folds, inputs, outputs = views.weights.shape
        dtype = views.weights.dtype
        self.views, self.takes, self.gives = views, (rows, inputs), (folds, rows, outputs)
        self._weights_transposed = views.weights.transpose(0, 2, 1)
        self._out: Array = np.empty((folds, rows, outputs), dtype)
        if unit_major:
            self._out = np.empty((folds, outputs, rows), dtype).transpose(0, 2, 1)
        self._input_gradient = input_gradient

    def forward(self, x: Array) -> Array:
        try:
            self._x_transposed = x.transpose(0, 2, 1)
            return self.finish(self.product(x))
        except (AttributeError, ValueError):  # of NumPy, about axes: a stack checks x before, a layer by hand does not
            shaped("x", x, (*self.gives[:1], *self.takes))
            raise

    def product(self, x: Array) -> Array:
        """Compute x W, in the buffer of the outputs."""
        return np.matmul(x, self.views.weights, out=self._out)

    def finish(self, product: Array) -> Array:
        """Compute the outputs from the product x W, which may be in their buffer."""
        if self.views.bias is not None:
            return np.add(product, self.views.bias, out=self._out)
        if product is not self._out:
            np.copyto(self._out, product)
        return self._out

    def backward(self, dout: Array) -> Array:
        np.matmul(self._x_transposed, dout, out=self.views.weight_gradients)
        if self.views.bias_gradients is not None:
            np.matmul(self._ones, dout, out=self.views.bias_gradients)  # the sum over rows, faster than np.sum
        if not self._input_gradient:
            return dout
        return np.matmul(dout, self._weights_transposed, out=self._dx)

    @cached_property
    def _ones(self) -> Array:
        """The vector of ones (F, 1, B) that sums over rows."""
        folds, rows, _ = self._out.shape
        return np.ones((folds, 1, rows), self._out.dtype)

    @cached_property
    def _dx(self) -> Array:
        """The buffer of the input's gradient (F, B, inputs)."""
        return np.empty((*self._out.shape[:2], self.views.weights.shape[1]), self._out.dtype)
