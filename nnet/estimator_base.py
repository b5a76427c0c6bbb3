"""The part of the estimators that needs no scikit-learn: training that can continue, and the fitted network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import wraps
from math import inf, isfinite, nan
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from nnet.arrays import Array, Rows
from nnet.batch_norm import EPSILON
from nnet.batches import FoldData
from nnet.errors import NNetError, SettingError
from nnet.estimator_settings import Patience
from nnet.lockstep import Lockstep, State
from nnet.losses import softplus
from nnet.network import CHUNK, Architecture, Network
from nnet.saving import blank_network
from nnet.schedules import UNPLANNED
from nnet.settings import TrainingSettings
from nnet.stopping import Plateau

Method = TypeVar("Method", bound=Callable[..., Any])
WeightedScore = Callable[[Array, Rows], float]  # score of outputs (N, outputs) for some rows of the data


def all_or_nothing(method: Method) -> Method:
    """Let a method of an estimator that fails, or is interrupted, leave it as it was: also the names of its columns."""

    @wraps(method)
    def whole(self: Any, *given: Any, **named: Any) -> Any:
        before = dict(vars(self))
        try:
            return method(self, *given, **named)
        except BaseException:
            vars(self).clear()
            vars(self).update(before)
            raise

    return cast("Method", whole)


class Training:
    """A network in training on its data.

    Args:
        score:    function that scores the validation rows and, if train_scores, the training rows.

    Attributes:
        lockstep: the training's own, of one fold; its state is what the next call goes on from.
        network:  the network, which every epoch changes.
    """

    def __init__(
        self,
        architecture: Architecture,
        settings: TrainingSettings,
        data: FoldData,
        seed: np.random.SeedSequence,
        score: WeightedScore,
        train_scores: bool,
    ):
        self._settings, self._data, self._score, self._train_scores = settings, data, score, train_scores
        self._started = False
        with quiet():
            self.lockstep = Lockstep(architecture, settings, [data], [seed])
        self.network = self.lockstep.network

    def start_from(self, network: Network, state: State) -> None:
        """Begin with the weights of a network and go on with random streams, before the first step."""
        theirs = network.parameters
        own = replace(state, values=theirs.values, statistics=theirs.statistics)
        self.lockstep.restore(replace(own, optimizer="", recent=[]))
        self._started = True

    def epoch(self, number: int, factor: float = 1.0) -> dict[str, float]:
        """Train epoch `number`, counted from 1, and return losses and scores by their names in the history."""
        lockstep, data = self.lockstep, self._data
        with quiet():
            report = {"loss": float(lockstep.train_epoch(min(number, self._settings.epochs), factor)[0])}
            if self._train_scores:
                report["score"] = self._score(lockstep.outputs([data.train])[0], data.train)
            if len(data.validation):
                outputs = lockstep.outputs([data.validation])[0]
                weights = None if data.weights is None else data.weights[data.validation]
                losses = lockstep.loss_rows(outputs, 0, data.validation)
                report["validation_loss"] = float(np.average(losses, weights=weights))
                report["validation_score"] = self._score(outputs, data.validation)
        return report

    def once(self, number: int, state: State | None, outcome: Outcome, verbose: bool = False) -> State:
        """Train epoch `number` from a state, and leave the network ready to predict.

        Args:
            state:   state to go on from; None for a new network.
            outcome: result so far, to which this epoch is added.
            verbose: print what it adds.

        Returns:
            The state for the next epoch.

        Raises:
            NNetError: some parameter or moment is not finite.
        """
        if state is not None:
            self.lockstep.restore(state)
        outcome.add(self.epoch(number), number if verbose else None)
        after = self.lockstep.state()
        self.finish()
        return after

    def until(self, patience: Patience, outcome: Outcome, verbose: bool = False) -> tuple[int, State]:
        """Train until the patience or the horizon ends, and leave the network ready to predict.

        With validation rows, the network of the best validation score is kept. Without, the training loss decides. A
        schedule that is planned over the horizon runs to its end, whatever improves or not.

        Args:
            outcome: result so far, to which this training is added.
            verbose: print what every epoch adds.

        Returns:
            The number of epochs, and the state to go on from.

        Raises:
            NNetError: the training diverged before there was anything to keep.
        """
        settings = self._settings
        plateau = Plateau(settings.decay, settings.plateau_patience)
        outcome.ended = f"The maximum of {settings.epochs} epochs is reached"
        outcome.advice = "raise max_iter or learning_rate_init"
        outcome.converged = settings.schedule not in UNPLANNED
        patient = inf if outcome.converged else settings.warm_up * settings.epochs  # epochs before the patience
        (best, kept), since = self._before(), 0
        for epoch in range(1, settings.epochs + 1):
            report = self.epoch(epoch, plateau.factor)
            outcome.add(report, epoch if verbose else None)
            if not isfinite(report["loss"]):
                if kept is None:
                    raise diverged(f" in epoch {epoch}")
                outcome.ended = f"The loss is not finite in epoch {epoch}"
                outcome.advice, outcome.converged = "lower learning_rate_init", False
                break
            value = report.get("validation_score", -report["loss"])
            since = 0 if value >= best + patience.tol or epoch - 1 < patient else since + 1
            if value > best and "validation_score" in report:
                kept = self._snapshot()
            best = max(best, value)
            if settings.schedule == "plateau":
                plateau.update(value)
            if since >= patience.epochs:
                outcome.converged = True
                break
        if kept is None:
            self.finish()
        else:
            if isfinite(report["loss"]) and not self.lockstep.is_finite():
                outcome.ended = f"The squares of gradients are not finite after epoch {epoch}"
                outcome.advice, outcome.converged = "scale X (and y) to about unit variance", False
            self.network.parameters.values[...], self.network.parameters.statistics[...] = kept
        outcome.best = best
        return epoch, replace(self.lockstep.state(), recent=[])

    def _before(self) -> tuple[float, tuple[Array, Array] | None]:
        """Return the score and a copy of the initial weights on a warm start, or (-inf, None) for a new network."""
        validation = self._data.validation
        if self._started and len(validation):
            value = self._score(self.lockstep.outputs([validation])[0], validation)
            if isfinite(value):
                return value, self._snapshot()
        return -inf, None

    def finish(self) -> None:
        """Leave the network ready to predict, with the mean of its recent weights if the settings average them.

        Raises:
            NNetError: some parameter is not finite, or a moment, after which its parameter stands still.
        """
        with quiet():
            self.lockstep.finish()
        if not self.lockstep.is_finite():
            raise diverged()

    def _snapshot(self) -> tuple[Array, Array]:
        """Copy the values and statistics to predict with, and leave those in training as they are."""
        parameters = self.network.parameters
        trained = parameters.values.copy(), parameters.statistics.copy()
        if self._settings.average_epochs == 1:
            return trained
        with quiet():
            self.lockstep.finish()
        averaged = parameters.values.copy(), parameters.statistics.copy()
        parameters.values[...], parameters.statistics[...] = trained
        return averaged


@dataclass
class Outcome:
    """The result of a training.

    history:   losses and, if computed, scores, validation losses and validation scores; a number for every epoch, NaN
               where it was not computed.
    converged: True if training stopped because nothing improved any more, or came to the end of a planned schedule.
    ended:     reason for another end, as the start of a sentence.
    advice:    remedy for it.
    best:      validation score of the weights that were kept; without validation, the least loss with a minus.
    """

    history: dict[str, list[float]] = field(default_factory=dict)
    converged: bool = False
    ended: str = ""
    advice: str = ""
    best: float = -inf

    def add(self, report: Mapping[str, float], number: int | None = None) -> None:
        """Add an epoch's report to the history, and print it as scikit-learn does if the epoch's number is given."""
        before = len(self.history.get("loss", ()))
        for name in {**self.history, **report}:  # an epoch without a number has NaN, so that all curves are aligned
            self.history.setdefault(name, [nan] * before).append(report.get(name, nan))
        if number is not None:
            print(f"Iteration {number}, loss = {report['loss']:.8f}")
            if "validation_score" in report:
                print(f"Validation score: {report['validation_score']:f}")


class SparseRows:
    """A sparse matrix (N, inputs) whose rows become an array batch by batch, so that it never stands in full."""

    ndim = 2

    def __init__(self, matrix: Any):
        self.shape, self.dtype, self._matrix = matrix.shape, matrix.dtype, matrix

    @classmethod
    def of(cls, matrix: Any) -> Array:
        """Return the rows of a matrix in the place of an array."""
        return cast("Array", cls(matrix))

    def __len__(self) -> int:
        return int(self.shape[0])

    def take(self, rows: Rows, axis: int, out: Array, mode: str) -> Array:
        """Put some rows into an array, as `np.take` asks of objects that are no arrays."""
        filled: Array = self._matrix[rows].toarray(out=out)
        return filled


def predicted_sparse(network: Network, matrix: Any) -> Array:
    """Compute the outputs (N, outputs) for a sparse matrix (N, inputs), with the bits of those for its array."""
    starts = range(0, matrix.shape[0], CHUNK)
    return np.concatenate([network.predict(matrix[start : start + CHUNK].toarray()) for start in starts])


def network_of(architecture: Architecture, values: Array, statistics: Array) -> Network:
    """Make a network of one fold from its parameters (1, P) and statistics (1, S); it predicts the same bits."""
    network = blank_network(architecture, values.dtype)
    network.parameters.values[...], network.parameters.statistics[...] = values, statistics
    return network


def plain_layers(network: Network) -> tuple[list[Array], list[Array]]:
    """Return weights (in, out) and biases (out,) of every layer, with batch normalisations merged into them.

    With the network's activations between them they predict the same, up to rounding.
    """
    weights, biases = [], []
    for layer, normalised in enumerate(network.parameters.normalised):
        dense = network.parameters.dense(layer, slice(0, 1))
        if normalised:
            norm = network.parameters.batch_norm(layer, slice(0, 1))
            factor = norm.scale[0, 0] / np.sqrt(norm.variance[0, 0] + norm.variance.dtype.type(EPSILON))
            weights.append(dense.weights[0] * factor)
            biases.append(norm.shift[0, 0] - norm.mean[0, 0] * factor)
        elif dense.bias is not None:
            weights.append(dense.weights[0].copy())
            biases.append(dense.bias[0, 0].copy())
    return weights, biases


def relative(weights: Array, dtype: np.dtype[Any]) -> Array:
    """Return the weights (N,) as shares of the largest, in the network's type.

    >>> relative(np.array([0.0, 1e300, 2e300]), np.dtype(np.float32))
    array([0. , 0.5, 1. ], dtype=float32)
    """
    if not (weights.min() >= 0 and 0 < weights.max() < inf):
        raise SettingError(
            "`0 <= weight < inf` must hold, not all 0, for sample_weight and its product with class_weight, but got "
            f"{weights.min()} to {weights.max()}."
        )
    with quiet():
        shares: Array = (weights / weights.max()).astype(dtype)
    return shares


def log_probabilities(outputs: Array) -> NDArray[np.float64]:
    """Compute log-probabilities (N, classes) from logits (N, C), or (N, 1) of a logistic unit, in float64.

    >>> np.exp(log_probabilities(np.array([[0.0]])))
    array([[0.5, 0.5]])
    """
    z = outputs.astype(np.float64)
    if z.shape[1] == 1:
        return -softplus(np.hstack([z, -z]))
    z -= z.max(axis=1, keepdims=True)
    z -= np.log(np.exp(z).sum(axis=1, keepdims=True))
    return z


def diverged(where: str = "") -> NNetError:
    """Make the error of a training whose numbers are no longer finite."""
    return NNetError(
        f"training diverged{where}. Solver produced non-finite parameter weights. The input data may contain large "
        "values and need to be preprocessed. Scale X (and y) to about unit variance, or lower learning_rate_init."
    )


@contextmanager
def quiet() -> Iterator[None]:
    """Suppress warnings of overflow, which shows in the loss."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        yield
