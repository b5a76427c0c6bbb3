"""Quartiles of each column, or its extremes where they agree; far values come near."""

from __future__ import annotations

import numpy as np
from sklearn.preprocessing import RobustScaler

from experiments.data.inputs.robust_scaling import robust_scale, smoothly_clipped

VALUES = np.random.default_rng(0).normal(3, [0.01, 5, 1e4], (41, 3))


def test_it_is_the_robust_scaler() -> None:
    offset, scale = robust_scale(VALUES)
    expected = RobustScaler().fit(VALUES)
    np.testing.assert_allclose(offset, expected.center_, rtol=1e-12)
    np.testing.assert_allclose(scale, expected.scale_, rtol=1e-12)


def test_the_order_of_the_rows_and_their_type_change_nothing() -> None:
    for offset, other in zip(robust_scale(VALUES), robust_scale(VALUES[::-1]), strict=True):
        np.testing.assert_array_equal(offset, other)
    single = VALUES.astype(np.float32)
    for offset, other in zip(robust_scale(single), robust_scale(single.astype(np.float64)), strict=True):
        np.testing.assert_array_equal(offset, other)


def test_where_the_quartiles_agree_the_extremes_scale_to_a_range_of_2() -> None:
    values = np.array([[7.0], [7], [7], [7], [7], [7], [-3], [17]])
    (offset,), (scale,) = robust_scale(values)
    assert (offset, scale) == (7, 10)
    assert np.ptp((values - offset) / scale) == 2


def test_every_number_of_a_constant_column_becomes_0() -> None:
    (offset,), (scale,) = robust_scale(np.full((4, 1), 5.0))
    np.testing.assert_array_equal(((np.array([5.0, -1e100, 1e100]) - offset) / scale).astype(np.float32), 0)


def test_a_clipped_number_keeps_its_sign_and_its_place() -> None:
    u = np.arange(-500, 501) / 10
    clipped = smoothly_clipped(u)
    assert (np.diff(clipped) > 0).all()
    assert np.abs(clipped).max() < 3
    np.testing.assert_array_equal(clipped, -clipped[::-1])
    np.testing.assert_allclose(smoothly_clipped(u / 1e4), u / 1e4, atol=1e-8)
