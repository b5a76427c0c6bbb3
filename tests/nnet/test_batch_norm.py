"""Batch normalisation for three folds at once: its formula, its gradients and its running statistics."""

from __future__ import annotations

import numpy as np
import pytest

from nnet.batch_norm import EPSILON, BatchNorm, FixedNorm
from nnet.noise import Gaussian
from nnet.parameters import Parameters
from nnet.streams import RandomBits

F, B, UNITS = 3, 7, 4
DTYPES = [np.float32, np.float64]


def random_parameters(dtype=np.float64):
    parameters, rng = Parameters((2, UNITS, 1), True, F, np.dtype(dtype)), np.random.default_rng(1)
    parameters.values[:] = rng.normal(size=parameters.values.shape)
    parameters.statistics[:] = rng.uniform(0.5, 2, parameters.statistics.shape)
    return parameters


def example(dtype=np.float64, rows=B):
    rng = np.random.default_rng(2)
    return rng.normal(3, 2, (F, rows, UNITS)).astype(dtype), rng.normal(size=(F, rows, UNITS)).astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_output_is_the_papers_formula_by_each_folds_own_statistics(dtype):
    views, (x, _) = random_parameters(dtype).batch_norm(0, slice(0, F)), example(dtype)
    out = BatchNorm(views, B).forward(x.copy())
    assert out.dtype == dtype
    for fold in range(F):
        normal = (x[fold] - x[fold].mean(axis=0)) / np.sqrt(x[fold].var(axis=0) + EPSILON)
        expected = views.scale[fold] * normal + views.shift[fold]
        np.testing.assert_allclose(out[fold], expected, rtol=0, atol=30 * np.finfo(dtype).eps)


def test_gradients_match_central_differences(check_layer):
    parameters, (x, dout) = random_parameters(), example()
    check_layer(BatchNorm(parameters.batch_norm(0, slice(0, F)), B), parameters, x, dout, 2 * UNITS)


def noisy(views, deviation=0.5):
    bits = [RandomBits(np.random.Generator(np.random.SFC64([0, fold]))) for fold in range(F)]
    return BatchNorm(views, B, Gaussian(deviation, bits, B, UNITS, np.dtype(np.float64)))


def test_noise_is_added_to_the_normalised_units_before_the_scale():
    views, (x, _) = random_parameters().batch_norm(0, slice(0, F)), example()
    layer = noisy(views)
    out = layer.forward(x.copy()).copy()
    noise = layer._noise.values
    assert abs(noise.std() - 0.5) < 0.1
    normal = (BatchNorm(views, B).forward(x.copy()) - views.shift) / views.scale
    np.testing.assert_allclose(out, (normal + noise) * views.scale + views.shift, rtol=0, atol=1e-12)


def test_gradients_with_noise_match_central_differences(check_gradient):
    parameters, (x, dout) = random_parameters(), example()
    views = parameters.batch_norm(0, slice(0, F))
    layer = noisy(views)
    layer.forward(x.copy())
    of_input, of_parameters = layer.backward(dout.copy()).copy(), parameters.gradients.copy()

    def value():  # a fresh layer draws the same first numbers
        return float((dout * noisy(views).forward(x.copy())).sum())

    check_gradient(value, x, of_input)
    check_gradient(value, parameters.values, of_parameters)


def test_running_statistics_know_nothing_of_the_noise():
    (x, _), kept = example(), []
    for deviation in (0.0, 0.7):
        parameters = random_parameters()
        noisy(parameters.batch_norm(0, slice(0, F)), deviation).forward(x.copy())
        kept.append(parameters.statistics.copy())
    assert np.array_equal(*kept)


def test_running_statistics_follow_with_a_weight_of_a_tenth():
    parameters, (x, _) = random_parameters(), example()
    views = parameters.batch_norm(0, slice(0, F))
    mean, variance = views.mean.copy(), views.variance.copy()
    layer = BatchNorm(views, B)
    for batch in (x, 2 * x + 1, x**2):
        layer.forward(batch.copy())
        mean = 0.9 * mean + 0.1 * batch.mean(axis=1, keepdims=True)
        variance = 0.9 * variance + 0.1 * batch.var(axis=1, ddof=1, keepdims=True)
    np.testing.assert_allclose(views.mean, mean, rtol=1e-13)
    np.testing.assert_allclose(views.variance, variance, rtol=1e-13)


def test_fixed_norm_is_the_formula_with_the_running_statistics_and_changes_none():
    parameters, (x, _) = random_parameters(), example()
    views, before = parameters.batch_norm(0, slice(0, F)), parameters.statistics.copy()
    expected = views.scale * (x - views.mean) / np.sqrt(views.variance + EPSILON) + views.shift
    np.testing.assert_allclose(FixedNorm(views).forward(x.copy()), expected, rtol=0, atol=1e-13)
    assert np.array_equal(parameters.statistics, before)


def test_fixed_norm_is_not_trained():
    with pytest.raises(RuntimeError, match="not trained"):
        FixedNorm(random_parameters().batch_norm(0, slice(0, F))).backward(example()[1])


def test_one_row_and_units_without_variance_give_the_shift_and_no_gradient():
    views, (x, dout) = random_parameters().batch_norm(0, slice(0, F)), example(rows=1)
    layer = BatchNorm(views, 1)
    assert np.array_equal(layer.forward(x.copy()), views.shift)
    assert not layer.backward(dout.copy()).any()
