"""Activation functions and their derivatives, written in terms of their output so that they work in place.

Source: Bishop (2006), Pattern Recognition and Machine Learning, chapter 5; Goodfellow et al. (2016), Deep Learning,
section 6.3.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from nnet.arrays import Array


class Activation(ABC):
    """An elementwise function a = f(z) whose derivative follows from a alone."""

    @abstractmethod
    def forward(self, z: Array) -> None:
        """Replace z, of any shape, by f(z)."""

    @abstractmethod
    def backward(self, a: Array, da: Array, scratch: Array) -> None:
        """Multiply da, the gradient with respect to a = f(z), by f'(z); the three shapes are equal."""


class Sigmoid(Activation):
    """f(z) = 1 / (1 + exp(-z)), computed as (1 + tanh(z / 2)) / 2, which cannot overflow."""

    def forward(self, z: Array) -> None:
        half = z.dtype.type(0.5)
        np.multiply(z, half, out=z)
        np.tanh(z, out=z)
        np.multiply(z, half, out=z)
        np.add(z, half, out=z)

    def backward(self, a: Array, da: Array, scratch: Array) -> None:
        np.multiply(a, a, out=scratch)
        np.subtract(a, scratch, out=scratch)
        np.multiply(da, scratch, out=da)


class Tanh(Activation):
    """f(z) = tanh(z)."""

    def forward(self, z: Array) -> None:
        np.tanh(z, out=z)

    def backward(self, a: Array, da: Array, scratch: Array) -> None:
        np.multiply(a, a, out=scratch)
        np.subtract(a.dtype.type(1), scratch, out=scratch)
        np.multiply(da, scratch, out=da)


class ReLU(Activation):
    """f(z) = max(z, 0), with f'(0) = 0."""

    def forward(self, z: Array) -> None:
        np.maximum(z, z.dtype.type(0), out=z)

    def backward(self, a: Array, da: Array, scratch: Array) -> None:
        np.greater(a, a.dtype.type(0), out=scratch)
        np.multiply(da, scratch, out=da)


ACTIVATIONS: dict[str, Activation] = {"sigmoid": Sigmoid(), "tanh": Tanh(), "relu": ReLU()}
