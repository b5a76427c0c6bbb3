"""The network and the training that the parameters of an estimator describe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, inf
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnet.activations import ACTIVATIONS
from nnet.arrays import Array
from nnet.batches import even_batch_size
from nnet.checks import flag, number, whole
from nnet.errors import NNetError, SettingError, lookup
from nnet.network import NUMBERS, Architecture
from nnet.optimizers import OPTIMIZERS
from nnet.settings import TrainingSettings

Parameters = Mapping[str, Any]
AUTO_BATCH = 200  # rows of batch_size="auto"
SAME = (  # parameters with the names of settings; the last two are not parameters of both estimators
    *("momentum", "schedule", "decay", "decay_start", "warm_up", "plateau_patience", "l1", "max_norm", "clip_norm"),
    *("average_epochs", "label_smoothing", "huber_delta"),
)
FLAGS = ("shuffle", "warm_start", "early_stopping", "nesterovs_momentum", "batch_norm", "train_scores")


def check_flags(parameters: Parameters) -> None:
    """Refuse a text such as "False" in the place of a truth value.

    Raises:
        SettingError: a parameter that is true or false is neither; verbose may also be an integer.
    """
    for name in FLAGS:
        flag(name, parameters[name])
    if not isinstance(parameters["verbose"], Integral):
        flag("verbose", parameters["verbose"])


def architecture_of(parameters: Parameters, inputs: int, outputs: int) -> Architecture:
    """Return the architecture that an estimator's parameters describe.

    Raises:
        SettingError: a parameter has another type or lies outside its range.
    """
    sizes = parameters["hidden_layer_sizes"]
    hidden = tuple(sizes) if np.iterable(sizes) else (sizes,)
    if not all(isinstance(units, Integral) and not isinstance(units, bool) and int(units) >= 1 for units in hidden):
        shown = " ".join(repr(sizes).split())  # an array's repr has several lines
        raise SettingError(
            f"hidden_layer_sizes must be integers of at least 1, such as 50 or (50, 20), but got {shown}."
        )
    activations = {**{name: name for name in ACTIVATIONS}, "logistic": "sigmoid"}
    return Architecture(
        inputs=inputs,
        hidden=tuple(map(int, hidden)),
        outputs=outputs,
        activation=lookup(activations, parameters["activation"], "activation"),
        **{name: parameters[name] for name in ("initializer", "batch_norm", *NUMBERS)},
    )


def settings_of(parameters: Parameters, loss: str, rows: int) -> TrainingSettings:
    """Return the training settings that an estimator's parameters describe, for a number of training rows.

    Raises:
        SettingError: a parameter has another type or lies outside its range.
    """
    given = parameters["batch_size"]
    batch_size = AUTO_BATCH if isinstance(given, str) and given == "auto" else _count(parameters, "batch_size")
    if parameters["learning_rate"] != "constant":
        raise SettingError(
            f"learning_rate must be 'constant', but got {parameters['learning_rate']!r}; schedule changes the rate: "
            "'plateau' lowers it when nothing improves, as 'adaptive' does, and 'exponential' or 'cosine' all the time."
        )
    batch_size = min(batch_size, rows)
    optimizer = parameters["solver"]
    lookup(OPTIMIZERS, optimizer, "solver")
    nesterov = optimizer == "sgd" and parameters["nesterovs_momentum"]
    beta2 = _number(parameters, "beta_2")
    if not 0.5 <= beta2 < 1:
        raise SettingError(f"`0.5 <= beta_2 < 1` must hold, but got beta_2={beta2}.")
    same = {name: parameters[name] for name in SAME if name in parameters}
    return TrainingSettings(
        epochs=_count(parameters, "max_iter"),
        batch_size=even_batch_size(batch_size, [rows]) if parameters["batch_norm"] else batch_size,
        loss=loss,
        optimizer="nesterov" if nesterov else optimizer,
        learning_rate=_number(parameters, "learning_rate_init", positive=True),
        l2=_number(parameters, "alpha"),
        beta2=beta2,
        patience=0,
        **same,
    )


@dataclass(frozen=True)
class Patience:
    """The rule to stop after `epochs` epochs without a value that is better than the best by `tol`."""

    tol: float
    epochs: float


def patience_of(parameters: Parameters) -> Patience:
    """Return the patience that an estimator's parameters describe; n_iter_no_change may be inf."""
    epochs = parameters["n_iter_no_change"]
    return Patience(_number(parameters, "tol"), inf if epochs == inf else _count(parameters, "n_iter_no_change"))


