"""Initial weights have zero mean and the variance that their papers ask for."""

from __future__ import annotations

import numpy as np
import pytest

from nnet.errors import SettingError
from nnet.initializers import INITIALIZERS, initializer_for

VARIANCES = {"he": lambda inputs, outputs: 2 / inputs, "glorot": lambda inputs, outputs: 2 / (inputs + outputs)}


@pytest.mark.parametrize("name", INITIALIZERS)
@pytest.mark.parametrize(("inputs", "outputs"), [(300, 200), (50, 1000)])
def test_mean_and_variance(name, inputs, outputs):
    weights = INITIALIZERS[name](np.random.default_rng(0), inputs, outputs)
    variance, count = VARIANCES[name](inputs, outputs), inputs * outputs
    assert weights.shape == (inputs, outputs)
    assert abs(weights.mean()) < 4 * np.sqrt(variance / count)
    assert abs(weights.var() / variance - 1) < 4 * np.sqrt(2 / count)  # the normal's; the uniform's is smaller


@pytest.mark.parametrize("name", INITIALIZERS)
def test_weights_follow_from_the_generator_alone(name):
    first, again, other = (INITIALIZERS[name](np.random.default_rng(seed), 4, 3) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_glorot_is_uniform_and_bounded():
    weights = INITIALIZERS["glorot"](np.random.default_rng(0), 100, 50)
    limit = np.sqrt(6 / 150)
    assert np.abs(weights).max() <= limit
    counts = np.histogram(weights, bins=10, range=(-limit, limit))[0]
    assert np.abs(counts - 500).max() < 4 * np.sqrt(500)


@pytest.mark.parametrize(("activation", "name"), [("relu", "he"), ("tanh", "glorot"), ("sigmoid", "glorot")])
def test_auto_chooses_by_activation_and_a_name_overrides(activation, name):
    assert initializer_for("auto", activation) is INITIALIZERS[name]
    for asked in INITIALIZERS:
        assert initializer_for(asked, activation) is INITIALIZERS[asked]


def test_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(SettingError, match="initializer must be one of glorot, he, but got 'xavier'"):
        initializer_for("xavier", "relu")
