"""The units of a target that is a number: the network is trained on it at mean 0 and variance 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnet.arrays import Array, Targets
from nnet.metrics import Score


@dataclass(frozen=True)
class TargetScaler:
    """standardised = (number - centre) / scale."""

    centre: float = 0.0
    scale: float = 1.0

    def standardised(self, y: Targets) -> NDArray[np.float64]:
        """(N,) in the target's own units -> (N,) of mean 0 and variance 1."""
        return (y.astype(np.float64) - self.centre) / self.scale

    def restored(self, z: Array) -> NDArray[np.float64]:
        """Standardised -> in the target's own units, of any shape.

        >>> TargetScaler(10.0, 2.0).restored(np.array([-1.0, 0.0, 1.0]))
        array([ 8., 10., 12.])
        """
        return z.astype(np.float64) * self.scale + self.centre

    def scored(self, score: Score) -> Score:
        """A score in the target's own units, of outputs and numbers that are standardised."""
        return lambda z, y: score(self.restored(z), self.restored(y))


def units_of(y: Targets) -> TargetScaler:
    """The units in which these numbers have mean 0 and variance 1; equal numbers keep their scale."""
    centre, deviation = float(np.mean(y, dtype=np.float64)), float(np.std(y, dtype=np.float64))
    # a deviation this small beside the mean is what rounding leaves of equal numbers
    return TargetScaler(centre, deviation if deviation > abs(centre) * 1e-12 else 1.0)
