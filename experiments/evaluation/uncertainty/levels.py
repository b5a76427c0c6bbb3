"""Intervals and sets of new rows at a level that a user asks for, from what is saved with the model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.readable import count, readable
from experiments.config.target import Target
from experiments.errors import DataError
from experiments.evaluation.records.analysis_record import UncertaintyRecord, Units
from experiments.evaluation.uncertainty.conformal import THOUSANDTHS, in_set, level_name
from experiments.evaluation.uncertainty.temperature import temperatures_of

INTERVAL, SET_COVERAGE = "--interval", "--set-coverage"  # options of the command
ARGUMENTS = ("interval", "set_coverage")  # the same as arguments and as MLflow's params
LEVELS = {level_name(level): level for level in THOUSANDTHS}
RULE = "must be a share of 0.5 to 0.99 in steps of 0.01, or 0.995 or 0.999"


@dataclass(frozen=True)
class Uncertainty:
    """The part of an UncertaintyRecord that a model needs for new rows.

    temperature: number that logits are divided by.
    units:       number of units whose errors have the quantiles; 0 where a network of the kind diverged on a fold.
    by:          the units.
    quantiles:   level -> quantile of the errors.
    """

    temperature: float = 1.0
    units: int = 0
    by: Units = "rows"
    quantiles: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, record: UncertaintyRecord | None) -> Uncertainty:
        """Return what a model holds of its study's analysis."""
        if record is None:
            return cls()
        temperature, _ = temperatures_of(record)
        return cls(temperature, record.units, record.by, record.quantiles)

    @property
    def is_sound(self) -> bool:
        """Tell whether the temperature is above 0, and the quantiles are errors of known levels."""
        return (
            self.temperature > 0
            and self.quantiles.keys() <= LEVELS.keys()
            and min(self.quantiles.values(), default=0) >= 0
        )


def asked_level(
    uncertainty: Uncertainty | None,
    target: Target,
    interval: float | None,
    set_coverage: float | None,
    options: Sequence[str] = (INTERVAL, SET_COVERAGE),
) -> str | None:
    """Return the level that is asked for, as it is written; None where none is.

    Args:
        uncertainty:  None of a model that was made before models held it.
        interval:     level of intervals.
        set_coverage: level of sets.
        options:      names of these two for messages.

    Raises:
        DataError: the model does not predict what the option is for, or has no such level.
    """
    of_numbers, of_classes = options
    if target.classes and interval is not None:
        raise DataError(
            f"{of_numbers}: is for numbers, but the model predicts classes; {of_classes} gives sets of them."
        )
    if not target.classes and set_coverage is not None:
        raise DataError(f"{of_classes}: is for classes, but the model predicts a number; {of_numbers} gives intervals.")
    option, level = (of_classes, set_coverage) if target.classes else (of_numbers, interval)
    if level is None:
        return None
    try:
        written = f"{level:g}"
    except (TypeError, ValueError):  # a text or a list, from Python
        raise DataError(f"{option}: {RULE}, but got {readable(repr(level), 60)}; give a number such as 0.9.") from None
    if written not in LEVELS:
        raise DataError(f"{option}: {RULE}, but got {written}.")
    if uncertainty is None:
        raise DataError(
            f"{option}: the model was made before models held the errors that this needs; python -m experiments.tune "
            "STUDY, with the name of its study, makes it again."
        )
    if written not in uncertainty.quantiles:
        raise DataError(f"{option}: {_why_not(uncertainty, written)}.")
    return written


def caution(uncertainty: Uncertainty, target: Target, level: str) -> str:
    """Say in a line what intervals or sets of a level are meant to do, and that it is no guarantee."""
    what = "prediction set, which has at least the predicted class" if target.classes else "interval"
    order = " in a time order, and later rows may differ" if uncertainty.by == "rows_in_time_order" else ""
    return (
        f"about {100 * float(level):g}% of new rows like the development rows should have their truth in the {what}; "
        f"no guarantee, as the errors behind it are those of models of the folds for {_units(uncertainty)}{order}"
    )


def interval_columns(prediction: NDArray[np.float64], quantile: float, log: bool) -> dict[str, Any]:
    """Return the columns of an interval around predictions (N,): plus and minus, or of logarithms times and divided by.

    >>> interval_columns(np.array([10.0]), 2.0, log=False)
    {'interval_low': array([8.]), 'interval_high': array([12.])}
    """
    if log:
        factor = float(np.exp(quantile))
        return {"interval_low": prediction / factor, "interval_high": prediction * factor}
    return {"interval_low": prediction - quantile, "interval_high": prediction + quantile}


def set_column(shares: NDArray[np.float64], quantile: float, classes: Sequence[str]) -> dict[str, Any]:
    """Return the column of prediction sets of probabilities (N, C): a JSON list, the most probable class first.

    >>> set_column(np.array([[0.2, 0.7, 0.1], [0.0, 0.0, 1.0]]), 0.85, ["a", "b", "c"])
    {'prediction_set': ['["b", "a"]', '["c"]']}
    """
    held, order = in_set(1 - shares, quantile), np.argsort(-shares, axis=1, kind="stable")
    sets = [
        json.dumps([classes[at] for at in ranked if inside[at]], ensure_ascii=False)
        for inside, ranked in zip(held, order.tolist(), strict=True)
    ]
    return {"prediction_set": sets}


def _why_not(uncertainty: Uncertainty, level: str) -> str:
    if not uncertainty.units:
        return "the model has no level, as a network of its kind diverged on a fold"
    thousandths = LEVELS[level]
    needed = -(-thousandths // (1000 - thousandths))
    groups = "groups of " if uncertainty.by == "groups" else ""
    most = (
        f"the highest level is {max(uncertainty.quantiles, key=float)}" if uncertainty.quantiles else "too few for any"
    )
    return (
        f"{level} needs at least {needed} {groups}rows that were predicted out of fold, but the model has "
        f"{uncertainty.units}; {most}"
    )


def _units(uncertainty: Uncertainty) -> str:
    one, many = ("group of rows", "groups of rows") if uncertainty.by == "groups" else ("row", "rows")
    return count(uncertainty.units, one, many)
