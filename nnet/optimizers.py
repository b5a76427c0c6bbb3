"""Optimizers: how gradients change parameters. They walk the flat buffers in blocks that stay in the cache.

Every fold counts its own steps, so that a fold that sits a step out is as it would be alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np

from nnet.arrays import Array
from nnet.errors import lookup
from nnet.parameters import Parameters

BLOCK = 1 << 16  # elements that the passes of one block touch: five such arrays of float32 are 1.25 MB


@dataclass(frozen=True)
class Block:
    """Views of some folds and columns, all (F, columns); the decayed ones cover the leading weights among them."""

    values: Array
    gradients: Array
    state: tuple[Array, ...]
    scratch: Array
    decayed_values: Array
    decayed_gradients: Array
    decayed_scratch: Array


class Optimizer(ABC):
    """Gradient descent with an L2 penalty of l2/2 * |W|^2 on the weights, not on the biases.

    Args:
        parameters: what is changed.
        l2:         strength of the penalty, added to the gradient as l2 * W.
        momentum:   of SGD; others ignore it.
    """

    states = 0  # how many arrays like the parameters the rule remembers

    def __init__(self, parameters: Parameters, l2: float, momentum: float = 0.9):
        self._parameters = parameters
        self._l2 = parameters.values.dtype.type(l2)
        self._momentum = parameters.values.dtype.type(momentum)
        self._state = tuple(np.zeros_like(parameters.values) for _ in range(self.states))
        self._scratch: Array = np.empty(0, parameters.values.dtype)
        self._steps = [0] * len(parameters.values)
        self._blocks: dict[tuple[int, int], list[Block]] = {}

    def step(self, folds: slice, learning_rate: float) -> None:
        """One step of a range of folds, each by its own gradient."""
        for start, stop in self._equal_counts(folds.start, folds.stop):
            count = self._steps[start] + 1
            self._steps[start:stop] = [count] * (stop - start)
            self._begin(count, learning_rate)
            for block in self._walk(start, stop):
                if self._l2:
                    np.multiply(block.decayed_values, self._l2, out=block.decayed_scratch)
                    np.add(block.decayed_gradients, block.decayed_scratch, out=block.decayed_gradients)
                self._update(block)

    @abstractmethod
    def _begin(self, step: int, learning_rate: float) -> None:
        """Fix the numbers of this step, counted from 1."""

    @abstractmethod
    def _update(self, block: Block) -> None:
        """Change one block's values by its gradients, which may be overwritten."""

    def _equal_counts(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """Neighbouring folds that have made equally many steps."""
        begin = start
        for fold in range(start + 1, stop + 1):
            if fold == stop or self._steps[fold] != self._steps[begin]:
                yield begin, fold
                begin = fold

    def _walk(self, start: int, stop: int) -> list[Block]:
        """The blocks of a range of folds, made once."""
        if (start, stop) not in self._blocks:
            folds, columns = stop - start, self._parameters.values.shape[1]
            width = max(1, BLOCK // folds)
            if self._scratch.size < folds * width:
                self._scratch = np.empty(folds * width, self._parameters.values.dtype)
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
            values=parameters.values[here],
            gradients=parameters.gradients[here],
            state=tuple(array[here] for array in self._state),
            scratch=scratch,
            decayed_values=parameters.values[decayed],
            decayed_gradients=parameters.gradients[decayed],
            decayed_scratch=scratch[:, : decayed_end - begin],
        )


class SGD(Optimizer):
    """Stochastic gradient descent with momentum: v <- mu v + g, w <- w - rate v.

    Source: Sutskever et al. (2013), On the importance of initialization and momentum in deep learning, equations 1 and
    2, with the rate outside the velocity.
    """

    states = 1

    def _begin(self, step: int, learning_rate: float) -> None:
        self._rate = self._momentum.dtype.type(learning_rate)

    def _update(self, block: Block) -> None:
        (velocity,) = block.state
        np.multiply(velocity, self._momentum, out=velocity)
        np.add(velocity, block.gradients, out=velocity)
        np.multiply(velocity, self._rate, out=block.scratch)
        np.subtract(block.values, block.scratch, out=block.values)


class Adam(Optimizer):
    """Adam with beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8.

    The moments are kept as plain sums, m / (1 - beta1) and v / (1 - beta2); all constants, bias corrections included,
    are folded into one rate and one epsilon a step, which saves passes over the parameters.

    Source: Kingma and Ba (2015), Adam: A Method for Stochastic Optimization, algorithm 1.
    """

    states = 2
    BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8

    def _begin(self, step: int, learning_rate: float) -> None:
        real = self._momentum.dtype.type
        unbias1, unbias2 = 1 - self.BETA1**step, 1 - self.BETA2**step
        self._beta1, self._beta2 = real(self.BETA1), real(self.BETA2)
        self._rate = real(learning_rate * sqrt(unbias2) / unbias1 * (1 - self.BETA1) / sqrt(1 - self.BETA2))
        self._epsilon = real(self.EPSILON * sqrt(unbias2) / sqrt(1 - self.BETA2))

    def _update(self, block: Block) -> None:
        (m, v), g, step = block.state, block.gradients, block.scratch
        np.multiply(m, self._beta1, out=m)
        np.add(m, g, out=m)
        np.multiply(g, g, out=g)
        np.multiply(v, self._beta2, out=v)
        np.add(v, g, out=v)
        np.sqrt(v, out=step)
        np.add(step, self._epsilon, out=step)
        np.divide(m, step, out=step)
        np.multiply(step, self._rate, out=step)
        np.subtract(block.values, step, out=block.values)


OPTIMIZERS: dict[str, type[Optimizer]] = {"adam": Adam, "sgd": SGD}


def make_optimizer(name: str, parameters: Parameters, l2: float, momentum: float) -> Optimizer:
    """The optimizer of that name over these parameters."""
    return lookup(OPTIMIZERS, name, "optimizer")(parameters, l2, momentum)
