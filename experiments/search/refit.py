"""The refit of a chosen configuration on all development rows, and its outputs for other rows. Pure, like evaluate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.candidate import Candidate
from experiments.search.seeds import REFIT, fold_seed
from nnet.arrays import Array
from nnet.batches import FoldData
from nnet.network import Architecture, Network
from nnet.training import fit


@dataclass(frozen=True)
class RefitTask:
    """The configuration of trial `number`, to be trained for the first `epochs` epochs of its horizon."""

    number: int
    candidate: Candidate
    epochs: int
    seed: int


@dataclass(frozen=True)
class Refit:
    """A trained network.

    parameters: (P,) in the network's own order.
    losses:     (epochs,) training loss in nats per row.
    """

    number: int
    architecture: Architecture
    parameters: Array
    losses: tuple[float, ...]


def refit(task: RefitTask, folds: Sequence[FoldData], classes: int) -> Refit:
    """Train on `folds[0].train`, which is every development row; no early stopping."""
    (data,) = folds
    architecture = task.candidate.architecture(data.x.shape[1], classes)
    seed = fold_seed(task.seed, REFIT, task.number, 0)
    network, losses = fit(architecture, task.candidate.training, data, seed, task.epochs)
    return Refit(task.number, architecture, network.parameters.values[0].copy(), losses)


def outputs(model: Refit, x: Array) -> Array:
    """(N, inputs) -> (N, classes) logits."""
    network = Network(model.architecture, [np.random.SeedSequence(0)], x.dtype)
    network.parameters.values[0] = model.parameters
    return network.predict(x)
