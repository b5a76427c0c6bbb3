"""The difference between the configurations that two searches chose, on new rows like those of the search.

The draws are those of the corrected score, with the same units for both searches. In each, the configuration of either
search that is best on the units drawn is scored on the units left out. No network is trained again, so the variation of
training is not in the interval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from experiments.evaluation.analysis.selection_bias import FEW, drawn_scores, highest, on_all_units
from experiments.evaluation.records.results import SIGNIFICANCE
from experiments.evaluation.statistics.intervals import percentile_limits
from experiments.evaluation.statistics.resampling import Numbers, Samples
from nnet.arrays import Rows

FEWEST = 200  # draws; a metric that is scored draw by draw has fewer for the corrected score of one study
FOR_EACH_PAIR = 60  # draws, so that the smallest p of so many is below the first level of Holm
Pair = tuple[int, int]  # positions of two studies, the first before the second


@dataclass(frozen=True, kw_only=True)
class ChoiceDifference:
    """The score of the first study's choice less that of the second's, on units that did not choose.

    score:    mean over the draws; positive means that the first is better.
    ci95:     0.025 and 0.975 quantiles over the draws.
    level:    significance level of the pair after Holm's adjustment: 0.05 over the number of pairs not yet decided.
    interval: quantiles over the draws at that level; the same as ci95 for a single pair.
    p_value:  twice the smaller share of draws at or beyond zero; of G groups at least 2 / 2^G.
    claimed:  True if zero lies outside the interval, and p and all pairs with a smaller p allow it.
    draws:    number of draws in which both have a score.
    units:    number of rows, or of groups, that the draws are of.
    method:   the units.
    """

    score: float
    ci95: tuple[float, float]
    level: float
    interval: tuple[float, float]
    p_value: float
    claimed: bool
    draws: int
    units: int
    method: Literal["bbc_cv_rows", "bbc_cv_groups"]


@dataclass(frozen=True)
class Gains:
    """The differences of two studies' choices in the same draws.

    values:  (B,) first less second; NaN where one of them has no score.
    units:   number of units.
    grouped: True if the units are groups of rows.
    """

    values: Numbers
    units: int
    grouped: bool

    @property
    def usable(self) -> Numbers:
        """Return the differences of the draws in which both have a score."""
        usable: Numbers = self.values[np.isfinite(self.values)]
        return usable

    @property
    def are_too_few(self) -> bool:
        """Tell whether most draws have no score, as where a class is not drawn."""
        return len(self.usable) < FEW * len(self.values)

    @property
    def p_value(self) -> float:
        """Return the smallest level at which zero is not in the interval; a bootstrap of few units has no small one.

        Source: Davison and Hinkley (1997), Bootstrap Methods and their Application, section 4.2.
        """
        usable = self.usable
        beyond = min(int(np.count_nonzero(usable <= 0)), int(np.count_nonzero(usable >= 0)))
        return min(1.0, max(2 * (1 + beyond) / (1 + len(usable)), 2.0 ** (1 - self.units)))


def wanted_draws(samples: Samples, pairs: int) -> int:
    """Return the number of draws for so many pairs: at least as many as the corrected score has."""
    return max(samples.draws, FEWEST, FOR_EACH_PAIR * pairs)


def choice_scores(
    samples: Samples, draws: int, choose: Callable[[Numbers], Rows] = highest, winner: int | None = None
) -> Numbers:
    """Return (B,) the score, on the units left out, of the configuration that is chosen on the units drawn.

    Args:
        choose: the choice by the scores of the draws; that of the best, unless the study keeps the smallest network.
        winner: the configuration that the study chose; the best by the score on all units where None.
    """
    _, outside, left_out = drawn_scores(samples, draws, choose)
    if samples.is_mean:
        return outside
    everything = np.ones((1, samples.units))
    chosen = highest(samples.scores(everything)) if winner is None else np.array([winner])
    return on_all_units(float(samples.scores_of(everything, chosen)[0]), outside, left_out, int(chosen[0]))


def gains(first: Numbers, second: Numbers, units: int, grouped: bool) -> Gains:
    """Subtract the scores of two studies' choices, draw by draw; draws that one of them lacks are left out.

    Args:
        first, second: (B,) scores by `choice_scores`, of the same units.
    """
    draws = min(len(first), len(second))
    return Gains(first[:draws] - second[:draws], units, grouped)


def compare_choices(pairs: Mapping[Pair, Gains]) -> dict[Pair, ChoiceDifference]:
    """Compare studies in pairs, with Holm's adjustment for their number.

    The pair with the smallest p is judged at the level 0.05 / m, the next at 0.05 / (m - 1), and so on, until one is
    not claimed: no later pair is claimed either.

    Args:
        pairs: gains of m pairs, none of which has too few draws with a score.

    Source: Holm (1979), A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of Statistics 6.

    >>> certain, open_ = np.linspace(0.1, 0.3, 999), np.linspace(-0.1, 0.3, 999)
    >>> found = compare_choices({(0, 1): Gains(open_, 400, False), (0, 2): Gains(certain, 400, False)})
    >>> [(pair, round(one.score, 3), one.level, one.claimed) for pair, one in found.items()]
    [((0, 1), 0.1, 0.05, False), ((0, 2), 0.2, 0.025, True)]
    """
    order = sorted(pairs, key=lambda pair: (pairs[pair].p_value, pair))
    decided: dict[Pair, ChoiceDifference] = {}
    goes_on = True
    for at, pair in enumerate(order):
        decided[pair] = _difference(pairs[pair], SIGNIFICANCE / (len(order) - at), goes_on)
        goes_on = decided[pair].claimed
    return {pair: decided[pair] for pair in pairs}


def _difference(found: Gains, level: float, goes_on: bool) -> ChoiceDifference:
    values, p_value = found.usable, found.p_value
    interval = percentile_limits(values, level)
    outside = interval[0] > 0 or interval[1] < 0
    return ChoiceDifference(
        score=float(values.mean()),
        ci95=percentile_limits(values),
        level=level,
        interval=interval,
        p_value=p_value,
        claimed=goes_on and outside and p_value <= level,
        draws=len(values),
        units=found.units,
        method="bbc_cv_groups" if found.grouped else "bbc_cv_rows",
    )
