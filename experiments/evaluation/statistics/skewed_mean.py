"""The t test and interval of a mean of few values that are skewed, as losses and errors are."""

from __future__ import annotations

import math

import numpy as np

from experiments.evaluation.records.results import SIGNIFICANCE, ScoreDifference
from experiments.evaluation.statistics.corrected_t_test import ROUNDING, TTest
from nnet.arrays import Array


def skewed_t_test(values: Array) -> TTest:
    """Test the mean of n values by Student's t, without what their skewness does to it.

    The mean of few skewed values is mostly on one side of the truth, and their standard deviation with it. With mean m,
    standard deviation s and skewness a, T = (m - mu) / s has little skewness as g(T) = T + a T²/3 + a² T³/27 + a/6n,
    which is compared with Student's t / √(n - 1). The limits are m - s g⁻¹(±t / √(n - 1)), so that they leave out zero
    where p < 0.05. Of values that are all equal p is that of a sign test.

    Args:
        values: (n,) values.

    Raises:
        ValueError: a value is not finite.

    Source: Hall (1992), On the removal of skewness by transformation, Journal of the Royal Statistical Society B 54,
    221-228.

    >>> found = skewed_t_test(np.array([0.1, 0.2, 0.1, 0.3, 0.1, 0.2, 0.1, 1.5]))
    >>> round(found.mean, 3), [round(limit, 3) for limit in found.interval], round(found.p_value, 3)
    (0.325, [0.066, 1.576], 0.015)
    """
    from scipy.special import stdtr, stdtrit  # a report does without

    wide = values.astype(np.float64)
    if not np.isfinite(wide).all():
        raise ValueError("every row must have a finite score, but some have none.")
    count, mean = len(wide), float(wide.mean())
    apart = wide - mean
    largest = float(np.abs(apart).max())
    if largest <= ROUNDING * abs(mean):
        return TTest(mean, (mean, mean), 1.0 if mean == 0 else 2.0 ** (1 - count))
    shares = apart / largest  # whose squares do not overflow
    deviation = math.sqrt(float((shares**2).mean()))
    spread, skewness = largest * deviation, float((shares**3).mean()) / deviation**3
    shift, root = skewness / (6 * count), math.sqrt(count - 1)
    reach = float(stdtrit(count - 1, 1 - SIGNIFICANCE / 2)) / root

    def inverse(g: float) -> float:
        cube = 1 + skewness * (g - shift)
        third = math.copysign(abs(cube) ** (1 / 3), cube)
        return 3 * (g - shift) / (third**2 + third + 1)  # (third - 1) * 3 / skewness, also where that is 0

    t = mean / spread
    g = t + skewness * t**2 / 3 + skewness**2 * t**3 / 27 + shift
    limits = mean - spread * inverse(reach), mean - spread * inverse(-reach)
    return TTest(mean, limits, float(2 * stdtr(count - 1, -abs(g) * root)))


def skewed_difference(winner: Array, default: Array) -> ScoreDifference:
    """Compare the mean scores of winner and default on the same few rows, by the test of the rows' differences.

    Args:
        winner:  (n,) the winner's score on each row, higher is better: a loss comes with its sign turned.
        default: (n,) the default's on the same rows in the same order.

    Raises:
        ValueError: a score is not finite.
    """
    found = skewed_t_test(winner.astype(np.float64) - default)
    return ScoreDifference(score=found.mean, ci95=found.interval, p_value=found.p_value, method="paired_skewed_t")
