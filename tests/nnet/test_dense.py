"""The dense layer for three folds at once: x W + b and its gradients, with and without a bias."""

from __future__ import annotations

import re

import numpy as np
import pytest

from nnet.dense import Dense
from nnet.errors import ShapeError
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
def test_gradients_match_central_differences(biased, unit_major, check_layer):
    parameters, (x, dout) = random_parameters(biased), example()
    layer = Dense(parameters.dense(0, slice(0, F)), B, unit_major=unit_major)
    check_layer(layer, parameters, x, dout, INPUTS * UNITS + (UNITS if biased else 0))


def test_gradients_replace_those_of_the_step_before_and_need_no_input_gradient():
    gradients = []
    parameters, (x, dout) = random_parameters(), example()
    for input_gradient in (True, False, False):
        layer = Dense(parameters.dense(0, slice(0, F)), B, input_gradient)
        layer.forward(x)
        layer.backward(dout.copy())
        gradients.append(parameters.gradients.copy())
    assert np.array_equal(gradients[0], gradients[1])
    assert np.array_equal(gradients[1], gradients[2])


@pytest.mark.parametrize("x", [np.zeros((B, INPUTS)), np.zeros((F, B + 1, INPUTS)), np.zeros((F, B, UNITS)), [[1.0]]])
def test_an_input_of_another_shape_is_named_where_a_layer_is_called_by_hand(x):
    layer = Dense(random_parameters().dense(0, slice(0, F)), B)
    got = re.escape(str(getattr(x, "shape", "list")))
    with pytest.raises(ShapeError, match=rf"^x must be an array of shape \(3, 4, 5\), but got {got}"):
        layer.forward(x)
