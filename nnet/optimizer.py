"""The interface of an optimizer, which changes parameters by their gradients, in blocks that stay in the cache.

Every fold counts its own steps, so that a fold that sits a step out is as it would be alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from nnet.arrays import Array, aligned_zeros
from nnet.checks import in_range, of_kind, within
from nnet.compiled import Passes
from nnet.errors import ShapeError
from nnet.faded import EVERY, clear_faded
from nnet.parameters import Parameters

BLOCK = 1 << 15  # elements that the passes of one block touch: five such arrays of float32 are 640 kB


@dataclass(frozen=True)
class Block:
    """Views (F, columns) of some folds and columns; those named decayed cover only the columns of weights."""

    values: Array
    gradients: Array
    state: tuple[Array, ...]
    scratch: Array
    decayed_values: Array
    decayed_gradients: Array
    decayed_scratch: Array


class Optimizer(ABC):
    """Gradient descent with penalties l1 * |W| and l2/2 * |W|^2 on the weights, not on biases or normalisations.

    Args:
        parameters: the parameters to change.
        l1, l2:     strengths of the penalties, added to the gradient as l1 * sign(W) + l2 * W.
        clip_norm:  largest length of a fold's gradient, before penalties; 0 for no limit.
        momentum:   momentum of SGD and Nesterov; other rules ignore it.
        beta2:      of Adam and AdamW; other rules ignore it.

    Raises:
        SettingError: a number lies outside of its range, or the parameters are something else.

    Attributes:
        state: what the rule remembers: arrays (F, P) laid out as the parameters.
        steps: number of steps that each fold has made.
    """

    states = 0  # number of arrays, as large as the parameters, that the rule keeps
    fading = 0  # number of them, the first ones, that lose a share in every step and gain the gradient
    decoupled = False  # l2 shrinks the weights directly instead of joining the gradient

    def __init__(
        self,
        parameters: Parameters,
        l2: float,
        momentum: float = 0.9,
        l1: float = 0.0,
        clip_norm: float = 0.0,
        beta2: float = 0.999,
    ):
        of_kind("parameters", parameters, Parameters, "give network.parameters")
        given = {"l2": l2, "momentum": momentum, "l1": l1, "clip_norm": clip_norm, "beta2": beta2}
        l2, momentum, l1, clip_norm, beta2 = (in_range(name, value) for name, value in given.items())
        self._parameters = parameters
        self._real = parameters.values.dtype.type
        self._clip_norm = clip_norm
        # numbers in the network's type, for passes over arrays; the exact ones are float64, and each step computes its
        # constants from them before it rounds
        with np.errstate(over="ignore"):
            self._l1, self._l2, self._momentum = self._real(l1), self._real(l2), self._real(momentum)
        self._exact_l2, self._exact_beta2 = l2, beta2
        folds, columns = parameters.value_buffer.shape
        dtype = parameters.values.dtype
        self.state = tuple(aligned_zeros(folds, columns, dtype) for _ in range(self.states))
        self._scratch: Array = np.empty(0, parameters.values.dtype)
        self._mask = np.empty(0, np.bool_)
        self.steps = [0] * len(parameters.values)
        self._blocks: dict[tuple[int, int], list[Block]] = {}
        self._prepare()

    def _prepare(self) -> None:
        """Set what a rule has beside its state; most have not even a compiled pass."""
        self._passes: Passes | None = None

    def step(self, folds: slice, learning_rates: float | Sequence[float] | Array) -> None:
        """Make one step of a range of folds, each by its own gradient and its own of all folds' learning rates.

        A single rate is that of all folds.

        Raises:
            ShapeError: the range is empty, or not within the folds, or there are fewer or more rates than folds.
        """
        within(folds, len(self.steps))
        if not isinstance(learning_rates, Sequence):
            rates: Array = np.asarray(learning_rates, np.float64)
            learning_rates = [float(rates)] * len(self.steps) if rates.ndim == 0 else rates.tolist()
        if len(learning_rates) != len(self.steps):
            raise ShapeError(
                f"learning_rates must be a number, or {len(self.steps)} of them, one for each fold, but got "
                f"{len(learning_rates)}."
            )
        if self._clip_norm:
            self._clip(folds)
        for start, stop in self._alike(folds.start, folds.stop, learning_rates):
            count = self.steps[start] + 1
            self.steps[start:stop] = [count] * (stop - start)
            self._begin(count, learning_rates[start])
            self._change(start, stop, learning_rates[start])
            if count % EVERY == 0:
                self._clear_faded(start, stop)

    def _change(self, start: int, stop: int, learning_rate: float) -> None:
        """Apply the penalties and the rule to a range of folds, block by block."""
        shrink = self._real(1 - learning_rate * self._exact_l2)
        for block in self._walk(start, stop):
            if self._l2 and self.decoupled:
                np.multiply(block.decayed_values, shrink, out=block.decayed_values)
            elif self._l2:
                np.multiply(block.decayed_values, self._l2, out=block.decayed_scratch)
                np.add(block.decayed_gradients, block.decayed_scratch, out=block.decayed_gradients)
            if self._l1:
                np.sign(block.decayed_values, out=block.decayed_scratch)
                np.multiply(block.decayed_scratch, self._l1, out=block.decayed_scratch)
                np.add(block.decayed_gradients, block.decayed_scratch, out=block.decayed_gradients)
            self._update(block)

    def _clear_faded(self, start: int, stop: int) -> None:
        for block in self._walk(start, stop):
            mask = self._mask[: block.scratch.size].reshape(block.scratch.shape, copy=False)
            for array in (block.values, *block.state[: self.fading]):
                clear_faded(array, block.scratch, mask)

    @abstractmethod
    def _begin(self, step: int, learning_rate: float) -> None:
        """Set the numbers of this step, which is counted from 1."""

    @abstractmethod
    def _update(self, block: Block) -> None:
        """Change a block's values by its gradients, which may be overwritten."""

    def _clip(self, folds: slice) -> None:
        """Shorten the gradients that are longer than clip_norm.

        Source: Pascanu et al. (2013), On the difficulty of training Recurrent Neural Networks, algorithm 1.
        """
        for gradient in self._parameters.gradients[folds]:
            length = sqrt(float(np.dot(gradient, gradient)))
            if length == np.inf:  # the squares overflow, the gradient does not
                length = float(np.linalg.norm(gradient.astype(np.float64)))
            if length > self._clip_norm:
                np.multiply(gradient, self._real(self._clip_norm / length), out=gradient)

    def _alike(self, start: int, stop: int, rates: Sequence[float]) -> Iterator[tuple[int, int]]:
        """Yield ranges of neighbouring folds with the same number of steps and the same rate."""
        steps, own = self.steps[start:stop], rates[start:stop]
        if steps.count(steps[0]) == len(steps) and own.count(own[0]) == len(own):
            yield start, stop
            return
        begin = start
        for fold in range(start + 1, stop + 1):
            if fold == stop or self.steps[fold] != self.steps[begin] or rates[fold] != rates[begin]:
                yield begin, fold
                begin = fold

    def _walk(self, start: int, stop: int) -> list[Block]:
        """Return the blocks of a range of folds, which are made once."""
        if (start, stop) not in self._blocks:
            folds, columns = stop - start, self._parameters.value_buffer.shape[1]
            width = max(1, BLOCK // folds)
            if self._scratch.size < folds * width:
                self._scratch = aligned_zeros(1, folds * width, self._parameters.values.dtype)[0]
                self._mask = np.empty(self._scratch.size, np.bool_)
            self._blocks[start, stop] = [
                self._block(slice(start, stop), begin, min(begin + width, columns))
                for begin in range(0, columns, width)
            ]
        return self._blocks[start, stop]

    def _block(self, folds: slice, begin: int, end: int) -> Block:
        parameters, decayed_end = self._parameters, max(begin, min(end, self._parameters.weight_columns))
        here, decayed = (folds, slice(begin, end)), (folds, slice(begin, decayed_end))
        shape = (folds.stop - folds.start, end - begin)
        scratch = self._scratch[: shape[0] * shape[1]].reshape(shape, copy=False)
        return Block(
            values=parameters.value_buffer[here],
            gradients=parameters.gradient_buffer[here],
            state=tuple(array[here] for array in self.state),
            scratch=scratch,
            decayed_values=parameters.values[decayed],
            decayed_gradients=parameters.gradients[decayed],
            decayed_scratch=scratch[:, : decayed_end - begin],
        )
