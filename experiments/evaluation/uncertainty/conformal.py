"""Prediction intervals and sets by conformal prediction: a quantile of out-of-fold errors is added to new predictions.

The error of a row is |truth - prediction|, in the unit of the target or of its logarithm, or 1 - the probability of the
true class. An interval holds the numbers, and a set the classes, whose error would not exceed the quantile. Of n rows
the quantile of a level is the ceil((n + 1) level)-th smallest error. A group of rows is one unit: each of its m errors
weighs 1 / m, which is the coverage of a random row of a new group.

The errors are of the models of the folds and not of the final model, which is trained on more rows. So the level is no
guarantee, as it would be with rows set aside; in practice coverage comes near to it.

Sources: Vovk (2015), Cross-conformal predictors, Annals of Mathematics and Artificial Intelligence 74, 9-28; Sadinle,
Lei and Wasserman (2019), Least ambiguous set-valued classifiers with bounded error levels, JASA 114, 223-234; Lee,
Barber and Willett (2023), Distribution-free inference with hierarchical data, arXiv:2306.06342.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Context

import numpy as np
from numpy.typing import NDArray

from experiments.data.count_different import count_different
from experiments.evaluation.records.analysis_record import CoverageRecord

Numbers = NDArray[np.float64]
THOUSANDTHS = (*range(500, 1000, 10), 995, 999)  # the levels
CHECKED = (800, 900, 950)  # the levels whose coverage is measured out of fold
SLACK = 1e-9  # by which sums of 1 / m may miss a whole number


def level_name(thousandths: int) -> str:
    """Return a level as it is written.

    >>> level_name(900), level_name(995)
    ('0.9', '0.995')
    """
    return f"{thousandths / 1000:g}"


def quantiles_of(errors: Numbers, units: NDArray[np.intp]) -> dict[str, float]:
    """Return the quantile of each level, rounded up to 9 digits; levels for which there are too few units are missing.

    Args:
        errors: (P,) error of each prediction.
        units:  (P,) its unit.

    >>> quantiles_of(np.arange(1.0, 10.0), np.arange(9))["0.9"], len(quantiles_of(np.zeros(9), np.arange(9)))
    (9.0, 41)
    """
    ordered, weights, count = _weighted(errors, units)
    found = {level_name(level): _quantile(ordered, weights, count, level) for level in THOUSANDTHS}
    return {level: _rounded_up(quantile) for level, quantile in found.items() if quantile is not None}


def checks_of(
    errors: Numbers, units: NDArray[np.intp], folds: NDArray[np.intp], sizes: NDArray[np.float64] | None = None
) -> tuple[CoverageRecord, ...]:
    """Measure the intervals or sets of some levels out of fold: each fold with the quantile of the other folds' errors.

    Levels for which the others have too few units are left out.

    Args:
        errors: (P,) error of each prediction.
        units:  (P,) its unit.
        folds:  (P,) its fold.
        sizes:  (P, C) what the error would be if the truth were that class; None for a number.
    """
    weights, checks = _weights(units), []
    others = [~np.isin(units, units[folds == fold]) for fold in range(int(folds.max()) + 1)]
    parts = [_weighted(errors[rest], units[rest]) for rest in others]
    for level in CHECKED:
        found = [_quantile(*part, level) for part in parts]
        limits = [quantile for quantile in found if quantile is not None]
        if len(limits) < len(found):
            continue
        limit = np.array(limits)[folds]
        size = limit if sizes is None else in_set(sizes, limit[:, None]).sum(axis=1)
        held = errors <= limit if sizes is None else (errors <= limit) | (errors <= sizes.min(axis=1))
        checks.append(
            CoverageRecord(
                level=level / 1000,
                coverage=float((held * weights).sum() / weights.sum()),
                size=float((size * weights).sum() / weights.sum()),
            )
        )
    return tuple(checks)


def in_set(errors: Numbers, limit: Numbers | float) -> NDArray[np.bool_]:
    """Tell which classes are in each row's set: those within the limit, and always those with the least error.

    Args:
        errors: (N, C) 1 - the probability of each class.

    >>> in_set(np.array([[0.1, 0.95, 0.95], [0.5, 0.6, 0.9]]), 0.6).tolist()
    [[True, False, False], [True, True, False]]
    """
    held: NDArray[np.bool_] = (errors <= limit) | (errors == errors.min(axis=1, keepdims=True))
    return held


def _weights(units: NDArray[np.intp]) -> Numbers:
    """Return the weights (P,) of predictions, which sum to 1 in each unit."""
    weights: Numbers = 1 / np.bincount(units)[units]
    return weights


def _weighted(errors: Numbers, units: NDArray[np.intp]) -> tuple[Numbers, Numbers, int]:
    """Return errors in ascending order, the sums of their weights so far, and the number of units."""
    order = np.argsort(errors, kind="stable")
    return errors[order], np.cumsum(_weights(units)[order]), count_different(units)


def _quantile(ordered: Numbers, sums: Numbers, count: int, thousandths: int) -> float | None:
    """Return the least error that errors of so much weight do not exceed; None if there are too few units."""
    needed = (count + 1) * thousandths / 1000
    at = int(np.searchsorted(sums, needed - SLACK))
    return float(ordered[at]) if at < len(ordered) else None


def _rounded_up(value: float) -> float:
    """Return the least number of 9 significant digits that is not below a value.

    >>> _rounded_up(1 / 3), _rounded_up(0.25)
    (0.333333334, 0.25)
    """
    return float(Context(prec=9, rounding=ROUND_CEILING).create_decimal_from_float(value))
