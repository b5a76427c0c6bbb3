"""The dense layer for three folds at once: x W + b and its gradients, with and without a bias."""

from __future__ import annotations

import numpy as np
import pytest

from nnet.dense import Dense
from nnet.parameters import Parameters

F, B, INPUTS, UNITS, OUT = 3, 4, 5, 6, 2
DTYPE = np.dtype(np.float64)


def random_parameters(biased=True):
    parameters = Parameters((INPUTS, UNITS, OUT), not biased, F, DTYPE)
    parameters.values[:] = np.random.default_rng(1).normal(size=parameters.values.shape)
    return parameters


def example():
    rng = np.random.default_rng(2)
    return rng.normal(size=(F, B, INPUTS)), rng.normal(size=(F, B, UNITS))


@pytest.mark.parametrize(("biased", "unit_major"), [(True, False), (False, True)])
def test_output_is_x_w_plus_b_fold_by_fold(biased, unit_major):
    views, (x, _) = random_parameters(biased).dense(0, slice(0, F)), example()
    assert (views.bias is not None) == biased
    out = Dense(views, B, unit_major=unit_major).forward(x)
    assert (out.strides[1] == 8) == unit_major
    for fold in range(F):
        expected = x[fold] @ views.weights[fold] + (views.bias[fold, 0] if biased else 0)
        np.testing.assert_allclose(out[fold], expected, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize(("biased", "unit_major"), [(True, True), (False, False)])
def test_input_gradient_matches_central_differences(biased, unit_major, check_gradient):
    layer = Dense(random_parameters(biased).dense(0, slice(0, F)), B, unit_major=unit_major)
    x, dout = example()
    layer.forward(x)
    check_gradient(lambda: float((dout * layer.forward(x)).sum()), x, layer.backward(dout.copy()).copy())


@pytest.mark.parametrize(("biased", "input_gradient"), [(True, True), (False, False)])
def test_parameter_gradients_match_central_differences(biased, input_gradient, check_gradient):
    parameters, (x, dout) = random_parameters(biased), example()
    layer = Dense(parameters.dense(0, slice(0, F)), B, input_gradient)
    layer.forward(x)
    layer.backward(dout.copy())
    assert parameters.gradients.any(axis=0).sum() == INPUTS * UNITS + (UNITS if biased else 0)  # and no other layer's
    check_gradient(lambda: float((dout * layer.forward(x)).sum()), parameters.values, parameters.gradients.copy())


def test_gradients_replace_those_of_the_step_before():
    parameters, (x, dout) = random_parameters(), example()
    layer = Dense(parameters.dense(0, slice(0, F)), B)
    layer.forward(x)
    layer.backward(dout)
    first = parameters.gradients.copy()
    layer.forward(x)
    layer.backward(dout)
    assert np.array_equal(parameters.gradients, first)


def test_a_layer_of_some_folds_leaves_the_others_alone():
    parameters, (x, _) = random_parameters(), example()
    layer = Dense(parameters.dense(0, slice(1, 2)), B)
    layer.forward(x[1:2])
    layer.backward(np.ones((1, B, UNITS)))
    assert parameters.gradients[1].any()
    assert not parameters.gradients[[0, 2]].any()


def test_backward_changes_neither_the_data_nor_the_parameters():
    parameters, (x, dout) = random_parameters(), example()
    before, values = x.copy(), parameters.values.copy()
    layer = Dense(parameters.dense(0, slice(0, F)), B, input_gradient=False)
    layer.forward(x)
    layer.backward(dout)
    assert np.array_equal(x, before)
    assert np.array_equal(parameters.values, values)


def test_buffers_are_reused_from_call_to_call():
    layer, (x, dout) = Dense(random_parameters().dense(0, slice(0, F)), B), example()
    assert np.shares_memory(layer.forward(x), layer.forward(x))
    assert np.shares_memory(layer.backward(dout), layer.backward(dout))
