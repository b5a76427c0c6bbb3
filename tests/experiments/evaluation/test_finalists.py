"""The comparison of finalists, on scores whose answer is known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from experiments.evaluation.finalists import (
    Finalist,
    FinalistsPlan,
    compare_finalists,
    corrected_t_test,
    holm,
    superiority,
    superiority_interval,
)

BASE = np.random.default_rng(0).normal(0.9, 0.01, size=(6, 5))


def plan(count: int) -> FinalistsPlan:
    one = Finalist(study="a", trial=0, selection=0.9, configuration="8 ReLU", epochs=3, members=1)
    return FinalistsPlan(metric="accuracy", finalists=(one,) * count, seeds=6, splitter="KFold", folds=5, rows="f")


def test_without_shared_rows_the_t_test_is_the_usual_one() -> None:
    differences = np.random.default_rng(1).normal(0.004, 0.01, size=(6, 5))
    interval, p_value = corrected_t_test(differences, ratio=0.0)
    usual = ttest_1samp(differences.ravel(), 0.0)
    assert p_value == pytest.approx(usual.pvalue)
    assert interval == pytest.approx(tuple(usual.confidence_interval()))


def test_shared_rows_widen_the_interval_by_the_factor_of_nadeau_and_bengio() -> None:
    """Of 30 trainings with a fifth of the rows held out the variance is (1/30 + 1/4) of a difference's, not 1/30."""
    differences = np.random.default_rng(1).normal(0.004, 0.01, size=(6, 5))
    (low, high), (bottom, top) = corrected_t_test(differences, 0.0)[0], corrected_t_test(differences, 0.25)[0]
    assert (top - bottom) / (high - low) == pytest.approx(np.sqrt((1 / 30 + 0.25) * 30))
    assert low + high == pytest.approx(bottom + top)


def test_equal_scores_differ_in_nothing() -> None:
    assert corrected_t_test(np.zeros((6, 5)), 0.25) == ((0.0, 0.0), 1.0)
    assert corrected_t_test(np.full((6, 5), 0.25), 0.25) == ((0.25, 0.25), 0.0)


@pytest.mark.slow
def test_the_corrected_test_rarely_claims_where_nothing_differs() -> None:
    """Two classifiers that are right in 0.8 of all cases, scored by six cross-validations of the same 100 rows."""
    claimed = {0.0: 0, 0.25: 0}
    for seed in range(300):
        random = np.random.default_rng(seed)
        rows = (random.random((2, 100)) < 0.8).astype(float)
        folds = np.array([np.split(random.permutation(100), 5) for _ in range(6)])
        again = rows[:, folds] * (random.random((2, 6, 5, 20)) < 0.95)  # a training that is done again errs elsewhere
        difference = np.subtract(*again.mean(axis=-1))
        for ratio in claimed:
            claimed[ratio] += corrected_t_test(difference, ratio)[1] < 0.05
    assert claimed[0.25] <= 0.08 * 300
    assert claimed[0.0] >= 0.2 * 300, "without the correction it claims what is not there"


def test_half_of_the_ties_count_for_either() -> None:
    differences = np.array([[0.1, 0.0, -0.1], [0.2, 0.0, 0.3]])
    assert superiority(differences) == pytest.approx((3 + 1) / 6)
    assert superiority(-differences) == pytest.approx(1 - 4 / 6)


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
