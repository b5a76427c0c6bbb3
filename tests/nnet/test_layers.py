"""Every layer against central differences, for three folds with different parameters and data at once."""

from __future__ import annotations

import numpy as np
import pytest

from nnet.activations import ACTIVATIONS
from nnet.errors import SettingError
from nnet.layers import Activate, Dense, Dropout
from nnet.parameters import Parameters
from nnet.streams import RandomBits

F, B, UNITS, OUT = 3, 4, 5, 2
DTYPE = np.dtype(np.float64)


def random_parameters():
    parameters = Parameters((UNITS, OUT), F, DTYPE)
    parameters.values[:] = np.random.default_rng(1).normal(size=parameters.values.shape)
    return parameters


def bits(count=F, seed=0):
    return [RandomBits(np.random.Generator(np.random.SFC64([seed, fold]))) for fold in range(count)]


LAYERS = {
    "dense": lambda: Dense(random_parameters().dense(0, slice(0, F)), B),
    "dropout": lambda: Dropout(0.4, bits(), B, UNITS, DTYPE),  # a fresh layer draws the same first mask
    **{name: lambda f=f: Activate(f, F, B, UNITS, DTYPE) for name, f in ACTIVATIONS.items()},
}


def example():
    return np.random.default_rng(2).normal(size=(F, B, UNITS))


@pytest.mark.parametrize("name", LAYERS)
def test_input_gradient_matches_central_differences(name, check_gradient):
    layer, x = LAYERS[name](), example()
    dout = np.random.default_rng(3).normal(size=layer.forward(x.copy()).shape)

    def loss():
        return float((dout * LAYERS[name]().forward(x.copy())).sum())

    layer = LAYERS[name]()
    layer.forward(x.copy())
    check_gradient(loss, x, layer.backward(dout.copy()).copy())


@pytest.mark.parametrize("name", LAYERS)
def test_buffers_are_reused_from_call_to_call(name):
    layer, x = LAYERS[name](), example()
    outs = [layer.forward(x) for _ in range(2)]
    assert np.shares_memory(*outs)
    dout = np.ones_like(outs[0])
    assert np.shares_memory(layer.backward(dout), layer.backward(dout))


def test_dense_is_x_w_plus_b_fold_by_fold():
    parameters, x = random_parameters(), example()
    views = parameters.dense(0, slice(0, F))
    out = Dense(views, B).forward(x)
    for fold in range(F):
        np.testing.assert_allclose(out[fold], x[fold] @ views.weights[fold] + views.bias[fold, 0], rtol=1e-14)


@pytest.mark.parametrize("input_gradient", [True, False])
def test_dense_parameter_gradients_match_central_differences(input_gradient, check_gradient):
    parameters, x = random_parameters(), example()
    dout = np.random.default_rng(3).normal(size=(F, B, OUT))
    layer = Dense(parameters.dense(0, slice(0, F)), B, input_gradient)
    layer.forward(x)
    layer.backward(dout.copy())
    check_gradient(lambda: float((dout * layer.forward(x)).sum()), parameters.values, parameters.gradients.copy())


def test_dense_for_some_folds_leaves_the_others_alone():
    parameters, x = random_parameters(), example()
    layer = Dense(parameters.dense(0, slice(1, 2)), B)
    layer.forward(x[1:2])
    layer.backward(np.ones((1, B, OUT)))
    assert parameters.gradients[1].any()
    assert not parameters.gradients[[0, 2]].any()


def test_dense_backward_does_not_change_the_data():
    parameters, x = random_parameters(), example()
    before, layer = x.copy(), Dense(parameters.dense(0, slice(0, F)), B, input_gradient=False)
    layer.backward(layer.forward(x))
    assert np.array_equal(x, before)


@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dropout_keeps_its_share_and_scales_it_up(p, dtype):
    rows, units = 200, 500
    x = np.random.default_rng(0).uniform(1, 2, (2, rows, units)).astype(dtype)
    out = Dropout(p, bits(2), rows, units, np.dtype(dtype)).forward(x)
    kept = out != 0
    spread = np.sqrt(p * (1 - p) / (rows * units))
    assert (np.abs(kept.mean(axis=(1, 2)) - (1 - p)) <= 4 * spread).all()
    # the scale is that of p rounded to 16 bits
    np.testing.assert_allclose(out[kept], x[kept] / (1 - p), rtol=2.0**-17 / (1 - p) + 4 * np.finfo(dtype).eps)
    assert (np.abs(out.mean(axis=(1, 2)) / x.mean(axis=(1, 2)) - 1) <= 4 * spread / (1 - p) * 1.1 + 1e-6).all()
    assert out.dtype == dtype


def test_dropout_of_zero_is_the_identity():
    x = example()
    assert np.array_equal(Dropout(0.0, bits(), B, UNITS, DTYPE).forward(x), x)


@pytest.mark.parametrize("p", [1 - 2**-16, 1 - 2**-40])
def test_dropout_of_nearly_one_keeps_one_unit_in_65536(p):
    out = Dropout(p, bits(1), 1000, 1000, DTYPE).forward(np.ones((1, 1000, 1000)))
    assert set(np.unique(out)) == {0.0, 65536.0}
    assert 1 <= (out != 0).sum() < 40


def test_dropout_masks_change_from_step_to_step_and_are_each_folds_own():
    x = np.ones((3, 20, 30))
    layer = Dropout(0.5, bits(3), 20, 30, DTYPE)
    masks = [layer.forward(x).copy() for _ in range(2)]
    for fold, own in enumerate(bits(3)):
        alone = Dropout(0.5, [own], 20, 30, DTYPE)
        for mask in masks:
            assert np.array_equal(alone.forward(x[:1])[0], mask[fold])
    seen = [mask[fold].tobytes() for mask in masks for fold in range(3)]
    assert len(set(seen)) == 6


@pytest.mark.parametrize("p", [-0.1, 1, 1.5, np.nan])
def test_dropout_outside_its_range_is_refused(p):
    with pytest.raises(SettingError, match=f"`0 <= dropout < 1` must hold, but got dropout={p}"):
        Dropout(p, bits(), B, UNITS, DTYPE)
