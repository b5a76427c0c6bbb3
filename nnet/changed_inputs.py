"""Outputs of networks for rows of which few inputs change, without the products of all the other inputs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnet.arrays import Array
from nnet.network import CHUNK, Mode, Network
from nnet.stack import Stack

FEWEST = 2  # inputs of a product; NumPy multiplies a single column without BLAS, which takes many times as long


class ChangedInputs:
    """Rows whose products with the weights of the first dense layer are known.

    The products change by those of the difference alone.

    Args:
        folds: range of F folds.
        x:     (N, inputs) rows as they are.
    """

    def __init__(self, network: Network, folds: slice, x: Array):
        self._network, self._folds = network, folds
        self._x = np.ascontiguousarray(x, network.dtype)
        chunks = (self._x[start : start + CHUNK][None] for start in range(0, len(x), CHUNK))
        self._products = [self._stack(rows.shape[1]).product(rows) for rows in chunks]

    def outputs(self, inputs: NDArray[np.int64], values: Array) -> Array:
        """Compute the outputs (F, N, outputs) of the rows with other values (N, k) of k inputs.

        They differ from those of Network.predict_folds by rounding; where nothing changes, they are the same bits.
        """
        network, parameters = self._network, self._network.parameters
        multiplied = np.resize(inputs, max(len(inputs), FEWEST))
        weights = parameters.dense(0, self._folds).weights[:, multiplied]
        if network.architecture.input_scale:
            weights *= parameters.input_scale(self._folds).factors[:, 0, multiplied, None]
        change = np.zeros((len(self._x), len(multiplied)), network.dtype)
        outputs: Array = np.empty((len(weights), len(self._x), network.architecture.outputs), network.dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            change[:, : len(inputs)] = values - self._x[:, inputs]
            for chunk, product in enumerate(self._products):
                rows = slice(chunk * CHUNK, (chunk + 1) * CHUNK)
                changed = change[rows] @ weights
                changed += product
                outputs[:, rows] = self._stack(changed.shape[1]).finish(changed)
        return outputs

    def _stack(self, rows: int) -> Stack:
        return self._network.stack(self._folds, rows, Mode.PREDICTION)
