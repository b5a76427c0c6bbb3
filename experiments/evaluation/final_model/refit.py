"""The refit of a chosen configuration on all development rows, and its outputs for other rows; pure functions.

A refit is the mean of several networks, its members, which are trained as one batch and differ in their seeds alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from experiments.config.candidate import Candidate
from experiments.config.target import Target
from experiments.evaluation.final_model.mean_outputs import are_probabilities, model_outputs
from experiments.search.cross_validation import prepare_fold
from experiments.search.executors.shared_data import DataReference, open_folds
from experiments.search.seeds import REFIT, fold_seed
from experiments.search.target_scaling import TargetScaler
from experiments.search.trial import FinishedTrial
from nnet.arrays import Array
from nnet.batches import FoldData
from nnet.network import Architecture, Network
from nnet.saving import blank_network
from nnet.training import fit

if TYPE_CHECKING:  # workers load no pydantic
    from experiments.search.context import StudyContext

FALLEN = 1e-5  # last factor of a schedule below which its rate has fallen to 0; that of one_cycle is 4e-6


@dataclass(frozen=True)
class RefitTask:
    """The configuration of trial `number`, to be trained for the first `epochs` epochs of its schedule.

    factors: factors of the learning rate, as the trial had them.
    members: number of networks, whose mean is the model.
    """

    number: int
    candidate: Candidate
    epochs: int
    seed: int
    factors: tuple[float, ...] = ()
    members: int = 1


@dataclass(frozen=True)
class Refit:
    """A trained model of M networks.

    parameters:    (M, P) parameters in the networks' own order.
    statistics:    (M, S) statistics of their batch normalisations.
    losses:        (epochs,) mean training loss over rows and networks.
    units:         scale of its predictions, where they are numbers.
    probabilities: whether its outputs are logits of probabilities.
    """

    number: int
    architecture: Architecture
    parameters: Array
    statistics: Array
    losses: tuple[float, ...]
    units: TargetScaler
    probabilities: bool


def trained_again(study: StudyContext, trial: FinishedTrial) -> RefitTask:
    """Return the task of training the networks of the final model as the trial's own was, to its best epoch."""
    spec, result, candidate = study.spec, trial.result, study.space.candidate(trial.params)
    factors = result.curves.factors
    return RefitTask(result.number, candidate, result.epochs, spec.study.seed, factors, spec.final.members)


def refit_task(study: StudyContext, trial: FinishedTrial) -> RefitTask:
    """Return the task of training a finished trial's configuration on all development rows.

    Where [final] has a horizon of its own, the refit ends at the same share of it as the trial's best epoch is of the
    trial's, or at its end where the schedule falls to 0.
    """
    task, horizon = trained_again(study, trial), study.spec.final.epochs
    if horizon is None:
        return task
    training = task.candidate.training
    share = 1.0 if training.rates()(1.0) < FALLEN else task.epochs / training.epochs
    longer = replace(task.candidate, training=replace(training, epochs=horizon))
    return replace(task, candidate=longer, epochs=max(1, round(horizon * share)))


def refit(task: RefitTask, folds: Sequence[FoldData], target: Target) -> Refit:
    """Train on `folds[0].train`, which is every development row; no early stopping."""
    data, units = prepare_fold(folds[0], task.candidate, target)
    architecture, training = task.candidate.architecture(data.x.shape[1], target), task.candidate.training
    seeds = [fold_seed(task.seed, REFIT, task.number, member) for member in range(task.members)]
    network, losses = fit(architecture, training, [data] * task.members, seeds, task.epochs, task.factors)
    parameters, mean_losses = network.parameters, tuple(losses.mean(axis=1).tolist())
    values, statistics = parameters.values.copy(), parameters.statistics.copy()
    return Refit(task.number, architecture, values, statistics, mean_losses, units, are_probabilities(training.loss))


def network_of(model: Refit) -> Network:
    """Rebuild the trained networks, one for each fold."""
    network = blank_network(model.architecture, model.parameters.dtype, len(model.parameters))
    network.parameters.values[...] = model.parameters
    network.parameters.statistics[...] = model.statistics
    return network


def outputs(model: Refit, x: Array) -> Array:
    """Compute outputs (N, outputs) of rows (N, inputs): logits of classes, or a number in the target's own units."""
    network = network_of(model)
    z = model_outputs(network, slice(0, network.folds), x, model.probabilities)
    return z if model.units == TargetScaler() else model.units.restored(z)


def run_refit(task: RefitTask, reference: DataReference) -> Refit:
    return refit(task, open_folds(reference), reference.target)
