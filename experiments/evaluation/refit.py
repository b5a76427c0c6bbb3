"""The refit of a chosen configuration on all development rows, and its outputs for other rows. Pure, like evaluate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.config.candidate import Candidate
from experiments.config.target import Target
from experiments.search.cross_validation import prepare_fold
from experiments.search.executors.shared_data import DataReference, open_folds
from experiments.search.seeds import REFIT, fold_seed
from experiments.search.target_scaling import TargetScaler
from nnet.arrays import Array
from nnet.batches import FoldData
from nnet.network import Architecture, Network
from nnet.training import fit


@dataclass(frozen=True)
class RefitTask:
    """The configuration of trial `number`, to be trained for the first `epochs` epochs of its horizon.

    factors: of the learning rate, as the trial had them.
    """

    number: int
    candidate: Candidate
    epochs: int
    seed: int
    factors: tuple[float, ...] = ()


@dataclass(frozen=True)
class Refit:
    """A trained network.

    parameters: (P,) in the network's own order.
    statistics: (S,) of its batch normalisations.
    losses:     (epochs,) mean training loss over rows.
    units:      of what it predicts, where that is a number.
    """

    number: int
    architecture: Architecture
    parameters: Array
    statistics: Array
    losses: tuple[float, ...]
    units: TargetScaler


def refit(task: RefitTask, folds: Sequence[FoldData], target: Target) -> Refit:
    """Train on `folds[0].train`, which is every development row; no early stopping."""
    data, units = prepare_fold(folds[0], task.candidate, target)
    architecture = task.candidate.architecture(data.x.shape[1], target)
    seed = fold_seed(task.seed, REFIT, task.number, 0)
    network, losses = fit(architecture, task.candidate.training, data, seed, task.epochs, task.factors)
    parameters = network.parameters
    return Refit(task.number, architecture, parameters.values[0].copy(), parameters.statistics[0].copy(), losses, units)


def network_of(model: Refit) -> Network:
    """The trained network again."""
    network = Network(model.architecture, [np.random.SeedSequence(0)], model.parameters.dtype)
    network.parameters.values[0] = model.parameters
    network.parameters.statistics[0] = model.statistics
    return network


def outputs(model: Refit, x: Array) -> Array:
    """(N, inputs) -> (N, outputs): logits of classes, or a number in the target's own units."""
    z = network_of(model).predict(x)
    return z if model.units == TargetScaler() else model.units.restored(z)


def run_refit(task: RefitTask, reference: DataReference) -> Refit:
    """Refit a configuration."""
    return refit(task, open_folds(reference), reference.target)
