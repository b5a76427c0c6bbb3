"""Preprocessing, fitted on training rows only: pixels to [0, 1], other numbers to mean 0 and variance 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.data.datasets import Features

ROWS = 4096  # at a time, so that float64 takes no memory to speak of


@dataclass(frozen=True)
class Preprocessor:
    """x -> (x - offset) / scale, in float32.

    offset, scale: (d,).
    """

    offset: NDArray[np.float64]
    scale: NDArray[np.float64]

    def __post_init__(self) -> None:
        self.offset.setflags(write=False)
        self.scale.setflags(write=False)

    def transform(self, features: Features) -> NDArray[np.float32]:
        """(N, d) -> (N, d), C-contiguous."""
        limit = np.finfo(np.float32).max
        x = np.empty(features.shape, np.float32)
        for start in range(0, len(x), ROWS):
            rows = slice(start, start + ROWS)
            x[rows] = np.clip((features[rows] - self.offset) / self.scale, -limit, limit)
        return x


def fit_preprocessor(training: Features, pixel_range: float | None) -> Preprocessor:
    """Fit on training rows; for pixels there is nothing to learn, their range is known in advance."""
    if pixel_range is not None:
        width = training.shape[1]
        return Preprocessor(np.zeros(width), np.full(width, pixel_range))
    from sklearn.preprocessing import StandardScaler

    fitted = StandardScaler().fit(training)
    return Preprocessor(fitted.mean_, fitted.scale_)
