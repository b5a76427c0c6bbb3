"""The comparison of finalists, on scores whose answer is known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from experiments.evaluation.comparison.finalists import (
    Finalist,
    FinalistsPlan,
    compare_finalists,
    holm,
    superiority,
    superiority_interval,
)

BASE = np.random.default_rng(0).normal(0.9, 0.01, size=(6, 5))


def plan(count: int) -> FinalistsPlan:
    one = Finalist(study="a", trial=0, selection=0.9, configuration="8 ReLU", epochs=3, members=1)
    return FinalistsPlan(metric="accuracy", finalists=(one,) * count, seeds=6, splitter="KFold", folds=5, rows="f")


def test_half_of_the_ties_count_for_either() -> None:
    differences = np.array([[0.1, 0.0, -0.1], [0.2, 0.0, 0.3]])
    assert superiority(differences) == pytest.approx((3 + 1) / 6)
    assert superiority(-differences) == pytest.approx(1 - 4 / 6)
    assert superiority_interval(np.zeros((4, 5))) == (0.5, 0.5)


def test_whole_repetitions_are_drawn() -> None:
    """Of four repetitions one is lost as a whole: shares of 0, 1/4 ... have the binomial's quantiles."""
    differences = np.array([[1.0] * 5] * 3 + [[-1.0] * 5])
    assert superiority_interval(differences) == (0.25, 1.0)
    assert superiority_interval(np.ones((4, 5))) == (1.0, 1.0)
    assert superiority_interval(-differences) == (0.0, 0.75)


def test_holm_multiplies_the_smallest_by_their_number_and_keeps_the_order() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([0.2]) == [0.2]
    assert holm([]) == []
    sorted_p = sorted(np.random.default_rng(0).random(9).tolist())
    assert all(here <= there for here, there in pairwise(holm(sorted_p)))


def test_pairs_are_of_all_finalists_and_a_clear_difference_is_claimed() -> None:
    found = compare_finalists(plan(3), [BASE, BASE - 0.05, BASE - 0.0001 * BASE], ratio=0.25)
    assert [(pair.first, pair.second, pair.claimed) for pair in found.pairs] == [
        (0, 1, True),
        (0, 2, True),  # the difference hardly varies
        (1, 2, True),
    ]
    first = found.pairs[0]
    assert (first.score, first.better, first.share95) == (pytest.approx(0.05), 1.0, (1.0, 1.0))
    assert found.pairs[2].score < 0
    assert found.pairs[2].better == 0.0
    assert found.scores[0] == tuple(map(tuple, BASE.tolist()))


def test_holm_takes_back_what_one_of_several_pairs_claims() -> None:
    noise = np.random.default_rng(4).normal(0, 0.01, size=(4, 6, 5))
    alone = compare_finalists(plan(2), [BASE + 0.0095, BASE + noise[1]], ratio=0.25).pairs[0]
    several = compare_finalists(plan(4), [BASE + 0.0095, *(BASE + one for one in noise[1:])], ratio=0.25).pairs
    assert (alone.p_value, alone.adjusted, alone.claimed) == (several[0].p_value, alone.p_value, True)
    assert several[0].adjusted > 0.05
    assert not several[0].claimed


def test_a_finalist_that_diverged_is_in_no_pair() -> None:
    lost = BASE.copy()
    lost[2, 3] = np.nan
    found = compare_finalists(plan(3), [BASE, lost, BASE - 0.01], ratio=0.25)
    assert [(pair.first, pair.second) for pair in found.pairs] == [(0, 2)]
    assert found.scores[1][2] == (*BASE[2, :3].tolist(), None, BASE[2, 4])
