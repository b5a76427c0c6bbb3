"""Scaling of a target that is a number: the network is trained on it at mean 0 and variance 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnet.arrays import Array, Targets
from nnet.metrics import Score


@dataclass(frozen=True)
class TargetScaler:
    """The scaling `standardised = (number - centre) / scale`."""

    centre: float = 0.0
    scale: float = 1.0

    def standardised(self, y: Targets) -> NDArray[np.float64]:
        """Convert (N,) numbers in the target's own units to mean 0 and variance 1."""
        return (y.astype(np.float64) - self.centre) / self.scale

    def restored(self, z: Array) -> NDArray[np.float64]:
        """Convert standardised numbers of any shape to the target's own units.

        >>> TargetScaler(10.0, 2.0).restored(np.array([-1.0, 0.0, 1.0]))
        array([ 8., 10., 12.])
        """
        return z.astype(np.float64) * self.scale + self.centre

    def scored(self, score: Score) -> Score:
        """Return the score, computed in the target's own units from standardised outputs and numbers."""
        return lambda z, y: score(self.restored(z), self.restored(y))


def fit_scaler(y: Targets) -> TargetScaler:
    """Return the scaler that brings these numbers to mean 0 and variance 1; equal numbers keep their scale."""
    centre, deviation = float(np.mean(y, dtype=np.float64)), float(np.std(y, dtype=np.float64))
    # rounding leaves a deviation this small, relative to the mean, when all numbers are equal
    return TargetScaler(centre, deviation if deviation > abs(centre) * 1e-12 else 1.0)
