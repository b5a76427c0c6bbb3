"""The outputs of several networks as those of one model: the mean of their probabilities, or of their outputs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nnet.arrays import Array
from nnet.changed_inputs import ChangedInputs
from nnet.metrics import class_probabilities
from nnet.network import CHUNK, Network

ROWS = 16 * CHUNK  # rows whose outputs of all networks are held at a time; a multiple of CHUNK changes no bit
TINY = np.finfo(np.float64).tiny  # the least probability that has a logarithm
FEW_INPUTS = 64  # whose products take no longer than those of the inputs that change

Changed = Callable[[NDArray[np.int64], Array], Array]  # outputs of some rows for other values (N, k) of k inputs


def are_probabilities(loss: str) -> bool:
    """Return whether the loss trains outputs as logits of probabilities."""
    return loss.endswith("cross_entropy")


def model_outputs(network: Network, folds: slice, x: Array, probabilities: bool) -> Array:
    """Compute the outputs (N, outputs) of the model that some folds of a network are together, for x (N, inputs).

    Args:
        probabilities: whether the outputs are logits, whose probabilities are averaged.
    """
    if folds.stop - folds.start == 1:
        return network.predict(x, folds.start)
    outputs: Array = np.empty((len(x), network.architecture.outputs))
    for start in range(0, len(x), ROWS):
        rows = slice(start, start + ROWS)
        outputs[rows] = mean_outputs(network.predict_folds(x[rows], folds), probabilities)
    return outputs


def changed_outputs(network: Network, folds: slice, x: Array, probabilities: bool) -> Changed:
    """Return a function that computes the outputs of that model for x with other values of a few inputs."""
    known = ChangedInputs(network, folds, x) if x.shape[1] > FEW_INPUTS else None

    def outputs(inputs: NDArray[np.int64], values: Array) -> Array:
        if known is not None:
            z = known.outputs(inputs, values)
            return z[0] if len(z) == 1 else mean_outputs(z, probabilities)
        changed = x.copy()
        changed[:, inputs] = values
        return model_outputs(network, folds, changed, probabilities)

    return outputs


def mean_outputs(z: Array, probabilities: bool) -> Array:
    """Average the outputs (M, N, outputs) of M networks to (N, outputs) in float64.

    The mean of logits is the logit of the mean probability: log p of each class, or the log-odds of a logistic unit.
    They are finite, because a probability of 0 counts as TINY. A NaN or an infinity of one network stays NaN.

    >>> three_and_one = mean_outputs(np.log(np.array([[[3.0, 1.0]], [[1.0, 1.0]]])), probabilities=True)
    >>> np.exp(three_and_one)
    array([[0.625, 0.375]])
    """
    if not probabilities:
        return _mean(z.astype(np.float64))
    logits: Array = np.log(np.maximum(_mean(class_probabilities(z)), TINY))
    return logits[:, 1:] - logits[:, :1] if z.shape[-1] == 1 else logits


def joined(one: Array, other: Array, probabilities: bool) -> Array:
    """Average the outputs (N, outputs) of two models to those of one.

    >>> joined(np.array([[1.0]]), np.array([[4.0]]), probabilities=False)
    array([[2.5]])
    """
    return mean_outputs(np.stack([one, other]), probabilities)


def _mean(values: Array) -> Array:
    """Average over the first axis, summed in its order."""
    total: Array = values[0].copy()
    for more in values[1:]:
        total += more
    total /= len(values)
    return total
