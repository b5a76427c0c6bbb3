"""The exchange test keeps its level between equal models, and finds a model that is better."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.evaluation.statistics.exchanges import Exchanged, exchange_test


def mean(z: np.ndarray) -> float:
    return float(z.mean())


@pytest.mark.long
def test_equal_models_are_told_apart_in_one_of_twenty_cases() -> None:
    random, claimed = np.random.default_rng(0), 0
    for _ in range(400):
        one, other = random.normal(size=(2, 8, 1))
        claimed += exchange_test(mean, one, other, np.arange(8)).p_value < 0.05
    assert 5 <= claimed <= 32  # binomial: 20 expected, 4.4 its standard deviation


def test_of_more_units_a_draw_of_the_exchanges_comes_near_all_of_them() -> None:
    random = np.random.default_rng(1)
    one, other = random.normal(0.8, size=(9, 1)), random.normal(size=(9, 1))
    exact, drawn = (exchange_test(mean, one, other, np.arange(9), most=most) for most in (512, 511))
    assert exact.p_value * 2**9 == round(exact.p_value * 2**9)
    assert 0 < abs(drawn.p_value - exact.p_value) < 0.03
    clear = exchange_test(mean, np.ones((30, 1)), np.zeros((30, 1)), np.arange(30), most=200)
    assert clear.p_value == 1 / 200  # the one that was found is among them


def test_a_group_is_exchanged_as_a_whole() -> None:
    one, other = np.ones((8, 1)), np.zeros((8, 1))
    found = exchange_test(mean, one, other, np.arange(8))
    assert found.p_value == 2 / 2**8
    assert found.reach == pytest.approx(6 / 8)  # the 13th of 256: 1 is there twice, 6 / 8 sixteen times
    assert exchange_test(mean, one, other, np.arange(8) // 4).p_value == 2 / 2**2


def test_a_score_without_a_value_tells_nothing_apart() -> None:
    found = exchange_test(lambda _: float("nan"), np.ones((8, 1)), np.zeros((8, 1)), np.arange(8))
    assert found == Exchanged(1.0, 0.0)


def test_a_difference_without_a_value_is_no_evidence_where_exchanges_have_one() -> None:
    def of_unequal_outputs(z: np.ndarray) -> float:
        return float(z.mean()) if z.min() < z.max() else float("nan")

    assert exchange_test(of_unequal_outputs, np.ones((8, 1)), np.zeros((8, 1)), np.arange(8)).p_value == 1.0


def test_equal_scores_are_equal_though_their_last_bits_differ() -> None:
    """0.1 + 0.1 + 0.1 - 0.3 is no 0, so that p was 0.875."""
    gains, other = np.array([0.1, 0.1, 0.1, -0.3, 0.2, -0.2]), 1 + np.array([4, 0, 2, 1, 5, 3]) * 0.1
    one, other = (gains + other)[:, None], other[:, None]
    assert 0 < abs(mean(one) - mean(other)) < 1e-15
    assert exchange_test(mean, one, other, np.arange(6)).p_value == 1.0
