"""The exchange test: p and limits of a difference between two models, by exchanging their outputs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.count_different import count_different
from experiments.evaluation.records.results import SIGNIFICANCE, ScoreDifference
from experiments.evaluation.statistics.expanded_interval import NORMAL_975
from experiments.evaluation.statistics.intervals import SEED, Groups, draws_of
from experiments.evaluation.statistics.score_range import difference_within
from experiments.search.scorers import is_our_own
from nnet.arrays import Array

FEW = 300  # rows or groups, below which a bootstrap claims more than it knows
FEW_OF_CLASS = 30  # rows or groups of the rarest class, below which it does so for a score that is no mean over rows
MANY_ROWS = 10_000  # above which our own scores take long, too
DRAWS, FEWEST = 1_000, 200  # exchanges, where there are too many to try all; of many rows fewer
CELLS = 50 << 20  # limit of the rows in all exchanges
ROUNDING = 1e-9  # share of the scores by which equal differences may differ, and a difference of 0 from 0


@dataclass(frozen=True)
class Exchanged:
    """The differences that exchanging two models' outputs makes.

    p_value: share of them that are at least as far from zero as the one that was found.
    reach:   distance from zero beyond which fewer than 5% of them lie; the one that was found lies there if p < 0.05.
    """

    p_value: float
    reach: float


def exchange_test(
    score: Callable[[Array], float], winner: Array, default: Array, units: Groups, most: int = DRAWS
) -> Exchanged:
    """Judge a difference in any score by exchanging the outputs of two models, row by row or group by group.

    If neither model is better, exchanging the two in some units makes another difference that was as likely: one of all
    2^U, or of up to `most` at random with the one that was found. The difference plus and minus the reach is an
    interval, by the same reasoning for models that differ by a fixed amount.

    Args:
        score:   score of outputs (n, outputs), NaN if undefined.
        winner:  (n, outputs) of the one model.
        default: (n, outputs) of the other.
        units:   (n,) group of each row; numbers of rows where every row is exchanged by itself.
        most:    limit of their number.

    Source: Good (2005), Permutation, Parametric and Bootstrap Tests of Hypotheses, section 3.7, matched pairs.

    >>> better = np.array([[0.9], [0.8], [0.7], [0.6]])
    >>> found = exchange_test(lambda z: float(z.mean()), better, np.zeros((4, 1)), np.arange(4))
    >>> found.p_value, round(found.reach, 6)
    (0.125, 0.75)
    """
    _, of_row = np.unique(units, return_inverse=True)
    count, draws = int(of_row.max()) + 1, draws_of(len(winner), most, FEWEST, CELLS)
    if 2**count <= draws:
        exchanged = np.arange(2**count)[:, None] >> np.arange(count) & 1 == 1
    else:
        exchanged = np.random.default_rng(SEED).random((draws, count)) < 0.5
        exchanged[0] = False
    scores = score(winner), score(default)
    found = abs(scores[0] - scores[1]) - ROUNDING * (abs(scores[0]) + abs(scores[1]))
    if math.isnan(found):
        return Exchanged(1.0, 0.0)
    gains = np.empty(len(exchanged))
    for at, units_exchanged in enumerate(exchanged):
        rows = units_exchanged[of_row, None]
        gains[at] = abs(score(np.where(rows, default, winner)) - score(np.where(rows, winner, default)))
    gains = np.sort(gains[~np.isnan(gains)])
    if not len(gains):
        return Exchanged(1.0, 0.0)
    further = math.ceil(SIGNIFICANCE * len(gains))  # so many may lie at the reach or beyond
    return Exchanged(float((gains >= found).mean()), float(gains[-further]) * (1 + ROUNDING))


def of_few(
    difference: ScoreDifference,
    metric: str,
    score: Callable[[Array], float],
    winner: Array,
    default: Array,
    groups: NDArray[Any] | None,
    rarest: int | None,
) -> ScoreDifference:
    """Make a bootstrap no surer than exchanging the two models' outputs, where rows or groups are few.

    A bootstrap of few rows claims more than it knows: of 4 rows it finds p < 0.05 between equal models in a fifth of
    all cases, and of 150 rows with skewed errors in 7%. So does one of many rows with few of some class: an AUC rests
    on these. p is at least that of the exchanges, and the limits are at least as far away as their reach. So zero is
    outside only if p < 0.05. Then the reach r is taken without what the difference d of U units itself adds to it, as
    √(r² - 1.96² d² / U): exchanging two models of which one is better makes larger differences than chance does. The
    record says of how many units the exchanges are, where they change something.

    Args:
        score:  score of outputs.
        rarest: rows, or groups, with the rarest class, true or predicted; None where the score is a mean over rows.
    """
    units = np.arange(len(winner)) if groups is None else groups
    count = count_different(units)
    if count >= FEW and (rarest is None or rarest >= FEW_OF_CLASS):
        return difference
    quick = count < FEW and is_our_own(metric) and len(winner) <= MANY_ROWS
    most = DRAWS if quick or count < FEW_OF_CLASS else FEWEST
    found = exchange_test(score, winner, default, units, most)
    (low, high), reach = difference.ci95, found.reach
    if found.p_value < SIGNIFICANCE:
        own = (NORMAL_975 * difference.score) ** 2 / (count if rarest is None else rarest)
        reach = math.sqrt(max(0.0, reach**2 - own))
    ends = np.array([difference.score - reach, difference.score + reach])
    ends[np.abs(ends) < 3 * ROUNDING * abs(difference.score)] = 0.0  # what is left of equal numbers is rounding
    limits = difference_within(metric, (min(low, float(ends[0])), max(high, float(ends[1]))))
    if found.p_value <= difference.p_value and limits == difference.ci95:
        return difference
    return replace(difference, p_value=max(found.p_value, difference.p_value), ci95=limits, exchanged=count)
