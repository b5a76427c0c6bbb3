"""All parameters of all folds in one contiguous (F, P) buffer and their gradients in another; layers hold views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from nnet.arrays import Array


@dataclass(frozen=True)
class DenseViews:
    """Views of one layer's parameters and gradients for some folds.

    weights, weight_gradients: (F, in, out)     bias, bias_gradients: (F, 1, out)
    """

    weights: Array
    bias: Array
    weight_gradients: Array
    bias_gradients: Array


class Parameters:
    """Parameters of a stack of dense layers.

    The P columns are the weights of every layer, then the biases of every layer: penalties act on the first
    `weight_columns` columns and thereby never on a bias.

    Attributes:
        values, gradients: (F, P).
    """

    def __init__(self, sizes: Sequence[int], folds: int, dtype: np.dtype[Any]):
        self.shapes = list(pairwise(sizes))
        weights = [inputs * outputs for inputs, outputs in self.shapes]
        biases = [outputs for _, outputs in self.shapes]
        starts = list(accumulate([*weights, *biases], initial=0))
        self._weight_starts, self._bias_starts = starts[: len(weights)], starts[len(weights) : -1]
        self.weight_columns = sum(weights)
        self.values: Array = np.zeros((folds, starts[-1]), dtype)
        self.gradients: Array = np.zeros((folds, starts[-1]), dtype)

    def dense(self, layer: int, folds: slice) -> DenseViews:
        """The views of one layer for a range of folds."""
        inputs, outputs = self.shapes[layer]
        start, bias = self._weight_starts[layer], self._bias_starts[layer]

        def view(buffer: Array, begin: int, rows: int) -> Array:
            return buffer[folds, begin : begin + rows * outputs].reshape(-1, rows, outputs, copy=False)

        return DenseViews(
            weights=view(self.values, start, inputs),
            bias=view(self.values, bias, 1),
            weight_gradients=view(self.gradients, start, inputs),
            bias_gradients=view(self.gradients, bias, 1),
        )
