"""The refit of a chosen configuration on all development rows, and its outputs for other rows; pure functions."""

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
from experiments.search.trial import FinishedTrial
from nnet.arrays import Array
from nnet.batches import FoldData
from nnet.network import Architecture, Network
from nnet.training import fit


@dataclass(frozen=True)
class RefitTask:
    """The configuration of trial `number`, to be trained for the first `epochs` epochs of its schedule.

    factors: factors of the learning rate, as the trial had them.
    """

    number: int
    candidate: Candidate
    epochs: int
    seed: int
    factors: tuple[float, ...] = ()


@dataclass(frozen=True)
class Refit:
    """A trained network.

    parameters: (P,) parameters in the network's own order.
    statistics: (S,) statistics of its batch normalisations.
    losses:     (epochs,) mean training loss over rows.
    units:      scale of its predictions, where they are numbers.
    """

    number: int
    architecture: Architecture
    parameters: Array
    statistics: Array
    losses: tuple[float, ...]
    units: TargetScaler


def refit_task(trial: FinishedTrial, candidate: Candidate, seed: int) -> RefitTask:
    """Return the task of training a finished trial's configuration again, to its best epoch."""
    result = trial.result
    return RefitTask(result.number, candidate, result.epochs, seed, result.curves.factors)


def refit(task: RefitTask, folds: Sequence[FoldData], target: Target) -> Refit:
    """Train on `folds[0].train`, which is every development row; no early stopping."""
    data, units = prepare_fold(folds[0], task.candidate, target)
    architecture = task.candidate.architecture(data.x.shape[1], target)
    seed = fold_seed(task.seed, REFIT, task.number, 0)
    network, losses = fit(architecture, task.candidate.training, data, seed, task.epochs, task.factors)
    parameters = network.parameters
    return Refit(task.number, architecture, parameters.values[0].copy(), parameters.statistics[0].copy(), losses, units)


def network_of(model: Refit) -> Network:
    """Rebuild the trained network."""
    network = Network(model.architecture, [np.random.SeedSequence(0)], model.parameters.dtype)
    network.parameters.values[0] = model.parameters
    network.parameters.statistics[0] = model.statistics
    return network


def outputs(model: Refit, x: Array) -> Array:
    """Compute outputs (N, outputs) of rows (N, inputs): logits of classes, or a number in the target's own units."""
    z = network_of(model).predict(x)
    return z if model.units == TargetScaler() else model.units.restored(z)


def run_refit(task: RefitTask, reference: DataReference) -> Refit:
    """Refit a configuration."""
    return refit(task, open_folds(reference), reference.target)
