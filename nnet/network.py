"""The network of dense layers with activations between them, for F folds at once."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from math import inf
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from nnet.activations import ACTIVATIONS
from nnet.arrays import Array
from nnet.batch_norm import BatchNorm, FixedNorm
from nnet.checks import flag, float_type, number, of_kind, one_each, unmasked, whole, within
from nnet.compiled import passes_for
from nnet.dense import Dense
from nnet.dropout import Dropout
from nnet.errors import SettingError, ShapeError, lookup
from nnet.initializers import initializer_for
from nnet.input_scale import InputScale
from nnet.layer import Layer
from nnet.noise import Gaussian, Noise
from nnet.parameters import Parameters
from nnet.rectified import RectifiedDense
from nnet.stack import Stack
from nnet.streams import DROPOUT, INITIALIZATION, RandomBits, Seed, stream

CHUNK = 256  # rows that are computed at once without training; fixed, because last bits depend on the row count
MOST_UNITS = 1 << 24  # largest size of a layer; a larger number would be a typing error
MOST_WEIGHTS = 1 << 28  # 1 GB of float32 in each array of a fold
OTHER_ROWS = 2  # row counts besides CHUNK for which stacks to predict with are kept, for each range of folds
NUMBERS = ("dropout", "input_dropout", "noise", "input_noise")  # of an architecture
FEW_UNITS = 32  # outputs up to this number are laid out unit by unit: see Dense


class Mode(Enum):
    """The purpose of a pass.

    Dropout and noise are on in training alone, and prediction alone takes no batch statistics.
    """

    TRAINING = "training"
    STATISTICS = "statistics"
    PREDICTION = "prediction"


@dataclass(frozen=True)
class Architecture:
    """The layers of a network.

    hidden:        units of each hidden layer; () is a single layer of neurons.
    activation:    activation of the hidden layers; the outputs are linear, and the loss interprets them.
    initializer:   zeros, normal, glorot, he, lecun, orthogonal, or auto: he before a rectifier, lecun before selu, else
                   glorot.
    dropout:       probability that a hidden unit is dropped in training.
    input_dropout: probability that an input is dropped in training.
    batch_norm:    normalise hidden layers over the batch, before the activation. A last batch of two or three rows,
                   normalised by themselves, costs accuracy: choose a batch_size that leaves over none or many.
    noise:         standard deviation of noise that is added to hidden units in training, before the activation; with
                   batch_norm to the normalised units, before their scale and shift.
    input_noise:   standard deviation of noise that is added to the inputs in training.
    input_scale:   multiply every input by a factor of its own, which is trained, from 1 on, without penalties.
    """

    inputs: int
    hidden: tuple[int, ...]
    outputs: int
    activation: str = "relu"
    initializer: str = "auto"
    dropout: float = 0.0
    input_dropout: float = 0.0
    batch_norm: bool = False
    noise: float = 0.0
    input_noise: float = 0.0
    input_scale: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.hidden, tuple):
            raise SettingError(f"hidden must be a tuple of layer sizes, but got {self.hidden!r}.")
        checked: dict[str, Any] = {name: whole(name, getattr(self, name)) for name in ("inputs", "outputs")}
        checked["hidden"] = tuple(whole("each size in hidden", units) for units in self.hidden)
        checked |= {name: flag(name, getattr(self, name)) for name in ("batch_norm", "input_scale")}
        checked |= {name: number(name, getattr(self, name)) for name in NUMBERS}
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        if min(self.sizes) < 1 or max(self.sizes) > MOST_UNITS:
            raise SettingError(f"every layer must have 1 to {MOST_UNITS} units, but the sizes are {self.sizes}.")
        if self.weights > MOST_WEIGHTS:
            raise SettingError(
                f"a network must have at most {MOST_WEIGHTS} weights, but the sizes {self.sizes} need {self.weights}."
            )
        for name in ("dropout", "input_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise SettingError(f"`0 <= {name} < 1` must hold, but got {name}={getattr(self, name)}.")
        for name in ("noise", "input_noise"):
            if not 0 <= getattr(self, name) < inf:
                raise SettingError(f"`0 <= {name} < inf` must hold, but got {name}={getattr(self, name)}.")
        lookup(ACTIVATIONS, self.activation, "activation")
        initializer_for(self.initializer, self.activation)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return the units of all layers, from the inputs to the outputs."""
        return (self.inputs, *self.hidden, self.outputs)

    @property
    def weights(self) -> int:
        """Return the number of weights; a prediction of a row multiplies and adds once for each."""
        return sum(inputs * outputs for inputs, outputs in pairwise(self.sizes))

    @property
    def parameters(self) -> int:
        """Return the number of trained parameters: weights, biases, and scales and shifts of the normalisations.

        >>> Architecture(64, (64,), 10).parameters, Architecture(64, (64,), 10, batch_norm=True).parameters
        (4810, 4874)
        """
        hidden = sum(self.hidden) * (2 if self.batch_norm else 1)
        return self.weights + hidden + self.outputs + self.inputs * self.input_scale


