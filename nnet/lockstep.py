"""Training of F folds of one architecture as one network, in lockstep."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from nnet.arrays import Array, Rows
from nnet.batch_norm import BatchNorm
from nnet.batches import Batch, FoldData, Gatherer
from nnet.checks import of_kind, one_each, whole
from nnet.effects import check_effects
from nnet.errors import ShapeError
from nnet.loss import Loss
from nnet.losses import loss_of
from nnet.max_norm import MaxNorm
from nnet.network import CHUNK, Architecture, Mode, Network
from nnet.optimizers import OPTIMIZERS
from nnet.schedules import UNPLANNED
from nnet.settings import TrainingSettings
from nnet.stack import Stack
from nnet.streams import SHUFFLING, STATISTICS, RandomBits, Seed, stream

TOGETHER = 1 << 19  # elements of parameters and activations that the folds of one step share, at most


def together(architecture: Architecture, batch_size: int) -> int:
    """Return the number of folds that share one step: many if Python's overhead dominates, few if the cache does.

    The number changes the speed only.
    """
    sizes = architecture.sizes
    elements = sum(a * b for a, b in pairwise(sizes)) + batch_size * sum(sizes)
    return max(1, TOGETHER // elements)


@dataclass(frozen=True)
class State:
    """The state of F folds between two epochs: plain arrays and generators, so that it can be pickled.

    values, statistics: parameters (F, P) and statistics (F, S).
    optimizer:          its name; moments and steps are its state.
    shuffles, bits:     random streams of each fold: for the order of rows, and for dropout and noise.
    recent:             weights after the latest epochs, if they are averaged.
    """

    values: Array
    statistics: Array
    optimizer: str
    moments: tuple[Array, ...]
    steps: list[int]
    shuffles: list[np.random.Generator]
    bits: list[RandomBits]
    recent: list[Array]


class Lockstep:
    """F folds in training, with their network, optimizer and random streams.

    Attributes:
        network: the network, which every epoch changes.
        shuffle: take the rows in another order in every epoch.

    Args:
        seeds:          a seed or a number for each fold.
        folds_per_step: folds that share one step, chosen by size when None. It does not change the result.

    Raises:
        ShapeError:   the data does not fit the architecture, or there are not as many seeds as folds.
        SettingError: an argument is of another class, or a setting would learn nothing or do nothing.
    """

    def __init__(
        self,
        architecture: Architecture,
        settings: TrainingSettings,
        folds: Sequence[FoldData],
        seeds: Sequence[Seed],
        folds_per_step: int | None = None,
    ):
        of_kind("architecture", architecture, Architecture)
        of_kind("settings", settings, TrainingSettings)
        one_each("folds", folds, FoldData)
        one_each("seeds", seeds)
        if len(seeds) != len(folds):
            raise ShapeError(f"each fold needs a seed, but got {len(folds)} folds and {len(seeds)} seeds.")
        if folds[0].x.shape[1] != architecture.inputs:
            raise ShapeError(f"x must have {architecture.inputs} columns, but got {folds[0].x.shape[1]}.")
        check_effects(architecture, settings, folds)
        self._batch_size = min(settings.batch_size, max(len(data.train) for data in folds))  # buffers have as many rows
        self._together = (
            together(architecture, self._batch_size)
            if folds_per_step is None
            else whole("folds_per_step", folds_per_step)
        )
        self.network = Network(architecture, seeds, folds[0].x.dtype)
        self._loss_type = loss_of(settings.loss)
        self._settings, self._folds, self.shuffle = settings, folds, True
        self._shuffles = [stream(seed, SHUFFLING) for seed in seeds]
        self._seeds = seeds
        self._targets = self._encode(settings.label_smoothing)
        self._gather = Gatherer(folds, self._targets, self._batch_size, self._together)
        parameters = self.network.parameters
        self._optimizer = OPTIMIZERS[settings.optimizer](
            parameters, settings.l2, settings.momentum, settings.l1, settings.clip_norm, settings.beta2
        )
        self._max_norm = MaxNorm(parameters, settings.max_norm) if settings.max_norm else None
        self._losses: dict[tuple[int, int, int], Loss] = {}
        self._made: dict[tuple[int, int, int], tuple[Stack, Loss]] = {}
        self._steps = [-(-len(data.train) // self._batch_size) for data in folds]
        self._rates = settings.rates()
        self._recent: deque[Array] = deque(maxlen=settings.average_epochs)
        self._row_weights = [_total(data) for data in folds]

    def train_epoch(self, epoch: int, factor: float = 1.0) -> Array:
        """Train one epoch, and return each fold's mean loss over it, (F,).

        Args:
            epoch:  number of the epoch, counted from 1, at which the schedule is read.
            factor: multiplier of the learning rate, in addition to the schedule's.
        """
        orders = [data.train for data in self._folds]
        if self.shuffle:
            orders = [rng.permutation(rows) for rng, rows in zip(self._shuffles, orders, strict=True)]
        totals: Array = np.zeros(len(self._folds), np.float64)
        batch_totals: Array = np.zeros(len(self._folds), self.network.dtype)
        constant = self._settings.schedule in UNPLANNED and not self._settings.warm_up
        rates = [self._settings.learning_rate * factor] * len(self._folds)
        for number, step in enumerate(self._gather.batches(orders)):
            if not constant:
                rates = self._rates_at(epoch, number, factor)
            batch_totals[...] = 0
            for batch in step:
                self._step(batch, rates, batch_totals[batch.folds])
            np.add(totals, batch_totals, out=totals)
        if self._settings.average_epochs > 1:
            self._recent.append(self.network.parameters.values.copy())
        return totals / self._row_weights

    def outputs(self, rows: Sequence[Rows]) -> list[Array]:
        """Compute each fold's outputs (N_f, outputs) for some of its own rows, as the finished network would."""
        network, width = self.network, self.network.architecture.outputs
        outputs: list[Array] = [np.empty((len(fold_rows), width), network.dtype) for fold_rows in rows]
        kept = self._averaged()
        done = 0
        for step in self._gather_rows.batches(rows):
            for batch in step:
                z = network.stack(batch.folds, batch.x.shape[1], Mode.PREDICTION).forward(batch.x)
                for fold, fold_z in zip(range(batch.folds.start, batch.folds.stop), z, strict=True):
                    outputs[fold][done : done + len(fold_z)] = fold_z
            done += CHUNK
        if kept is not None:
            network.parameters.values[...], network.parameters.statistics[...] = kept
        return outputs

    def finish(self) -> None:
        """Put the mean of the recent weights into the network for good, if the settings average them."""
        self._averaged()

    def is_finite(self) -> bool:
        """Tell whether parameters, statistics and the optimizer's moments are all finite numbers."""
        parameters = self.network.parameters
        arrays = (parameters.values, parameters.statistics, *self._optimizer.state)
        return all(bool(np.isfinite(array).all()) for array in arrays)

    def state(self) -> State:
        """Return the state from which `restore` goes on; its weights are a copy."""
        parameters, optimizer = self.network.parameters, self._optimizer
        return State(
            values=parameters.values.copy(),
            statistics=parameters.statistics.copy(),
            optimizer=self._settings.optimizer,
            moments=optimizer.state,
            steps=optimizer.steps,
            shuffles=self._shuffles,
            bits=self.network.bits,
            recent=list(self._recent),
        )

    def restore(self, state: State) -> None:
        """Go on from a state, before the first step; another optimizer begins anew, and the state stays as it is."""
        parameters = self.network.parameters
        parameters.values[...], parameters.statistics[...] = state.values, state.statistics
        if state.optimizer == self._settings.optimizer:
            for mine, theirs in zip(self._optimizer.state, state.moments, strict=True):
                mine[...] = theirs
            self._optimizer.steps = list(state.steps)
        self._shuffles, self.network.bits = deepcopy(state.shuffles), deepcopy(state.bits)
        self._recent = deque(state.recent, maxlen=self._settings.average_epochs)

    def loss_rows(self, outputs: Array, fold: int, rows: Rows) -> Array:
        """Compute the loss of each row, (N,) in float64, without label smoothing and weights."""
        return self._loss_type.rows(outputs, self._plain_targets[fold][rows], self._settings.huber_delta)

    def _step(self, batch: Batch, rates: Sequence[float], totals: Array) -> None:
        folds = batch.folds
        stack, loss = self._parts(folds, batch.x.shape[1])
        stack.backward(loss.step(stack.forward(batch.x), batch.targets, totals, batch.weights))
        self._optimizer.step(folds, rates)
        if self._max_norm is not None:
            self._max_norm.apply(folds)

    def _rates_at(self, epoch: int, step: int, factor: float) -> list[float]:
        """Return each fold's rate in the middle of a step, so that a schedule's ends are never 0."""
        horizon, rate = self._settings.epochs, self._settings.learning_rate * factor
        return [rate * self._rates((epoch - 1 + (min(step, n - 1) + 0.5) / n) / horizon) for n in self._steps]

    def _averaged(self) -> tuple[Array, Array] | None:
        """Put the mean of the recent weights into the network, and return the weights and statistics it had before.

        Source: Izmailov et al. (2018), Averaging Weights Leads to Wider Optima and Better Generalization.
        """
        if len(self._recent) < 2:
            return None
        parameters = self.network.parameters
        kept = parameters.values.copy(), parameters.statistics.copy()
        parameters.values[...] = sum(self._recent) / parameters.values.dtype.type(len(self._recent))
        if self.network.architecture.batch_norm:
            self._take_statistics()
        return kept

    def _take_statistics(self) -> None:
        """Compute the statistics of averaged weights: the mean over the training batches, weighted by rows."""
        for number, step in enumerate(self._gather.batches(self._shuffled)):
            for batch in step:
                rows = batch.x.shape[1]
                stack = self.network.stack(batch.folds, rows, Mode.STATISTICS)
                for layer in stack.layers:
                    if isinstance(layer, BatchNorm):
                        layer.momentum = rows / (number * self._batch_size + rows)
                stack.forward(batch.x)

    def _encode(self, smoothing: float) -> list[Array]:
        """Encode each fold's targets; folds that share their labels share their targets too."""
        known: dict[int, Array] = {}
        for data in self._folds:
            if id(data.y) not in known:
                outputs = self.network.architecture.outputs
                known[id(data.y)] = self._loss_type.encode(data.y, outputs, smoothing, self.network.dtype)
        return [known[id(data.y)] for data in self._folds]

    @cached_property
    def _shuffled(self) -> list[Rows]:
        """Return each fold's training rows in one random order: where they are sorted, a batch is no sample of them."""
        pairs = zip(self._seeds, self._folds, strict=True)
        return [stream(seed, STATISTICS).permutation(data.train) for seed, data in pairs]

    @cached_property
    def _plain_targets(self) -> list[Array]:
        return self._encode(0.0) if self._settings.label_smoothing else self._targets

    @cached_property
    def _gather_rows(self) -> Gatherer:
        return Gatherer(self._folds, self._targets, CHUNK, self._together)

    def _parts(self, folds: slice, rows: int) -> tuple[Stack, Loss]:
        """Return the stack and the loss for a range of folds and a number of rows, which are made once."""
        key = (folds.start, folds.stop, rows)
        parts = self._made.get(key)
        if parts is None:
            shape = (folds.stop - folds.start, rows, self.network.architecture.outputs)
            loss = self._losses.get(shape)
            if loss is None:
                loss = self._loss_type(shape, self.network.dtype, self._settings.huber_delta)
            self._losses[shape] = loss
            parts = self._made[key] = self.network.stack(folds, rows, Mode.TRAINING), loss
        return parts


def _total(data: FoldData) -> float:
    """Return the sum of the weights of a fold's training rows."""
    return float(len(data.train)) if data.weights is None else float(data.weights[data.train].sum())
