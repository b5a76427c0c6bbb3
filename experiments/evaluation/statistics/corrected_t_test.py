"""The corrected resampled t test of the mean of scores whose trainings share rows.

Sources: Nadeau and Bengio (2003), Inference for the Generalization Error, Machine Learning 52, 239-281; for repeated
cross-validation Bouckaert and Frank (2004), PAKDD, 3-12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from experiments.evaluation.records.results import SIGNIFICANCE
from experiments.evaluation.statistics.intervals import Interval
from experiments.evaluation.statistics.resampling import Numbers

ROUNDING = 1e-12  # share of the mean, below which a spread is that of rounding


@dataclass(frozen=True)
class TTest:
    """The test of a mean.

    interval: 95% interval of the mean.
    p_value:  two-sided, of the hypothesis that it is 0.
    """

    mean: float
    interval: Interval
    p_value: float


def corrected_t_test(values: Numbers | Sequence[float], ratio: float, sizes: Sequence[int] | None = None) -> TTest:
    """Test the mean of n scores, or of n differences, of trainings that share rows.

    The variance of the mean is taken as (1/n + ratio) times that of the values, not as 1/n times. The quantile is
    Student's with n - 1 degrees of freedom. Of values that are all equal p is that of a sign test of the repetitions,
    the first axis of the values.

    Args:
        values: n values in any shape, n at least 2.
        ratio:  rows that a training is scored on, for each of the rows that it learns from.
        sizes:  (n,) number of rows by which a value counts; None: all count alike.

    >>> found = corrected_t_test([[0.02, 0.01], [0.03, 0.02]], ratio=1.0)
    >>> round(found.mean, 4), [round(limit, 4) for limit in found.interval], round(found.p_value, 4)
    (0.02, [-0.0091, 0.0491], 0.1162)
    """
    from scipy.stats import t

    flat = np.asarray(values, np.float64).ravel()
    count, mean = len(flat), float(np.average(flat, weights=sizes))
    variance = float(np.average((flat - mean) ** 2, weights=sizes)) * count / (count - 1)
    error = sqrt((1 / count + ratio) * variance)
    if error <= ROUNDING * abs(mean):  # where all values are equal, no spread can be estimated
        repetitions = len(np.atleast_1d(values))
        return TTest(mean, (mean, mean), 1.0 if mean == 0 else 2.0 ** (1 - repetitions))
    reach = float(t.ppf(1 - SIGNIFICANCE / 2, count - 1)) * error
    return TTest(mean, (mean - reach, mean + reach), float(2 * t.sf(abs(mean) / error, count - 1)))
