"""Mean 0 and variance 1, and pixels to [0, 1]."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from experiments.data.datasets import LARGEST
from experiments.data.preprocessing import fit_preprocessor

TRAINING = np.random.default_rng(0).normal(3, [0.01, 5, 1e4], (40, 3))
OTHERS = np.random.default_rng(1).normal(0, 9, (7, 3))


def test_numbers_come_to_mean_0_and_variance_1() -> None:
    x = fit_preprocessor(TRAINING, None).transform(TRAINING)
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(x.std(axis=0), 1, atol=1e-6)


def test_it_is_the_standard_scaler() -> None:
    expected = StandardScaler().fit(TRAINING).transform(OTHERS).astype(np.float32)
    np.testing.assert_array_equal(fit_preprocessor(TRAINING, None).transform(OTHERS), expected)


def test_only_the_rows_it_is_fitted_on_matter() -> None:
    fitted = fit_preprocessor(TRAINING, None)
    np.testing.assert_allclose(fitted.offset, TRAINING.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(fitted.scale, TRAINING.std(axis=0), rtol=1e-12)
    alone = fitted.transform(OTHERS)
    fitted.transform(OTHERS * 100)
    np.testing.assert_array_equal(fitted.transform(OTHERS), alone)


@pytest.mark.parametrize("value", [0.0, -3.0, 1e-300, 1e9 + 0.1])
def test_a_constant_column_is_0_and_not_infinite(value: float) -> None:
    training = np.column_stack([TRAINING[:, 0], np.full(40, value)])
    x = fit_preprocessor(training, None).transform(training)
    np.testing.assert_allclose(x[:, 1], 0, atol=1e-5)
    assert np.isfinite(x).all()


def test_pixels_have_a_range_known_in_advance() -> None:
    pixels = np.array([[0.0, 8.0], [4.0, 12.0]])
    fitted = fit_preprocessor(pixels, 16.0)
    np.testing.assert_array_equal(fitted.transform(pixels), [[0, 0.5], [0.25, 0.75]])
    np.testing.assert_array_equal(fit_preprocessor(pixels[:1], 16.0).transform(pixels), fitted.transform(pixels))


@pytest.mark.parametrize("pixel_range", [None, 16.0])
def test_what_comes_out_is_the_networks_type_and_what_goes_in_is_left_alone(pixel_range: float | None) -> None:
    before = TRAINING.copy()
    x = fit_preprocessor(TRAINING, pixel_range).transform(TRAINING[:, ::1])
    assert (x.dtype, x.shape, x.flags.c_contiguous) == (np.float32, TRAINING.shape, True)
    np.testing.assert_array_equal(TRAINING, before)


@pytest.mark.parametrize(
    ("training", "value"),
    [(np.array([[LARGEST], [-LARGEST], [LARGEST]]), 0.0), (np.zeros((3, 1)), LARGEST)],
    ids=["variance", "float32"],
)
def test_no_finite_table_makes_an_infinite_input(training: np.ndarray, value: float) -> None:
    x = fit_preprocessor(training, None).transform(np.vstack([training, [[value]]]))
    assert np.isfinite(x).all()
