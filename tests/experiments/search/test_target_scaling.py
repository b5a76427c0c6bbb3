from __future__ import annotations

import numpy as np
import pytest

from experiments.search.target_scaling import TargetScaler, fit_scaler
from nnet.metrics import negative_squared_error

Y = np.random.default_rng(0).normal(1e6, 30, 50)


def test_numbers_come_to_mean_0_and_variance_1_and_back() -> None:
    scaler = fit_scaler(Y)
    standardised = scaler.standardised(Y)
    assert (standardised.mean(), standardised.std()) == pytest.approx((0, 1), abs=1e-9)
    np.testing.assert_allclose(scaler.restored(standardised), Y, rtol=1e-14)


def test_equal_numbers_keep_their_scale() -> None:
    for value in (0.0, 5.0, 1e9 + 0.1):
        scaler = fit_scaler(np.full(7, value))
        assert scaler.scale == 1.0
        np.testing.assert_allclose(scaler.standardised(np.full(7, value)), 0, atol=1e-6)


def test_a_score_is_in_the_targets_own_units() -> None:
    scaler = TargetScaler(10.0, 2.0)
    score = scaler.scored(lambda z, y: float(negative_squared_error(z, y).mean()))
    assert score(np.array([[0.0], [1.0]]), np.array([0.0, 0.0])) == -2.0  # of 2 units once in two rows


def test_logarithms_come_to_mean_0_and_variance_1_and_back_to_numbers() -> None:
    y = np.exp(np.random.default_rng(1).normal(3, 2, 50))
    scaler = fit_scaler(y, log=True)
    standardised = scaler.standardised(y)
    assert (standardised.mean(), standardised.std()) == pytest.approx((0, 1), abs=1e-9)
    assert scaler.centre == pytest.approx(np.log(y).mean(), abs=1e-8)
    np.testing.assert_allclose(scaler.restored(standardised), y, rtol=1e-8)
    assert np.isfinite(scaler.restored(np.array([1e9, -1e9])) ** 2).all()
    assert np.isfinite(scaler.standardised(np.array([0.0, -1.0]))).all()  # test rows may hold any number
