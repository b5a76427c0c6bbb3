"""Initial weights, of zero mean and of a variance that keeps the signal's size from layer to layer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnet.arrays import Array
from nnet.errors import lookup

Initializer = Callable[[np.random.Generator, int, int], Array]


def zeros(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
    """Return (inputs, outputs) zeros: right for a single layer; units of a hidden layer would all stay alike."""
    return np.zeros((inputs, outputs))


def normal(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
    """Draw (inputs, outputs) normal weights with standard deviation 0.01."""
    return 0.01 * standard_normal(rng, (inputs, outputs))


def he(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
    """Draw (inputs, outputs) uniform weights with variance 2 / inputs, for ReLU and other rectifiers.

    Source: He et al. (2015), Delving Deep into Rectifiers, equation 10.
    """
    limit = np.sqrt(6 / inputs)
    return rng.uniform(-limit, limit, (inputs, outputs))


def glorot(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
    """Draw (inputs, outputs) uniform weights with variance 2 / (inputs + outputs), for tanh, sigmoid and softmax.

    Source: Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward networks, equation 16.
    """
    limit = np.sqrt(6 / (inputs + outputs))
    return rng.uniform(-limit, limit, (inputs, outputs))


def orthogonal(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
    """Draw (inputs, outputs) weights with orthonormal rows or columns, whichever are fewer, uniform among all such.

    Source: Saxe et al. (2014), Exact solutions to the nonlinear dynamics of learning in deep linear neural networks.
    """
    tall = standard_normal(rng, (max(inputs, outputs), min(inputs, outputs)))
    q, r = np.linalg.qr(tall)
    q *= np.sign(np.diagonal(r))  # makes the factorisation, and with it the distribution, unique
    return np.ascontiguousarray(q if inputs >= outputs else q.T)


def standard_normal(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Draw numbers with mean 0 and variance 1 that are normal but for their tails: none is beyond 6.

    Each is a sum of 12 uniform numbers, less 6. Sums are the same on every machine; the logarithms and exponentials of
    `Generator.standard_normal` are not.
    """
    total = rng.random(shape)
    for _ in range(11):
        total += rng.random(shape)
    return total - 6.0


INITIALIZERS: dict[str, Initializer] = {
    "glorot": glorot,
    "he": he,
    "normal": normal,
    "orthogonal": orthogonal,
    "zeros": zeros,
}


def initializer_for(name: str, before_rectifier: bool) -> Initializer:
    """Return the initializer of that name; "auto" is he before a rectifier such as ReLU, and glorot otherwise.

    >>> initializer_for("auto", True).__name__, initializer_for("auto", False).__name__
    ('he', 'glorot')
    """
    if name == "auto":
        name = "he" if before_rectifier else "glorot"
    return lookup(INITIALIZERS, name, "initializer")
