"""A trained factor of every input, with which a network weighs inputs before it combines them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nnet.arrays import Array
from nnet.layer import Layer


@dataclass(frozen=True)
class InputScaleViews:
    """Views of the factors and their gradients for some folds, each (F, 1, inputs)."""

    factors: Array
    gradients: Array


class InputScale(Layer):
    """A layer of factors: out = x * factors, fold by fold.

    Source: Holzmüller et al. (2024), Better by Default: Strong Pre-Tuned MLPs and Boosted Trees on Tabular Data, 3.
    """

    def __init__(self, views: InputScaleViews, rows: int):
        folds, _, inputs = views.factors.shape
        self.views = views
        self._out: Array = np.empty((folds, rows, inputs), views.factors.dtype)

    def forward(self, x: Array) -> Array:
        self._x = x
        return np.multiply(x, self.views.factors, out=self._out)

    def backward(self, dout: Array) -> Array:
        np.multiply(dout, self._x, out=self._out)
        np.matmul(self._ones, self._out, out=self.views.gradients)
        return np.multiply(dout, self.views.factors, out=dout)

    @cached_property
    def _ones(self) -> Array:
        """The vector of ones (F, 1, B) that sums over rows."""
        folds, rows, _ = self._out.shape
        return np.ones((folds, 1, rows), self._out.dtype)
