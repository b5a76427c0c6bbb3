"""Optimizers against straightforward references written from the papers, and against PyTorch's numbers."""

from __future__ import annotations

import numpy as np
import pytest

from nnet import optimizers
from nnet.errors import SettingError
from nnet.optimizers import OPTIMIZERS, make_optimizer
from nnet.parameters import Parameters

STEPS, SIZES = 50, (3, 4, 2)


def adam(w, gradient, decay, rates, momentum):
    """Kingma and Ba (2015), algorithm 1; the penalty's gradient is part of g."""
    m = v = np.zeros_like(w)
    for t, rate in enumerate(rates, start=1):
        g = gradient(t, w) + decay * w
        m = 0.9 * m + (1 - 0.9) * g
        v = 0.999 * v + (1 - 0.999) * g**2
        w = w - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w


def sgd(w, gradient, decay, rates, momentum):
    """Sutskever et al. (2013), equations 1 and 2, with the rate outside the velocity."""
    v = np.zeros_like(w)
    for t, rate in enumerate(rates, start=1):
        v = momentum * v + gradient(t, w) + decay * w
        w = w - rate * v
    return w


REFERENCES = {"adam": adam, "sgd": sgd}

# PyTorch 2.13.0, float64, from [0.5, -1, 1.5, -2, 0.25, -0.25] with the gradient cos(t * [1..6]) + w / 2, lr 0.01:
# torch.optim.Adam and torch.optim.SGD(momentum=0.9), weight_decay on the first four and 0 on the last two
PYTORCH = {
    ("adam", 0.0): [
        0.3587098978261741, -0.7247543467817047, 1.1749860922551383, -1.6070640966800298,
        0.18116149151457742, -0.2098251234830033,
    ],
    ("adam", 0.1): [
        0.33526256580203, -0.6965912607487246, 1.146735766629701, -1.586418593151273,
        0.18116149151457742, -0.2098251234830033,
    ],
    ("sgd", 0.0): [
        0.005764052987856397, 0.018821277630660542, -0.018571609001086592, 0.02959742155859909,
        -0.005401577826885277, -0.0628348313754221,
    ],
    ("sgd", 0.1): [
        -0.021387918272976078, 0.06232094170952599, -0.0925185770689185, 0.12009646011135872,
        -0.005401577826885277, -0.0628348313754221,
    ],
}  # fmt: skip


def random_parameters(folds=3, dtype=np.float64):
    parameters = Parameters(SIZES, folds, np.dtype(dtype))
    parameters.values[:] = np.random.default_rng(0).normal(size=parameters.values.shape)
    return parameters


def gradient_like(values):
    """A gradient that differs from step to step, fold to fold and column to column, and depends on the values."""
    frequencies = np.arange(1, values.size + 1, dtype=np.float64).reshape(values.shape)
    return lambda t, w: np.cos(t * frequencies) + w / 2


def run(name, parameters, gradient, l2, rates, momentum=0.9):
    optimizer = make_optimizer(name, parameters, l2, momentum)
    for t, rate in enumerate(rates, start=1):
        parameters.gradients[:] = gradient(t, parameters.values)
        optimizer.step(slice(0, len(parameters.values)), rate)
    return parameters.values


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("l2", [0.0, 0.1])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("rates", [[0.01] * STEPS, [0.1 / t for t in range(1, STEPS + 1)]], ids=["constant", "falling"])
def test_many_steps_equal_the_papers_formulas(name, l2, momentum, rates):
    parameters = random_parameters()
    gradient, decay = gradient_like(parameters.values), np.full(parameters.values.shape[1], l2)
    decay[parameters.weight_columns :] = 0
    expected = REFERENCES[name](parameters.values.copy(), gradient, decay, rates, momentum)
    np.testing.assert_allclose(run(name, parameters, gradient, l2, rates, momentum), expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize(("name", "l2"), PYTORCH)
def test_many_steps_equal_pytorch(name, l2):
    parameters = Parameters((2, 2), 1, np.dtype(np.float64))
    parameters.values[:] = [0.5, -1.0, 1.5, -2.0, 0.25, -0.25]
    values = run(name, parameters, gradient_like(parameters.values), l2, [0.01] * STEPS)
    np.testing.assert_allclose(values[0], PYTORCH[name, l2], rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_penalty_shrinks_weights_and_never_touches_biases(name):
    parameters = random_parameters()
    before, columns = parameters.values.copy(), parameters.weight_columns
    after = run(name, parameters, lambda t, w: np.zeros_like(w), 0.5, [1e-3] * 10)
    assert (np.abs(after[:, :columns]) < np.abs(before[:, :columns])).all()
    assert np.array_equal(after[:, columns:], before[:, columns:])


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("l2", [0.0, 0.1])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("block", [1, 7, 50])
def test_the_block_size_changes_no_bit(name, l2, dtype, block, monkeypatch):
    parameters = random_parameters(dtype=dtype)
    whole = run(name, parameters, gradient_like(parameters.values), l2, [0.01] * 5).copy()
    monkeypatch.setattr(optimizers, "BLOCK", block)
    parameters = random_parameters(dtype=dtype)
    blocked = run(name, parameters, gradient_like(parameters.values), l2, [0.01] * 5)
    assert np.array_equal(blocked, whole)
    assert blocked.dtype == dtype


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_a_fold_that_sits_steps_out_is_as_if_alone(name, l2):
    parameters = random_parameters(dtype=np.float32)
    start, frequencies = parameters.values.copy(), gradient_like(parameters.values)
    optimizer, out = make_optimizer(name, parameters, l2, 0.9), {2, 5, 6, 11}
    for t in range(1, 15):
        parameters.gradients[:] = frequencies(t, parameters.values)
        resting = parameters.values[1].copy()
        for folds in [slice(0, 1), slice(2, 3)] if t in out else [slice(0, 3)]:
            optimizer.step(folds, 0.01)
        assert np.array_equal(parameters.values[1], resting) == (t in out)
    for fold in range(3):
        alone = Parameters(SIZES, 1, np.dtype(np.float32))
        alone.values[:] = start[fold]
        optimizer = make_optimizer(name, alone, l2, 0.9)
        for t in range(1, 15):
            if not (fold == 1 and t in out):
                alone.gradients[:] = frequencies(t, alone.values)[fold]
                optimizer.step(slice(0, 1), 0.01)
        assert np.array_equal(alone.values[0], parameters.values[fold])


def test_unknown_optimizer_is_refused():
    with pytest.raises(SettingError, match="optimizer must be one of adam, sgd, but got 'lion'"):
        make_optimizer("lion", random_parameters(), 0.0, 0.9)
