"""The exchange test: p of a difference between two models, by exchanging their outputs."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from experiments.evaluation.statistics import Groups
from nnet.arrays import Array

DRAWS, FEWEST = 1_000, 200  # exchanges, where there are too many to try all; of many rows fewer
CELLS = 50 << 20  # limit of the rows in all exchanges
ROUNDING = 1e-9  # share by which equal differences may differ


def swapped_p_value(
    score: Callable[[Array], float], winner: Array, default: Array, units: Groups, seed: int, most: int = DRAWS
) -> float:
    """Compute p of a difference in any score by exchanging the outputs of two models, row by row or group by group.

    If neither model is better, exchanging the two in some units makes another difference that was as likely. p is the
    share of differences that are at least as far from zero: of all 2^U, or of up to `most` at random with this one.

    Args:
        score:   score of outputs (n, outputs), NaN if undefined.
        winner:  (n, outputs) of the one model.
        default: (n, outputs) of the other.
        units:   (n,) group of each row; numbers of rows where every row is exchanged by itself.
        seed:    seed of the exchanges.
        most:    limit of their number.

    Source: Good (2005), Permutation, Parametric and Bootstrap Tests of Hypotheses, section 3.7, matched pairs.

    >>> better = np.array([[0.9], [0.8], [0.7], [0.6]])
    >>> swapped_p_value(lambda z: float(z.mean()), better, np.zeros((4, 1)), np.arange(4), seed=0)
    0.125
    """
    _, of_row = np.unique(units, return_inverse=True)
    count, draws = int(of_row.max()) + 1, max(FEWEST, min(most, CELLS // len(winner)))
    if 2**count <= draws:
        exchanged = np.arange(2**count)[:, None] >> np.arange(count) & 1 == 1
    else:
        exchanged = np.random.default_rng(seed).random((draws, count)) < 0.5
        exchanged[0] = False
    found = abs(score(winner) - score(default)) * (1 - ROUNDING)
    beyond = scored = 0
    if math.isnan(found):
        return 1.0
    for units_exchanged in exchanged:
        rows = units_exchanged[of_row, None]
        gain = abs(score(np.where(rows, default, winner)) - score(np.where(rows, winner, default)))
        scored += not math.isnan(gain)
        beyond += gain >= found
    return beyond / scored if scored else 1.0
