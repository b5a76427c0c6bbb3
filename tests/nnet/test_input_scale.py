"""Each fold's inputs by factors of its own, with their gradients."""

from __future__ import annotations

import numpy as np

from nnet.input_scale import InputScale
from nnet.parameters import Parameters

F, B, INPUTS = 3, 7, 4


def random_parameters():
    parameters = Parameters((INPUTS, 2), False, F, np.dtype(float), input_scale=True)
    parameters.values[:] = np.random.default_rng(1).normal(size=parameters.values.shape)
    return parameters


def test_output_is_the_input_by_each_folds_own_factors():
    views = random_parameters().input_scale(slice(0, F))
    x = np.random.default_rng(2).normal(size=(F, B, INPUTS))
    before = x.copy()
    out = InputScale(views, B).forward(x)
    for fold in range(F):
        assert np.array_equal(out[fold], before[fold] * views.factors[fold, 0])
    assert np.array_equal(x, before)  # backward needs it


def test_gradients_match_central_differences(check_layer):
    parameters = random_parameters()
    x, dout = np.random.default_rng(2).normal(size=(2, F, B, INPUTS))
    check_layer(InputScale(parameters.input_scale(slice(0, F)), B), parameters, x, dout, INPUTS)
