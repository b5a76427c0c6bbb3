"""The max-norm constraint, which limits the length of each unit's vector of incoming weights."""

from __future__ import annotations

from math import inf

import numpy as np

from nnet.arrays import Array
from nnet.parameters import Parameters


class MaxNorm:
    """A constraint that shortens the weight matrices' columns to at most `limit`; biases are left alone.

    Source: Srivastava et al. (2014), Dropout, section 5.1.
    """

    def __init__(self, parameters: Parameters, limit: float):
        dtype = parameters.values.dtype
        self._parameters, self._limit = parameters, dtype.type(limit)
        folds = len(parameters.values)
        self._squares = [np.empty((folds, *shape), dtype) for shape in parameters.shapes]
        self._ones = [np.ones((1, inputs), dtype) for inputs, _ in parameters.shapes]
        self._lengths: list[Array] = [np.empty((folds, 1, outputs), dtype) for _, outputs in parameters.shapes]

    def apply(self, folds: slice) -> None:
        """Shorten the weights of a range of folds."""
        for layer in range(len(self._parameters.shapes)):
            weights = self._parameters.dense(layer, folds).weights
            squares, lengths = self._squares[layer][folds], self._lengths[layer][folds]
            np.multiply(weights, weights, out=squares)
            np.matmul(self._ones[layer], squares, out=lengths)
            np.sqrt(lengths, out=lengths)
            if not np.vdot(lengths, lengths) < inf:  # squares overflow before the weights do, which would become 0
                for fold_weights, fold_lengths in zip(weights, lengths, strict=True):
                    if not np.vdot(fold_lengths, fold_lengths) < inf:
                        fold_lengths[...] = np.linalg.norm(fold_weights.astype(np.float64), axis=0)
            np.maximum(lengths, self._limit, out=lengths)
            np.divide(self._limit, lengths, out=lengths)  # 1 where it is short enough
            for fold_weights, fold_lengths in zip(weights, lengths, strict=True):
                # fold by fold, because NumPy copies the three-dimensional view when it is written in place
                np.multiply(fold_weights, fold_lengths, out=fold_weights)
