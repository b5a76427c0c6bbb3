"""Training: a generator that trains all folds in lockstep and yields one report an epoch.

Who drives it decides to log, to prune or to stop; nothing here does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from nnet.arrays import Array
from nnet.batches import FoldData, Gatherer
from nnet.errors import SettingError, ShapeError
from nnet.losses import SoftmaxCrossEntropy
from nnet.metrics import log_likelihood, row_score
from nnet.network import CHUNK, Architecture, Network
from nnet.optimizers import OPTIMIZERS, make_optimizer
from nnet.streams import SHUFFLING, stream

TOGETHER = 1 << 19  # elements of parameters and activations that the folds of one step share, at most: see `together`


@dataclass(frozen=True)
class TrainingSettings:
    """How a network is trained.

    epochs:         the horizon.
    batch_size:     rows of a mini-batch.
    optimizer:      adam or sgd.
    learning_rate:  step size.
    momentum:       of sgd.
    l2:             strength of the penalty l2/2 * |W|^2 on weights, not on biases.
    patience:       scored epochs without a better mean score before early stopping; 0 never stops.
    validate_every: epochs between two scorings of the validation rows; the last epoch is always scored.
    """

    epochs: int = 60
    batch_size: int = 32
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    momentum: float = 0.9
    l2: float = 1e-4
    patience: int = 10
    validate_every: int = 1

    def __post_init__(self) -> None:
        rules = {
            "epochs >= 1": self.epochs >= 1,
            "batch_size >= 1": self.batch_size >= 1,
            f"optimizer in {sorted(OPTIMIZERS)}": self.optimizer in OPTIMIZERS,
            "learning_rate > 0": 0 < self.learning_rate < np.inf,
            "0 <= momentum < 1": 0 <= self.momentum < 1,
            "l2 >= 0": 0 <= self.l2 < np.inf,
            "patience >= 0": self.patience >= 0,
            "validate_every >= 1": self.validate_every >= 1,
        }
        for name in ("epochs", "batch_size", "patience", "validate_every"):
            if not isinstance(getattr(self, name), int):
                raise SettingError(f"{name} must be an integer, but got {getattr(self, name)!r}.")
        for rule, holds in rules.items():
            if not holds:
                name = next(word for word in rule.split() if word.isidentifier())
                raise SettingError(f"`{rule}` must hold, but got {name}={getattr(self, name)!r}.")


@dataclass(frozen=True)
class EpochReport:
    """What one epoch brought, fold by fold, in nats per row and in the metric.

    scores and validation_losses are None where the epoch was not scored or the folds have no validation rows.
    """

    epoch: int
    train_losses: tuple[float, ...]
    validation_losses: tuple[float, ...] | None = None
    scores: tuple[float, ...] | None = None


class EarlyStopping:
    """Follows a curve that should rise, and says when it has not for `patience` values; never when patience is 0.

    Source: Prechelt (1998), Early Stopping - But When?

    >>> stopping = EarlyStopping(patience=2)
    >>> [stopping.update(epoch, score) for epoch, score in enumerate([0.1, 0.5, 0.4, 0.5], start=1)]
    [False, False, False, True]
    >>> stopping.best_epoch, stopping.best
    (2, 0.5)
    """

    def __init__(self, patience: int):
        self._patience = patience
        self._since = 0
        self.best = -np.inf
        self.best_epoch = 0

    def update(self, epoch: int, score: float) -> bool:
        """Take in the next score; True when it is time to stop."""
        if score > self.best:
            self.best, self.best_epoch, self._since = score, epoch, 0
        else:
            self._since += 1
        return 0 < self._patience <= self._since


def together(architecture: Architecture, batch_size: int) -> int:
    """How many folds should share one step: many where Python's overhead dominates, few where the cache does.

    The answer changes the speed only.
    """
    sizes = architecture.sizes
    elements = sum(a * b for a, b in pairwise(sizes)) + batch_size * sum(sizes)
    return max(1, TOGETHER // elements)


class Lockstep:
    """F folds of one width, trained as one network.

    Args:
        seeds:    one a fold.
        together: folds that share one step; the result does not depend on it.
    """

    def __init__(
        self,
        architecture: Architecture,
        settings: TrainingSettings,
        folds: Sequence[FoldData],
        seeds: Sequence[np.random.SeedSequence],
        together: int,
    ):
        dtype = folds[0].x.dtype
        if folds[0].x.shape[1] != architecture.inputs:
            raise ShapeError(f"x must have {architecture.inputs} columns, but got {folds[0].x.shape[1]}.")
        self.network = Network(architecture, seeds, dtype)
        self._settings, self._folds = settings, folds
        self._shuffles = [stream(seed, SHUFFLING) for seed in seeds]
        self._gather = Gatherer(folds, architecture.outputs, settings.batch_size, together, dtype)
        self._gather_validation: Gatherer | None = None
        self._optimizer = make_optimizer(settings.optimizer, self.network.parameters, settings.l2, settings.momentum)
        self._losses: dict[tuple[int, int], SoftmaxCrossEntropy] = {}
        self._together = together

    def train_epoch(self) -> Array:
        """One pass over every fold's training rows; (F,) mean loss of each fold over the epoch."""
        orders = [rng.permutation(data.train) for rng, data in zip(self._shuffles, self._folds, strict=True)]
        totals: Array = np.zeros(len(self._folds), self.network.dtype)
        for step in self._gather.batches(orders):
            for batch in step:
                count, rows = batch.x.shape[:2]
                stack = self.network.stack(batch.folds, rows, training=True)
                logits = stack.forward(batch.x)
                stack.backward(self._loss(count, rows).step(logits, batch.targets, totals[batch.folds]))
                self._optimizer.step(batch.folds, self._settings.learning_rate)
        return totals / [len(data.train) for data in self._folds]

    def validate(self, metric: str) -> tuple[Array, Array]:
        """(F,) mean cross-entropy and (F,) mean score of each fold on its validation rows."""
        if self._gather_validation is None:
            shape = self.network.architecture
            self._gather_validation = Gatherer(self._folds, shape.outputs, CHUNK, self._together, self.network.dtype)
        score, sums = row_score(metric), np.zeros((2, len(self._folds)))
        for step in self._gather_validation.batches([data.validation for data in self._folds]):
            for batch in step:
                logits = self.network.stack(batch.folds, batch.x.shape[1], training=False).forward(batch.x)
                for fold, fold_logits, labels in zip(
                    range(batch.folds.start, batch.folds.stop), logits, batch.labels, strict=True
                ):
                    sums[0, fold] -= log_likelihood(fold_logits, labels).sum()
                    sums[1, fold] += score(fold_logits, labels).sum()
        losses, scores = sums / [len(data.validation) for data in self._folds]
        return losses, scores

    def _loss(self, folds: int, rows: int) -> SoftmaxCrossEntropy:
        if (folds, rows) not in self._losses:
            classes = self.network.architecture.outputs
            self._losses[folds, rows] = SoftmaxCrossEntropy(folds, rows, classes, self.network.dtype)
        return self._losses[folds, rows]


