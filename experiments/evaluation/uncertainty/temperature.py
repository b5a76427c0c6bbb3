"""The temperature of a classifier: a number above 0 that its logits are divided by, fitted on out-of-fold logits.

Above 1 it brings probabilities nearer to each other, below 1 it drives them apart; the class with the largest
probability stays the same. It is kept only if it shows on rows that it was not fitted on that it helps.

Source: Guo, Pleiss, Sun and Weinberger (2017), On Calibration of Modern Neural Networks, ICML.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from experiments.evaluation.records.analysis_record import TemperatureRecord, UncertaintyRecord
from experiments.evaluation.validation_rows import ValidationRows
from nnet.arrays import Array, Targets
from nnet.metrics import log_likelihood

LEAST, MOST = 1 / 16, 16.0  # limits of a temperature
STEPS = 24  # halvings of the range of 1 / temperature
DIGITS = 4  # significant digits of a temperature: enough for its use, and the same on every machine


def choose_temperature(z: Array, validated: ValidationRows) -> TemperatureRecord:
    """Fit a temperature to out-of-fold logits (P, C) or (P, 1), and decide whether it is kept.

    For each fold a temperature is fitted on the others, without the units that the fold has. It is kept if it lowers
    the log loss of the folds left out by more than a standard error of that gain in the mean; units are independent.
    """
    y, folds, units = validated.y, validated.folds, validated.units
    of_folds = []
    for fold in range(int(folds.max()) + 1):
        others = ~np.isin(units, units[folds == fold])
        of_folds.append(fit_temperature(z[others], y[others]))
    loss, scaled_loss = -log_likelihood(z, y), -log_likelihood(scaled(z, np.array(of_folds)[folds]), y)
    gain, error = _mean_and_error(loss - scaled_loss, units)
    kept = error is not None and gain > error
    return TemperatureRecord(
        value=fit_temperature(z, y) if kept else 1.0,
        kept=kept,
        of_folds=tuple(of_folds),
        loss=float(loss.mean()),
        scaled_loss=float(scaled_loss.mean()),
        gain=gain,
        standard_error=error,
    )


def fit_temperature(z: Array, y: Targets) -> float:
    """Return the temperature at which logits (N, C) or (N, 1) have the least log loss for labels y; 1 without rows.

    Labels are smoothed by one row in N + 1, so that rows that are all predicted correctly do not drive it to 0. The
    mean loss is convex in b = 1 / temperature. With p = softmax(b z) and labels t its slope is the mean of
    sum_c (p_c - t_c) z_c, whose zero is found by halving.

    Source of the smoothing: Platt (1999), Probabilistic Outputs for Support Vector Machines.

    >>> fit_temperature(np.array([[0.0, 2.0]] * 100), np.repeat([0, 1], [25, 75]))
    1.843
    """
    if not len(z):
        return 1.0
    wide = z.astype(np.float64)
    if wide.shape[1] == 1:
        wide = np.concatenate([np.zeros_like(wide), wide], axis=1)
    wide -= wide.max(axis=1, keepdims=True)
    rows, smoothing = len(wide), 1 / (len(wide) + 1)
    true = wide[np.arange(rows), y]
    wanted = float(((1 - smoothing) * true + smoothing * wide.mean(axis=1)).mean())
    low, high = 1 / MOST, 1 / LEAST
    for _ in range(STEPS):
        middle = (low + high) / 2
        shares = np.exp(middle * wide)
        slope = float((np.vecdot(shares, wide) / shares.sum(axis=1)).mean()) - wanted
        low, high = (middle, high) if slope < 0 else (low, middle)
    return float(f"{2 / (low + high):.{DIGITS}g}")


def temperatures_of(record: UncertaintyRecord | None) -> tuple[float, float]:
    """Return the temperatures of winner and default; 1 where there is none."""
    known = () if record is None else (record.temperature, record.default_temperature)
    winner, default = (1.0 if one is None else one.value for one in known or (None, None))
    return winner, default


def scaled(z: Array, temperature: float | NDArray[np.float64]) -> Array:
    """Divide logits (N, outputs) by a temperature, or by one of each row (N,); 1 changes no bit and no type."""
    if isinstance(temperature, float):
        return z if temperature == 1.0 else z.astype(np.float64) / temperature
    divided: Array = z.astype(np.float64) / temperature[:, None]
    return divided


def _mean_and_error(values: NDArray[np.float64], units: NDArray[np.intp]) -> tuple[float, float | None]:
    """Return the mean of values (P,), and its standard error over units (P,); None for a single unit.

    >>> _mean_and_error(np.array([1.0, 3.0]), np.array([0, 1]))
    (2.0, 1.0)
    """
    mean = float(values.mean())
    sums = np.bincount(units, values - mean)
    count = len(sums)
    if count < 2:
        return mean, None
    return mean, math.sqrt(float((sums**2).sum()) * count / (count - 1)) / len(values)
