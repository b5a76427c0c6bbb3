from __future__ import annotations

import numpy as np
import pytest

from experiments.search.target_scaling import TargetScaler, units_of
from nnet.metrics import negative_squared_error

Y = np.random.default_rng(0).normal(1e6, 30, 50)


def test_numbers_come_to_mean_0_and_variance_1_and_back() -> None:
    units = units_of(Y)
    standardised = units.standardised(Y)
    assert (standardised.mean(), standardised.std()) == pytest.approx((0, 1), abs=1e-9)
    np.testing.assert_allclose(units.restored(standardised), Y, rtol=1e-14)


@pytest.mark.parametrize("value", [0.0, 5.0, 1e9 + 0.1])
def test_equal_numbers_keep_their_scale(value: float) -> None:
    units = units_of(np.full(7, value))
    assert units.scale == 1.0
    np.testing.assert_allclose(units.standardised(np.full(7, value)), 0, atol=1e-6)


def test_a_score_is_in_the_targets_own_units() -> None:
    units = TargetScaler(10.0, 2.0)
    score = units.scored(lambda z, y: float(negative_squared_error(z, y).mean()))
    assert score(np.array([[0.0], [1.0]]), np.array([0.0, 0.0])) == -2.0  # of 2 units once in two rows