def train(
    architectures: Sequence[Architecture],
    settings: TrainingSettings,
    folds: Sequence[FoldData],
    seeds: Sequence[np.random.SeedSequence],
    metric: str,
    folds_per_step: int | None = None,
) -> Iterator[EpochReport]:
    """Train all folds in lockstep and yield one report an epoch.

    Args:
        architectures:  one a fold; they differ in the number of inputs only where the folds' data does.
        folds:          the data, one a fold.
        seeds:          one a fold; fold k's curve depends on nothing but its own data, seed and settings.
        metric:         how validation rows are scored.
        folds_per_step: how many folds may share one step; chosen by size when None. It changes the speed only.

    Overflow and NaN are reported in the losses and scores, not warned of: a diverged run is an outcome.

    Raises:
        ShapeError: there are not as many architectures and seeds as folds, or the data does not fit them.
    """
    if not len(architectures) == len(folds) == len(seeds):
        raise ShapeError(
            f"each fold needs an architecture and a seed, but got {len(architectures)} architectures, "
            f"{len(folds)} folds and {len(seeds)} seeds."
        )
    groups = lockstep_groups(architectures, settings, folds, seeds, folds_per_step)
    validated = all(len(data.validation) for data in folds)
    for epoch in range(1, settings.epochs + 1):
        train_losses, losses, scores = (np.empty(len(folds)) for _ in range(3))
        scored = validated and (epoch % settings.validate_every == 0 or epoch == settings.epochs)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for members, lockstep in groups:
                train_losses[members] = lockstep.train_epoch()
                if scored:
                    losses[members], scores[members] = lockstep.validate(metric)
        yield EpochReport(
            epoch,
            tuple(train_losses.tolist()),
            tuple(losses.tolist()) if scored else None,
            tuple(scores.tolist()) if scored else None,
        )


def lockstep_groups(
    architectures: Sequence[Architecture],
    settings: TrainingSettings,
    folds: Sequence[FoldData],
    seeds: Sequence[np.random.SeedSequence],
    folds_per_step: int | None,
) -> list[tuple[list[int], Lockstep]]:
    """The folds of each architecture as one batched network, with their positions."""
    members: dict[Architecture, list[int]] = {}
    for fold, architecture in enumerate(architectures):
        members.setdefault(architecture, []).append(fold)
    return [
        (
            positions,
            Lockstep(
                architecture,
                settings,
                [folds[fold] for fold in positions],
                [seeds[fold] for fold in positions],
                folds_per_step or together(architecture, settings.batch_size),
            ),
        )
        for architecture, positions in members.items()
    ]


def fit(
    architecture: Architecture, settings: TrainingSettings, data: FoldData, seed: np.random.SeedSequence, epochs: int
) -> tuple[Network, tuple[float, ...]]:
    """One network trained on `data.train` for the first `epochs` epochs of the settings' horizon.

    Returns:
        the network, and the training loss of each epoch in nats per row.
    """
    lockstep = Lockstep(architecture, settings, [data], [seed], together=1)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        losses = tuple(float(lockstep.train_epoch()[0]) for _ in range(epochs))
    return lockstep.network, losses
