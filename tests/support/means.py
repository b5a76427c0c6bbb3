"""Samples of a mean over units, in the place of a metric's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.evaluation.statistics.resampling import Numbers
from nnet.arrays import Rows


@dataclass(frozen=True)
class Means:
    """Samples of a mean over units: (U, C) scores of each."""

    of_units: NDArray[np.float64]
    draws: int = 1000
    is_mean: bool = True
    at_once: bool = True
    highest: float = np.inf

    @property
    def units(self) -> int:
        return len(self.of_units)

    def scores(self, weights: Numbers) -> Numbers:
        with np.errstate(invalid="ignore"):
            return weights @ self.of_units / weights.sum(axis=1, keepdims=True)

    def scores_of(self, weights: Numbers, chosen: Rows) -> Numbers:
        return self.scores(weights)[np.arange(len(chosen)), chosen]