class Network:
    """Parameters of F folds and the stacks that compute with them.

    Args:
        seeds: a seed or a number for each fold, from which its initial weights, dropout and noise follow.
        dtype: float32 or float64.

    Attributes:
        bits: each fold's stream of random bits for dropout and noise.

    Raises:
        SettingError: the type is another, or the architecture is none.
        ShapeError:   the seeds are no sequence, or an empty one.
    """

    def __init__(self, architecture: Architecture, seeds: Sequence[Seed], dtype: DTypeLike = np.float32):
        of_kind("architecture", architecture, Architecture)
        one_each("seeds", seeds)
        self._make(architecture, [RandomBits(stream(seed, DROPOUT)) for seed in seeds], float_type(dtype))
        for fold, seed in enumerate(seeds):
            self._initialize(slice(fold, fold + 1), stream(seed, INITIALIZATION))

    def _make(self, architecture: Architecture, bits: list[RandomBits], dtype: np.dtype[Any]) -> None:
        """Make the parameters, whose weights are 0, and the tables of stacks."""
        self.architecture, self.bits, self.folds, self.dtype = architecture, bits, len(bits), dtype
        self.parameters = Parameters(
            architecture.sizes, architecture.batch_norm, self.folds, dtype, architecture.input_scale
        )
        self._stacks: dict[tuple[int, int, int, Mode], Stack] = {}  # of all modes but prediction
        self._predicting: dict[tuple[int, int], dict[int, Stack]] = {}  # by folds, then by rows, the latest last
        self._computing = Lock()  # held while a thread predicts, because stacks compute in buffers of their own

    def __getstate__(self) -> dict[str, Any]:
        """Return the content of a copy or a pickle, without buffers, whose views it would part."""
        parameters = self.parameters
        names = {"architecture": self.architecture, "bits": self.bits}
        return {**names, "values": parameters.values, "statistics": parameters.statistics}

    def __copy__(self) -> Network:
        """Return a copy with random streams of its own, as `deepcopy` does: parameters are copied in any case."""
        return deepcopy(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make the network of such a content."""
        self._make(state["architecture"], state["bits"], state["values"].dtype)
        self.parameters.values[...], self.parameters.statistics[...] = state["values"], state["statistics"]

    def stack(self, folds: slice, rows: int, mode: Mode) -> Stack:
        """Return the stack for a range of folds and a number of rows, which is made once.

        Of the stacks to predict with, which callers ask for with any number of rows, only the latest are kept.

        Raises:
            SettingError: the mode is none, such as its name, or the rows are no number of rows.
            ShapeError:   the range is empty, or not within the network's folds.
        """
        of_kind("mode", mode, Mode)
        if whole("rows", rows) < 1:
            raise SettingError(f"`rows >= 1` must hold, but got rows={rows}.")
        within(folds, self.folds)
        if mode is Mode.PREDICTION:
            return self._prediction_stack(folds, rows)
        key = (folds.start, folds.stop, rows, mode)
        stack = self._stacks.get(key)
        if stack is None:
            stack = self._stacks[key] = Stack(self._layers(folds, rows, mode))
        return stack

    def weights(self, fold: int) -> list[tuple[Array, Array | None]]:
        """Return views of a fold's weights (in, out) and bias (out,), layer by layer.

        Raises:
            ShapeError: there is no such fold.
        """
        self._check_fold(fold)
        layers = [self.parameters.dense(layer, slice(fold, fold + 1)) for layer in range(len(self.parameters.shapes))]
        return [(views.weights[0], None if views.bias is None else views.bias[0, 0]) for views in layers]

    def predict(self, x: ArrayLike, fold: int = 0) -> Array:
        """Compute the outputs (N, outputs) of a fold for x (N, inputs), in chunks of CHUNK rows.

        Raises:
            ShapeError: x has another number of columns, or there is no such fold.
        """
        self._check_fold(fold)
        outputs: Array = self.predict_folds(x, slice(fold, fold + 1))[0]
        return outputs

    def predict_folds(self, x: ArrayLike, folds: slice) -> Array:
        """Compute the outputs (F, N, outputs) of a range of F folds for x (N, inputs), each as `predict` does.

        Threads may call it at once, and predict one after the other.

        Raises:
            ShapeError: x has another number of columns or masked values, or the range is not within the folds.
        """
        within(folds, self.folds)
        x = np.asarray(unmasked("x", x))
        if x.ndim != 2 or x.shape[1] != self.architecture.inputs:
            raise ShapeError(f"x must have shape (N, {self.architecture.inputs}), but got {x.shape}.")
        count = folds.stop - folds.start
        outputs: Array = np.empty((count, len(x), self.architecture.outputs), self.dtype)
        with self._computing, np.errstate(over="ignore", invalid="ignore"):
            for start in range(0, len(x), CHUNK):
                # the layout changes which product BLAS computes, and with it the last bits
                rows = np.ascontiguousarray(x[start : start + CHUNK], self.dtype)[None]
                stack = self.stack(folds, rows.shape[1], Mode.PREDICTION)
                outputs[:, start : start + CHUNK] = stack.forward(rows)  # one copy for all folds
        return outputs

    def _check_fold(self, fold: int) -> None:
        whole("fold", fold)
        if not 0 <= fold < self.folds:
            raise ShapeError(f"`0 <= fold < {self.folds}` must hold, but got fold={fold}.")

    def _prediction_stack(self, folds: slice, rows: int) -> Stack:
        """Return a stack to predict with: that of CHUNK rows is kept, and the latest OTHER_ROWS others."""
        kept = self._predicting.setdefault((folds.start, folds.stop), {})
        stack = kept.pop(rows, None)
        if stack is None:
            others = [count for count in kept if count != CHUNK]
            if rows != CHUNK and len(others) == OTHER_ROWS:
                del kept[others[0]]
            stack = Stack(self._layers(folds, rows, Mode.PREDICTION))
        kept[rows] = stack
        return stack

    def _initialize(self, fold: slice, rng: np.random.Generator) -> None:
        name, hidden = self.architecture.initializer, self.architecture.activation
        last = len(self.parameters.shapes) - 1
        for layer, (inputs, outputs) in enumerate(self.parameters.shapes):
            fill = initializer_for(name, hidden if layer < last else "identity")
            self.parameters.dense(layer, fold).weights[0] = fill(rng, inputs, outputs)

    def _layers(self, folds: slice, rows: int, mode: Mode) -> list[Layer]:
        spec, count, last = self.architecture, folds.stop - folds.start, len(self.parameters.shapes) - 1
        plain = spec.activation == "relu" and not spec.batch_norm and not spec.noise
        passes = passes_for(self.dtype) if plain else None
        layers: list[Layer] = []
        if mode is Mode.TRAINING and spec.input_noise > 0:
            layers.append(Noise(Gaussian(spec.input_noise, self.bits[folds], rows, spec.inputs, self.dtype)))
        if mode is Mode.TRAINING and spec.input_dropout > 0:
            layers.append(Dropout(spec.input_dropout, self.bits[folds], rows, spec.inputs, self.dtype))
        if spec.input_scale:
            layers.append(InputScale(self.parameters.input_scale(folds), rows))
        for index, (_, units) in enumerate(self.parameters.shapes):
            views, input_gradient = self.parameters.dense(index, folds), index > 0 or spec.input_scale
            if index == last:
                layers.append(Dense(views, rows, input_gradient, unit_major=units <= FEW_UNITS))
                break
            if passes is not None:
                layers.append(RectifiedDense(views, rows, passes, input_gradient))
            else:
                layers.append(Dense(views, rows, input_gradient))
                noisy = mode is Mode.TRAINING and spec.noise > 0
                noise = Gaussian(spec.noise, self.bits[folds], rows, units, self.dtype) if noisy else None
                if spec.batch_norm:
                    norm = self.parameters.batch_norm(index, folds)
                    layers.append(FixedNorm(norm) if mode is Mode.PREDICTION else BatchNorm(norm, rows, noise))
                elif noise is not None:
                    layers.append(Noise(noise))
                layers.append(ACTIVATIONS[spec.activation]((count, rows, units), self.dtype))
            if mode is Mode.TRAINING and spec.dropout > 0:
                layers.append(Dropout(spec.dropout, self.bits[folds], rows, units, self.dtype))
        return layers
