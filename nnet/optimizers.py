"""The rules of optimizers.

They are PyTorch's where authors differ. Constants are merged so that a step makes as few passes over the parameters as
NumPy allows.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from nnet.compiled import Call, passes_for
from nnet.optimizer import Block, Optimizer


class SGD(Optimizer):
    """Stochastic gradient descent with momentum: v <- mu v + g, w <- w - rate v.

    Source: Sutskever et al. (2013), On the importance of initialization and momentum in deep learning, equations 1 and
    2, with the rate outside the velocity.
    """

    states = fading = 1

    def _begin(self, step: int, learning_rate: float) -> None:
        self._rate = self._real(learning_rate)

    def _update(self, block: Block) -> None:
        (velocity,) = block.state
        np.multiply(velocity, self._momentum, out=velocity)
        np.add(velocity, block.gradients, out=velocity)
        np.multiply(velocity, self._rate, out=block.scratch)
        np.subtract(block.values, block.scratch, out=block.values)


class Nesterov(SGD):
    """Nesterov's momentum: v <- mu v + g, w <- w - rate (g + mu v).

    Source: Sutskever et al. (2013), equations 3 and 4, in the form of PyTorch's SGD(nesterov=True).
    """

    def _update(self, block: Block) -> None:
        (velocity,), g, ahead = block.state, block.gradients, block.scratch
        np.multiply(velocity, self._momentum, out=velocity)
        np.add(velocity, g, out=velocity)
        np.multiply(velocity, self._momentum, out=ahead)
        np.add(ahead, g, out=ahead)
        np.multiply(ahead, self._rate, out=ahead)
        np.subtract(block.values, ahead, out=block.values)


class AdaGrad(Optimizer):
    """AdaGrad: s <- s + g^2, w <- w - rate g / (sqrt(s) + epsilon) with epsilon = 1e-10.

    Source: Duchi et al. (2011), Adaptive Subgradient Methods for Online Learning and Stochastic Optimization.
    """

    states = 1
    EPSILON = 1e-10

    def _begin(self, step: int, learning_rate: float) -> None:
        self._rate, self._epsilon = self._real(learning_rate), self._real(self.EPSILON)

    def _update(self, block: Block) -> None:
        (squares,), g, step = block.state, block.gradients, block.scratch
        np.multiply(g, g, out=step)
        np.add(squares, step, out=squares)
        np.sqrt(squares, out=step)
        np.add(step, self._epsilon, out=step)
        np.divide(g, step, out=step)
        np.multiply(step, self._rate, out=step)
        np.subtract(block.values, step, out=block.values)


class RMSprop(Optimizer):
    """RMSprop: v <- 0.99 v + 0.01 g^2, w <- w - rate g / (sqrt(v) + epsilon) with epsilon = 1e-8.

    v is kept as v / 0.01.

    Source: Tieleman and Hinton (2012), Lecture 6.5, Neural Networks for Machine Learning; defaults of PyTorch.
    """

    states = 1
    ALPHA, EPSILON = 0.99, 1e-8

    def _begin(self, step: int, learning_rate: float) -> None:
        scale = sqrt(1 - self.ALPHA)
        self._alpha = self._real(self.ALPHA)
        self._rate, self._epsilon = self._real(learning_rate / scale), self._real(self.EPSILON / scale)

    def _update(self, block: Block) -> None:
        (v,), g, step = block.state, block.gradients, block.scratch
        np.multiply(v, self._alpha, out=v)
        np.multiply(g, g, out=step)
        np.add(v, step, out=v)
        np.sqrt(v, out=step)
        np.add(step, self._epsilon, out=step)
        np.divide(g, step, out=step)
        np.multiply(step, self._rate, out=step)
        np.subtract(block.values, step, out=block.values)


class Adam(Optimizer):
    """Adam: w <- w - rate m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon) in step t, with epsilon = 1e-8.

    The moments are m <- beta1 m + (1 - beta1) g with beta1 = 0.9, and v <- beta2 v + (1 - beta2) g^2. They are kept
    as m / (1 - beta1) and v / (1 - beta2); all constants are folded into one rate and one epsilon a step.

    Source: Kingma and Ba (2015), Adam: A Method for Stochastic Optimization, algorithm 1.
    """

    states = 2
    fading = 1
    BETA1, EPSILON = 0.9, 1e-8

    def _prepare(self) -> None:
        self._beta1, self._beta2 = self._real(self.BETA1), self._real(self._exact_beta2)
        self._passes = None if self._l1 else passes_for(self._parameters.values.dtype)
        self._calls: dict[tuple[int, int], Call] = {}

    def _begin(self, step: int, learning_rate: float) -> None:
        beta2 = self._exact_beta2
        unbias1, unbias2 = 1 - self.BETA1**step, 1 - beta2**step
        self._rate = self._real(learning_rate * sqrt(unbias2) / unbias1 * (1 - self.BETA1) / sqrt(1 - beta2))
        self._epsilon = self._real(self.EPSILON * sqrt(unbias2) / sqrt(1 - beta2))

    def _change(self, start: int, stop: int, learning_rate: float) -> None:
        if self._passes is None:
            super()._change(start, stop, learning_rate)
            return
        if self.decoupled and self._l2:
            weights = self._parameters.values[start:stop, : self._parameters.weight_columns]
            np.multiply(weights, self._real(1 - learning_rate * self._exact_l2), out=weights)
        call = self._calls.get((start, stop))
        if call is None:
            parameters, columns = self._parameters, self._parameters.value_buffer.shape[1]
            arrays = (parameters.value_buffer, parameters.gradient_buffer, *self.state)  # all of one layout
            decayed = 0 if not self._l2 or self.decoupled else parameters.weight_columns
            call = self._calls[start, stop] = Call(
                self._passes.adam,
                [array[start:stop] for array in arrays],
                (stop - start, columns, columns, decayed),
                (self._l2, self._beta1, self._beta2, 0, 0),
            )
        call.reals[3] = self._rate
        call.reals[4] = self._epsilon
        call.run()

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


class AdamW(Adam):
    """Adam whose l2 shrinks the weights by rate * l2 in each step, outside the adaptive gradient.

    Source: Loshchilov and Hutter (2019), Decoupled Weight Decay Regularization, algorithm 2.
    """

    decoupled = True


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "adagrad": AdaGrad,
    "adam": Adam,
    "adamw": AdamW,
    "nesterov": Nesterov,
    "rmsprop": RMSprop,
    "sgd": SGD,
}
