"""Each activation against an independent formula and against central differences."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special

from nnet.activations import ACTIVATIONS

FORMULAS = {"sigmoid": scipy.special.expit, "tanh": np.tanh, "relu": lambda z: np.where(z > 0, z, 0.0)}
DTYPES = [np.float32, np.float64]


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_value_is_the_formula_computed_in_place(name, dtype):
    z = np.random.default_rng(0).normal(0, 3, (3, 4, 5)).astype(dtype)
    a = z.copy()
    assert ACTIVATIONS[name].forward(a) is None
    np.testing.assert_allclose(a, FORMULAS[name](z.astype(np.float64)), rtol=0, atol=40 * np.finfo(dtype).eps)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivative_matches_central_differences(name, check_gradient):
    rng = np.random.default_rng(1)
    z, da = rng.normal(0, 2, (3, 4, 5)), rng.normal(size=(3, 4, 5))

    def forward():
        a = z.copy()
        ACTIVATIONS[name].forward(a)
        return a

    dz = da.copy()
    ACTIVATIONS[name].backward(forward(), dz, np.empty_like(z))
    check_gradient(lambda: float((da * forward()).sum()), z, dz)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_huge_inputs_neither_overflow_nor_lose_the_gradient_to_nan(name, dtype):
    a = np.array([-1e4, -100, 0, 100, 1e4], dtype)
    ACTIVATIONS[name].forward(a)
    da = np.ones_like(a)
    ACTIVATIONS[name].backward(a, da, np.empty_like(a))
    assert np.isfinite(a).all()
    assert np.isfinite(da).all()
    assert (np.diff(a) >= 0).all()


def test_relu_passes_no_gradient_at_zero():
    a, da = np.zeros(1), np.ones(1)
    ACTIVATIONS["relu"].backward(a, da, np.empty(1))
    assert da[0] == 0


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_nan_is_not_hidden(name):
    a = np.array([np.nan])
    ACTIVATIONS[name].forward(a)
    assert np.isnan(a[0])
