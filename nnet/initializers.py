"""Initial weights: zero mean, a variance that keeps the signal's size from layer to layer. Biases start at zero."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnet.arrays import Array
from nnet.errors import lookup

Initializer = Callable[[np.random.Generator, int, int], Array]


def he(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
    """(inputs, outputs) normal with variance 2 / inputs, for ReLU.

    Source: He et al. (2015), Delving Deep into Rectifiers, equation 10.
    """
    return rng.normal(0.0, np.sqrt(2 / inputs), (inputs, outputs))


def glorot(rng: np.random.Generator, inputs: int, outputs: int) -> Array:
    """(inputs, outputs) uniform with variance 2 / (inputs + outputs), for tanh, sigmoid and softmax.

    Source: Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward networks, equation 16.
    """
    limit = np.sqrt(6 / (inputs + outputs))
    return rng.uniform(-limit, limit, (inputs, outputs))


INITIALIZERS: dict[str, Initializer] = {"he": he, "glorot": glorot}


def initializer_for(name: str, activation: str) -> Initializer:
    """The initializer of that name; "auto" is he before ReLU and glorot before everything else.

    >>> initializer_for("auto", "relu").__name__, initializer_for("auto", "tanh").__name__
    ('he', 'glorot')
    """
    if name == "auto":
        name = "he" if activation == "relu" else "glorot"
    return lookup(INITIALIZERS, name, "initializer")
