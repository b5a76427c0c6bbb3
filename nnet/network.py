"""The network: dense layers with an activation and dropout between them, for F folds at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nnet.activations import ACTIVATIONS
from nnet.arrays import Array
from nnet.errors import SettingError, ShapeError, lookup
from nnet.initializers import initializer_for
from nnet.layers import Activate, Dense, Dropout, Layer
from nnet.parameters import Parameters
from nnet.streams import DROPOUT, INITIALIZATION, RandomBits, stream

CHUNK = 256  # rows that are computed at once without training; fixed, because last bits depend on the row count


@dataclass(frozen=True)
class Architecture:
    """What the network is made of.

    hidden:      units of each hidden layer; () is a single layer of neurons.
    dropout:     probability that a hidden unit is dropped in training.
    initializer: he, glorot, or auto: he before ReLU, glorot otherwise and before the logits.
    """

    inputs: int
    hidden: tuple[int, ...]
    outputs: int
    activation: str = "relu"
    initializer: str = "auto"
    dropout: float = 0.0

    def __post_init__(self) -> None:
        if min(self.sizes) < 1:
            raise SettingError(f"every layer must have at least one unit, but the sizes are {self.sizes}.")
        if not 0 <= self.dropout < 1:
            raise SettingError(f"`0 <= dropout < 1` must hold, but got dropout={self.dropout}.")
        lookup(ACTIVATIONS, self.activation, "activation")
        initializer_for(self.initializer, self.activation)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units from the inputs to the logits."""
        return (self.inputs, *self.hidden, self.outputs)


class Stack:
    """The layers for some folds and a fixed number of rows, with the buffers of one pass forward and backward."""

    def __init__(self, layers: Sequence[Layer]):
        self._layers = list(layers)

    def forward(self, x: Array) -> Array:
        """(F, B, inputs) -> (F, B, outputs) logits, in a buffer of the stack's own."""
        for layer in self._layers:
            x = layer.forward(x)
        return x

    def backward(self, dlogits: Array) -> None:
        """(F, B, outputs), overwritten; fills the parameters' gradients."""
        for layer in reversed(self._layers):
            dlogits = layer.backward(dlogits)


class Network:
    """Parameters of F folds and the stacks that compute with them.

    Args:
        seeds: one a fold; initial weights and dropout of a fold come from its seed alone.
    """

    def __init__(
        self, architecture: Architecture, seeds: Sequence[np.random.SeedSequence], dtype: DTypeLike = np.float32
    ):
        self.architecture = architecture
        self.folds = len(seeds)
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self.parameters = Parameters(architecture.sizes, self.folds, self.dtype)
        self._bits = [RandomBits(stream(seed, DROPOUT)) for seed in seeds]
        self._stacks: dict[tuple[int, int, int, bool], Stack] = {}
        for fold, seed in enumerate(seeds):
            self._initialize(slice(fold, fold + 1), stream(seed, INITIALIZATION))

    def stack(self, folds: slice, rows: int, training: bool) -> Stack:
        """The stack for a range of folds and a number of rows, made once."""
        key = (folds.start, folds.stop, rows, training)
        if key not in self._stacks:
            self._stacks[key] = Stack(self._layers(folds, rows, training))
        return self._stacks[key]

    def weights(self, fold: int) -> list[tuple[Array, Array]]:
        """Views of one fold's (in, out) weights and (out,) bias, layer by layer."""
        layers = [self.parameters.dense(layer, slice(fold, fold + 1)) for layer in range(len(self.parameters.shapes))]
        return [(views.weights[0], views.bias[0, 0]) for views in layers]

    def predict(self, x: Array, fold: int = 0) -> Array:
        """(N, inputs) -> (N, outputs) logits of one fold, computed in chunks of CHUNK rows.

        Raises:
            ShapeError: x has another number of columns.
        """
        if x.ndim != 2 or x.shape[1] != self.architecture.inputs:
            raise ShapeError(f"x must have shape (N, {self.architecture.inputs}), but got {x.shape}.")
        logits: Array = np.empty((len(x), self.architecture.outputs), self.dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            for start in range(0, len(x), CHUNK):
                # the layout changes which product BLAS computes, and with it the last bits
                rows = np.ascontiguousarray(x[start : start + CHUNK], self.dtype)
                stack = self.stack(slice(fold, fold + 1), len(rows), training=False)
                logits[start : start + CHUNK] = stack.forward(rows[None])[0]
        return logits

    def _initialize(self, fold: slice, rng: np.random.Generator) -> None:
        name, activation = self.architecture.initializer, self.architecture.activation
        last = len(self.parameters.shapes) - 1
        for layer, (inputs, outputs) in enumerate(self.parameters.shapes):
            fill = initializer_for(name, activation if layer < last else "identity")
            self.parameters.dense(layer, fold).weights[0] = fill(rng, inputs, outputs)

    def _layers(self, folds: slice, rows: int, training: bool) -> list[Layer]:
        spec, count = self.architecture, folds.stop - folds.start
        layers: list[Layer] = [Dense(self.parameters.dense(0, folds), rows, input_gradient=False)]
        for index, units in enumerate(spec.hidden, start=1):
            layers.append(Activate(ACTIVATIONS[spec.activation], count, rows, units, self.dtype))
            if training and spec.dropout > 0:
                layers.append(Dropout(spec.dropout, self._bits[folds], rows, units, self.dtype))
            layers.append(Dense(self.parameters.dense(index, folds), rows))
        return layers
