"""Initial weights, of zero mean and of a variance that keeps the signal's size from layer to layer."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np

from nnet.activations import RECTIFIERS
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


def lecun(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
    """Draw (inputs, outputs) normal weights with variance 1 / inputs, for SELU.

    Source: LeCun et al. (1998), Efficient BackProp, equation 16; Klambauer et al. (2017) for SELU.
    """
    return standard_normal(rng, (inputs, outputs)) / sqrt(inputs)


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
    "lecun": lecun,
    "normal": normal,
    "orthogonal": orthogonal,
    "zeros": zeros,
}


def initializer_for(name: str, activation: str) -> Initializer:
    """Return the initializer of that name.

    "auto" is he before a rectifier such as ReLU, lecun before SELU, and glorot before others.

    Args:
        activation: name of the activation that follows.

    >>> [initializer_for("auto", activation).__name__ for activation in ("relu", "selu", "tanh")]
    ['he', 'lecun', 'glorot']
    """
    auto = he if activation in RECTIFIERS else lecun if activation == "selu" else glorot
    return lookup({"auto": auto, **INITIALIZERS}, name, "initializer")