def check_same_layers(architecture: Architecture, before: Architecture, call: str) -> None:
    """Refuse to go on with other layers than before.

    Args:
        call: partial_fit or warm_start.

    Raises:
        SettingError: their sizes or their batch normalisations differ.
    """
    layers, known = ((one.sizes, bool(one.hidden) and one.batch_norm) for one in (architecture, before))
    if layers != known:
        same = f"hidden_layer_sizes={before.hidden} and batch_norm={before.batch_norm}"
        instead = {
            "partial_fit": f"set {same}, or call fit with warm_start=False for a new network",
            "warm_start": "set warm_start=False for a new network",
        }
        raise SettingError(
            f"{call} needs the layers of the last fit, {before.sizes} with batch_norm={before.batch_norm}, but got "
            f"{architecture.sizes} with batch_norm={architecture.batch_norm}; {instead[call]}."
        )


def check_same_classes(classes: NDArray[Any], before: NDArray[Any]) -> None:
    """Refuse to go on with other classes than before.

    Raises:
        SettingError: they differ.
    """
    if not np.array_equal(classes, before):
        raise SettingError(
            "warm_start can only be used where `y` has the same classes as in the previous call to fit. Previously got "
            f"{before}, `y` has {classes}; set warm_start=False for a new network."
        )


def check_same_columns(columns: tuple[int, ...], before: tuple[int, ...]) -> None:
    """Refuse to go on with another number of outputs than before, or with a column (N, 1) in the place of numbers (N,).

    Args:
        columns: y's shape without its rows.

    Raises:
        SettingError: they differ.
    """
    if columns != before:
        shapes = [f"(N, {shape[0]})" if shape else "(N,)" for shape in (before, columns)]
        raise SettingError(
            f"y must have the shape of the first call, {shapes[0]}, but got {shapes[1]}; give y in that shape, or call "
            "fit with warm_start=False for a new network."
        )


def check_outputs(outputs: Array) -> None:
    """Refuse outputs (N, outputs) that are not finite, of which a class would be predicted all the same.

    Raises:
        NNetError: there are such outputs.
    """
    [rows] = np.nonzero(~np.isfinite(outputs).all(axis=1))
    if len(rows):
        raise NNetError(
            "X must hold numbers of the size that the network was trained on, but its outputs overflow for "
            f"{len(rows)} of {len(outputs)} rows, first for row {rows[0]}; correct or scale them."
        )


def check_split(fraction: Any, rows: int, labels: NDArray[Any] | None) -> None:
    """Refuse to set rows aside where too few would stand on one of the two sides.

    Args:
        fraction: validation_fraction.
        rows:     number of rows to divide.
        labels:   (rows,) labels, whose classes have equal shares on both sides; None for numbers.

    Raises:
        SettingError: there are fewer than 2 validation rows or 1 training row, or than rows of each class on a side.
    """
    if not 0 < number("validation_fraction", fraction) < 1:
        raise SettingError(f"`0 < validation_fraction < 1` must hold, but got validation_fraction={fraction!r}.")
    classes = np.zeros(0, int) if labels is None else np.unique(labels, return_counts=True)[1]
    each = f", as there are {len(classes)} classes" if len(classes) > 1 else ""
    aside = ceil(fraction * rows)
    for side, count, least, instead in (
        ("validation", aside, 2, "increase"),
        ("training", rows - aside, 1, "decrease"),
    ):
        if count < (needed := max(least, len(classes))):
            raise SettingError(
                f"The {side} set is too small: it needs at least {needed} row{'s' * (needed > 1)}{each}, but "
                f"validation_fraction={fraction} of {rows} rows gives it {count}; {instead} validation_fraction, or "
                "give more rows."
            )
    if len(classes) and classes.min() < 2:
        raise SettingError(
            "early_stopping=True needs at least 2 rows of every class, but one has a single row; give more rows of it, "
            "or set early_stopping=False."
        )


def _number(parameters: Parameters, name: str, positive: bool = False) -> float:
    """Return a parameter that is a finite number of at least 0; the settings check those of the same name."""
    value = number(name, parameters[name])
    if not 0 <= value < inf or (positive and value == 0):
        raise SettingError(f"`0 {'<' if positive else '<='} {name} < inf` must hold, but got {name}={value!r}.")
    return value


def _count(parameters: Parameters, name: str) -> int:
    value = whole(name, parameters[name])
    if value < 1:
        raise SettingError(f"`{name} >= 1` must hold, but got {name}={value}.")
    return value
