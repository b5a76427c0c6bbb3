"""The exchange test: p and limits of a difference between two models, by exchanging their outputs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from experiments.evaluation.results import SIGNIFICANCE
from experiments.evaluation.statistics import Groups
from nnet.arrays import Array

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
    score: Callable[[Array], float], winner: Array, default: Array, units: Groups, seed: int, most: int = DRAWS
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
        seed:    seed of the exchanges.
        most:    limit of their number.

    Source: Good (2005), Permutation, Parametric and Bootstrap Tests of Hypotheses, section 3.7, matched pairs.

    >>> better = np.array([[0.9], [0.8], [0.7], [0.6]])
    >>> found = exchange_test(lambda z: float(z.mean()), better, np.zeros((4, 1)), np.arange(4), seed=0)
    >>> found.p_value, round(found.reach, 6)
    (0.125, 0.75)
    """
    _, of_row = np.unique(units, return_inverse=True)
    count, draws = int(of_row.max()) + 1, max(FEWEST, min(most, CELLS // len(winner)))
    if 2**count <= draws:
        exchanged = np.arange(2**count)[:, None] >> np.arange(count) & 1 == 1
    else:
        exchanged = np.random.default_rng(seed).random((draws, count)) < 0.5
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
