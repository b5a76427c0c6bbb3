"""Scaling of a target that is a number: the network is trained on it, or its logarithm, at mean 0 and variance 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnet.arrays import Array, Targets
from nnet.metrics import Score

LARGEST = 230.0  # logarithm of about 1e100, whose square is finite


@dataclass(frozen=True)
class TargetScaler:
    """The scaling `standardised = (number - centre) / scale`, of the number's logarithm if `log`."""

    centre: float = 0.0
    scale: float = 1.0
    log: bool = False

    def standardised(self, y: Targets) -> NDArray[np.float64]:
        """Convert (N,) numbers in the target's own units to mean 0 and variance 1."""
        numbers = y.astype(np.float64)
        return ((logarithm(numbers) if self.log else numbers) - self.centre) / self.scale

    def restored(self, z: Array) -> NDArray[np.float64]:
        """Convert standardised numbers of any shape to the target's own units.

        >>> TargetScaler(10.0, 2.0).restored(np.array([-1.0, 0.0, 1.0]))
        array([ 8., 10., 12.])
        """
        numbers = z.astype(np.float64) * self.scale + self.centre
        return np.exp(np.clip(numbers, -LARGEST, LARGEST)) if self.log else numbers

    def scored(self, score: Score) -> Score:
        """Return the score, computed in the target's own units from standardised outputs and numbers."""
        return lambda z, y: score(self.restored(z), self.restored(y))


def fit_scaler(y: Targets, log: bool = False) -> TargetScaler:
    """Return the scaler that brings these numbers to mean 0 and variance 1; equal numbers keep their scale.

    Args:
        y:   (N,) numbers; positive ones for `log`.
        log: scale their logarithms.
    """
    if log:
        y = logarithm(y.astype(np.float64))
    centre, deviation = float(np.mean(y, dtype=np.float64)), float(np.std(y, dtype=np.float64))
    # rounding leaves a deviation this small, relative to the mean, when all numbers are equal
    return TargetScaler(centre, deviation if deviation > abs(centre) * 1e-12 else 1.0, log)


def logarithm(y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute logarithms with 9 decimals, which are the same in every mathematics library; 0 and less become tiny."""
    logarithm: NDArray[np.float64] = np.log(np.maximum(y, np.finfo(np.float64).tiny))
    return np.round(logarithm, 9)
