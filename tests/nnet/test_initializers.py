"""Initial weights have zero mean and the variance that their papers ask for."""

from __future__ import annotations

import numpy as np
import pytest

from nnet.activations import ACTIVATIONS, RECTIFIERS
from nnet.errors import SettingError
from nnet.initializers import INITIALIZERS, initializer_for

VARIANCES = {
    "glorot": lambda inputs, outputs: 2 / (inputs + outputs),
    "he": lambda inputs, outputs: 2 / inputs,
    "lecun": lambda inputs, outputs: 1 / inputs,
    "normal": lambda inputs, outputs: 1e-4,
    "orthogonal": lambda inputs, outputs: 1 / max(inputs, outputs),
    "zeros": lambda inputs, outputs: 0.0,
}


def draw(name, inputs, outputs, seed=0):
    return INITIALIZERS[name](np.random.default_rng(seed), inputs, outputs)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_mean_and_variance(name):
    for inputs, outputs in [(80, 60), (30, 200)]:
        weights = draw(name, inputs, outputs)
        variance, count = VARIANCES[name](inputs, outputs), inputs * outputs
        assert weights.shape == (inputs, outputs)
        assert weights.flags.c_contiguous
        assert abs(weights.mean()) <= 4 * np.sqrt(variance / count)
        # the normal's spread; the uniform's is smaller
        assert abs(weights.var() - variance) <= 4 * np.sqrt(2 / count) * variance


def test_weights_follow_from_the_generator_alone():
    for name in INITIALIZERS:
        first, again, other = (draw(name, 4, 3, seed) for seed in (1, 1, 2))
        assert np.array_equal(first, again)
        assert np.array_equal(first, other) == (name == "zeros")


@pytest.mark.parametrize(("name", "limit"), [("glorot", np.sqrt(6 / 150)), ("he", np.sqrt(6 / 100))])
def test_glorot_and_he_are_uniform(name, limit):
    weights = draw(name, 100, 50)
    assert np.abs(weights).max() <= limit
    counts = np.histogram(weights, bins=10, range=(-limit, limit))[0]
    assert np.abs(counts - 500).max() < 4 * np.sqrt(500)


@pytest.mark.parametrize("name", ["normal", "lecun"])
def test_normal_is_normal(name):
    weights = draw(name, 200, 200)
    deviation = np.sqrt(VARIANCES[name](200, 200))
    for times, share in ((1, 0.6827), (2, 0.9545), (3, 0.9973)):
        assert abs((np.abs(weights) < times * deviation).mean() - share) < 0.01


def test_orthogonal_has_orthonormal_columns_or_rows():
    for inputs, outputs in [(7, 7), (9, 4), (4, 9), (5, 1), (1, 5), (1, 1)]:
        weights = draw("orthogonal", inputs, outputs)
        product = weights.T @ weights if inputs >= outputs else weights @ weights.T
        np.testing.assert_allclose(product, np.eye(min(inputs, outputs)), atol=1e-13)


@pytest.mark.parametrize(("inputs", "outputs"), [(3, 2), (2, 3), (1, 1)])
def test_orthogonal_prefers_no_direction(inputs, outputs):
    drawn = np.array([draw("orthogonal", inputs, outputs, seed) for seed in range(400)])
    spread = np.sqrt(1 / max(inputs, outputs) / 400)
    assert (np.abs(drawn.mean(axis=0)) < 4 * spread).all()
    if inputs != 1:
        np.testing.assert_allclose((drawn**2).mean(axis=0), 1 / max(inputs, outputs), atol=0.08)


def test_auto_is_he_before_rectifiers_lecun_before_selu_and_a_name_overrides():
    assert {"relu", "leaky_relu", "silu", "gelu", "mish"} == RECTIFIERS
    for activation in ACTIVATIONS:
        name = "he" if activation in RECTIFIERS else {"selu": "lecun"}.get(activation, "glorot")
        assert initializer_for("auto", activation) is INITIALIZERS[name]
        for asked in INITIALIZERS:
            assert initializer_for(asked, activation) is INITIALIZERS[asked]


def test_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(SettingError, match=r"initializer must be one of auto, glorot, he, .*, but got 'xavier'"):
        initializer_for("xavier", "relu")
