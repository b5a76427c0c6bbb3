"""All parameters of all folds in one contiguous buffer (F, P), and their gradients in another; layers hold views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from nnet.arrays import Array, aligned_zeros
from nnet.batch_norm import BatchNormViews
from nnet.input_scale import InputScaleViews


@dataclass(frozen=True)
class DenseViews:
    """Views of one layer's parameters and gradients for some folds.

    weights, weight_gradients: (F, in, out)     bias, bias_gradients: (F, 1, out), or None
    """

    weights: Array
    bias: Array | None
    weight_gradients: Array
    bias_gradients: Array | None


class Parameters:
    """Parameters of a stack of dense layers, the hidden ones with a bias or with a batch normalisation.

    The P columns are the weights of every layer, then every layer's bias or the scale and shift of its batch
    normalisation, then the factors of the inputs, if they are scaled. Penalties act on the first `weight_columns`
    columns, the weights, alone.

    Attributes:
        values, gradients: (F, P), in buffers whose rows are filled up to whole cache lines with zeros that stay zero.
        statistics:        (F, S) running mean and variance of every batch normalisation; not trained.
    """

    def __init__(
        self, sizes: Sequence[int], batch_norm: bool, folds: int, dtype: np.dtype[Any], input_scale: bool = False
    ):
        self.shapes = list(pairwise(sizes))
        self.normalised = [batch_norm and layer < len(self.shapes) - 1 for layer in range(len(self.shapes))]
        weights = [inputs * outputs for inputs, outputs in self.shapes]
        others = [outputs * (2 if norm else 1) for (_, outputs), norm in zip(self.shapes, self.normalised, strict=True)]
        self.input_scaled = input_scale
        starts = list(accumulate([*weights, *others, sizes[0] * input_scale], initial=0))
        self._weight_starts, self._other_starts = starts[: len(weights)], starts[len(weights) : -1]
        kept = [2 * outputs * norm for (_, outputs), norm in zip(self.shapes, self.normalised, strict=True)]
        self._statistic_starts = list(accumulate(kept, initial=0))
        self.weight_columns = sum(weights)
        self.value_buffer = aligned_zeros(folds, starts[-1], dtype)
        self.gradient_buffer = aligned_zeros(folds, starts[-1], dtype)
        self.values: Array = self.value_buffer[:, : starts[-1]]
        self.gradients: Array = self.gradient_buffer[:, : starts[-1]]
        self.statistics: Array = np.zeros((folds, sum(kept)), dtype)
        for layer in range(len(self.shapes)):
            if self.normalised[layer]:
                views = self.batch_norm(layer, slice(0, folds))
                views.scale[...] = views.variance[...] = 1
        if input_scale:
            self.input_scale(slice(0, folds)).factors[...] = 1

    def dense(self, layer: int, folds: slice) -> DenseViews:
        """Return the views of a dense layer for a range of folds."""
        inputs, outputs = self.shapes[layer]
        start, bias = self._weight_starts[layer], self._other_starts[layer]
        biased = not self.normalised[layer]
        return DenseViews(
            weights=_view(self.values, folds, start, inputs, outputs),
            bias=_view(self.values, folds, bias, 1, outputs) if biased else None,
            weight_gradients=_view(self.gradients, folds, start, inputs, outputs),
            bias_gradients=_view(self.gradients, folds, bias, 1, outputs) if biased else None,
        )

    def input_scale(self, folds: slice) -> InputScaleViews:
        """Return the views of the inputs' factors for a range of folds."""
        start, inputs = self._other_starts[-1], self.shapes[0][0]
        return InputScaleViews(
            factors=_view(self.values, folds, start, 1, inputs),
            gradients=_view(self.gradients, folds, start, 1, inputs),
        )

    def batch_norm(self, layer: int, folds: slice) -> BatchNormViews:
        """Return the views of the batch normalisation after a dense layer for a range of folds."""
        outputs = self.shapes[layer][1]
        start, kept = self._other_starts[layer], self._statistic_starts[layer]
        return BatchNormViews(
            scale=_view(self.values, folds, start, 1, outputs),
            shift=_view(self.values, folds, start + outputs, 1, outputs),
            scale_gradients=_view(self.gradients, folds, start, 1, outputs),
            shift_gradients=_view(self.gradients, folds, start + outputs, 1, outputs),
            mean=_view(self.statistics, folds, kept, 1, outputs),
            variance=_view(self.statistics, folds, kept + outputs, 1, outputs),
        )


def _view(buffer: Array, folds: slice, start: int, rows: int, columns: int) -> Array:
    return buffer[folds, start : start + rows * columns].reshape(-1, rows, columns, copy=False)
