"""The uncertainty of the final model's predictions, from out-of-fold outputs of models of its kind; none is trained."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from experiments.config.target import Target
from experiments.data.count_different import count_different
from experiments.evaluation.records.analysis_record import TemperatureRecord, UncertaintyRecord, Units
from experiments.evaluation.uncertainty.conformal import checks_of, quantiles_of
from experiments.evaluation.uncertainty.temperature import choose_temperature, scaled
from experiments.evaluation.validation_rows import ValidationRows
from experiments.search.out_of_fold import array_of
from experiments.search.target_scaling import logarithm
from experiments.search.trial import Shared
from nnet.arrays import Array
from nnet.metrics import class_probabilities

if TYPE_CHECKING:  # workers need no tables
    from experiments.data.table import Table


@dataclass(frozen=True)
class OutOfFold:
    """The out-of-fold outputs of a final model's kind.

    content:           a shared .npy file of (P, outputs): logits, or numbers in the target's own units.
    are_probabilities: whether the outputs were trained as logits of probabilities.
    """

    content: Shared
    are_probabilities: bool


@dataclass(frozen=True)
class Development:
    """The development rows that were predicted.

    by: their units.
    """

    validated: ValidationRows
    target: Target
    by: Units


def units_of(table: Table) -> Units:
    """Return the units of a table's rows."""
    from experiments.data.splits.copies import groups_of

    return "groups" if groups_of(table) is not None else "rows" if table.time is None else "rows_in_time_order"


def uncertainty_of(winner: OutOfFold, default: OutOfFold | None, rows: Development) -> UncertaintyRecord:
    """Choose the temperatures of winner and default, and compute the quantiles of the winner's errors.

    Args:
        default: None where it has no score; the winner itself where it won.
    """
    z, validated, target = array_of(winner.content.open()), rows.validated, rows.target
    units, folds = validated.units, validated.folds
    temperature, sizes = _temperature(winner, rows), None
    if target.classes:
        sizes = 1 - class_probabilities(scaled(z, 1.0 if temperature is None else temperature.value))
        errors = sizes[np.arange(len(z)), validated.y]
    else:
        numbers = validated.y.astype(np.float64), z[:, 0].astype(np.float64)
        truth, prediction = map(logarithm, numbers) if target.log else numbers
        errors = np.abs(truth - prediction)
    return UncertaintyRecord(
        score="missing_probability" if target.classes else "error_of_logarithm" if target.log else "error",
        units=count_different(units),
        by=rows.by,
        quantiles=quantiles_of(errors, units),
        checks=checks_of(errors, units, folds, sizes),
        temperature=temperature,
        default_temperature=temperature if default == winner else _temperature(default, rows),
    )


def calibrated(z: Array, validated: ValidationRows, temperature: TemperatureRecord | None) -> Array:
    """Divide out-of-fold logits (P, outputs) by the temperature that was fitted on the other folds, if it is kept."""
    if temperature is None or not temperature.kept:
        return z
    return scaled(z, np.array(temperature.of_folds)[validated.folds])


def _temperature(model: OutOfFold | None, rows: Development) -> TemperatureRecord | None:
    if model is None or not (rows.target.classes and model.are_probabilities):
        return None
    z, validated = array_of(model.content.open()), rows.validated
    if not np.isfinite(z).all():
        return None
    in_time = rows.by == "rows_in_time_order"  # which depend on each other: the folds are the units
    return choose_temperature(z, replace(validated, units=validated.folds) if in_time else validated)
