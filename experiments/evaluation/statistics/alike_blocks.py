"""Samples of blocks of time whose neighbours are alike: they vary more than as many independent blocks would."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.evaluation.statistics.intervals import Resampled
from experiments.search.scorers import SampleScore
from nnet.ordered_sums import ordered_sum

FEWEST: Final = 8  # blocks that show how alike neighbours are; of fewer the correction of the bias says too much
BY_CHANCE: Final = 0.2  # correlation of ten independent neighbours, which is larger one in seven times
LARGEST: Final = 0.97  # correlation that is reckoned with, so that an interval has an end


@dataclass(frozen=True)
class OfBlocks(Resampled):
    """A score of test rows in time order, and of samples of blocks of them.

    without: (U,) scores of all rows but one block, for each block in time order.
    """

    without: NDArray[np.float64]

    @property
    def spread(self) -> NDArray[np.float64]:
        """The (B,) scores of the samples, as much further apart as neighbours are alike."""
        return _widened(self.draws, self.score, self.without)

    def gains(self, other: Resampled) -> NDArray[np.float64]:
        """Return by how much the score of each sample is above another model's, as much wider as neighbours are alike.

        Neighbours are alike here in how much better the one model is.
        """
        gains = super().gains(other)
        if not isinstance(other, OfBlocks):
            return gains
        return _widened(gains, self.score - other.score, self.without - other.without)


def of_blocks(drawn: Sequence[Resampled], scores: Sequence[SampleScore], blocks: NDArray[Any]) -> list[Resampled]:
    """Return samples of blocks that know their order in time.

    Args:
        scores: function of row numbers, one a model.
        blocks: (n,) block of each row; their names ascend with time.
    """
    _, of_row = np.unique(blocks, return_inverse=True)
    rest = [np.flatnonzero(of_row != block) for block in range(int(of_row.max()) + 1)]
    without = [np.array([score(rows) for rows in rest], np.float64) for score in scores]
    return [OfBlocks(**vars(one), without=scored) for one, scored in zip(drawn, without, strict=True)]


def widening(without: NDArray[np.float64]) -> float:
    """Return how many times as much the mean of blocks varies as that of independent ones, by its standard deviation.

    The score of all rows but a block is, but for a constant, what the block adds to it. Of its correlation r between
    neighbours the estimate of U blocks is too small by (1 + 3 r) / U in the mean (Kendall, 1954). The mean of many
    blocks with r, r², r³ ... between them has (1 + r) / (1 - r) times the variance.

    Sources: Kendall (1954), Note on bias in the estimation of autocorrelation, Biometrika 41, 403-404; Wilks (1997),
    Resampling hypothesis tests for autocorrelated fields, Journal of Climate 10, 65-82.

    >>> round(widening(np.array([3.0, 1, 2, 3, 5, 6, 4, 6, 3, 4])), 2), widening(np.array([1.0, 3, 2, 5, 1, 4, 2, 5]))
    (2.36, 1.0)
    """
    blocks = len(without)
    if blocks < FEWEST or not np.isfinite(without).all():
        return 1.0
    apart = (without - without.mean()).tolist()
    squares = ordered_sum(one * one for one in apart)
    products = ordered_sum(one * other for one, other in pairwise(apart))
    if squares == 0 or products <= BY_CHANCE * squares:
        return 1.0
    r = min((products / squares + 1 / blocks) / (1 - 3 / blocks), LARGEST)
    return math.sqrt((1 + r) / (1 - r))


def widened_by(drawn: Resampled) -> float | None:
    """Return the factor by which samples of blocks are further apart; None of samples that are as they were drawn."""
    factor = widening(drawn.without) if isinstance(drawn, OfBlocks) else 1.0
    return None if factor == 1 else factor


def _widened(draws: NDArray[np.float64], score: float, without: NDArray[np.float64]) -> NDArray[np.float64]:
    factor = widening(without)
    return draws if factor == 1 else score + factor * (draws - score)
