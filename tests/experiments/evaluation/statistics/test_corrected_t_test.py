"""The corrected resampled t test against scipy's, and on trainings that share rows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from experiments.evaluation.statistics.corrected_t_test import TTest, corrected_t_test


def test_without_shared_rows_the_t_test_is_the_usual_one() -> None:
    differences = np.random.default_rng(1).normal(0.004, 0.01, size=(6, 5))
    found = corrected_t_test(differences, ratio=0.0)
    usual = ttest_1samp(differences.ravel(), 0.0)
    assert found.p_value == pytest.approx(usual.pvalue)
    assert found.interval == pytest.approx(tuple(usual.confidence_interval()))


def test_shared_rows_widen_the_interval_by_the_factor_of_nadeau_and_bengio() -> None:
    """Of 30 trainings with a fifth of the rows held out the variance is (1/30 + 1/4) of a difference's, not 1/30."""
    differences = np.random.default_rng(1).normal(0.004, 0.01, size=(6, 5))
    (low, high), (bottom, top) = (corrected_t_test(differences, ratio).interval for ratio in (0.0, 0.25))
    assert (top - bottom) / (high - low) == pytest.approx(np.sqrt((1 / 30 + 0.25) * 30))
    assert low + high == pytest.approx(bottom + top)


def test_equal_scores_differ_in_nothing() -> None:
    assert corrected_t_test(np.zeros((6, 5)), 0.25) == TTest(0.0, (0.0, 0.0), 1.0)
    assert corrected_t_test(np.full((6, 5), 0.25), 0.25) == TTest(0.25, (0.25, 0.25), 2**-5)


def test_equal_differences_of_few_repetitions_claim_nothing() -> None:
    assert corrected_t_test(np.full((2, 2), 0.1), 0.5).p_value == 0.5
    assert corrected_t_test([0.05] * 5, 0.25).p_value == 2**-4
    rounded = np.array([0.9 - 0.8, 0.8 - 0.7, 0.7 - 0.6])  # 0.1 but for rounding
    assert len(set(rounded.tolist())) > 1
    assert corrected_t_test(rounded, 0.5).p_value == 0.25


def test_a_value_counts_by_its_rows() -> None:
    found, often = corrected_t_test([1.0, 0.5], 0.5, [30, 10]), corrected_t_test([1.0, 0.5], 0.5, [3, 1])
    assert (found.mean, found) == (0.875, often)
    equal = corrected_t_test([1.0, 0.5, 0.7], 0.5, [7, 7, 7])
    assert equal.interval == pytest.approx(corrected_t_test([1.0, 0.5, 0.7], 0.5).interval)


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
            claimed[ratio] += corrected_t_test(difference, ratio).p_value < 0.05
    assert claimed[0.25] <= 0.08 * 300
    assert claimed[0.0] >= 0.2 * 300, "without the correction it claims what is not there"
