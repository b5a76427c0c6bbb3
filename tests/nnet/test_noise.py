"""Noise is nearly normal, of the given deviation, and drawn from each fold's own random words by exact operations."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from nnet.errors import SettingError
from nnet.noise import DEVIATION, MEAN, Gaussian, Noise
from nnet.streams import RandomBits

F, B, UNITS = 3, 4, 5
DTYPE = np.dtype(np.float64)


def bits(count=F):
    return [RandomBits(np.random.Generator(np.random.SFC64([0, fold]))) for fold in range(count)]


def distribution():
    """Compute the probability of each whole number that can be drawn: 256 for each of 16 coins, and two bytes."""
    coins = np.zeros(256 * 16 + 1)
    coins[::256] = scipy.stats.binom.pmf(np.arange(17), 16, 0.5)
    byte = np.full(256, 1 / 256)
    return np.convolve(np.convolve(coins, byte), byte)


def test_the_distribution_has_the_mean_and_variance_that_are_taken_off_and_is_within_3_thousandths_of_the_normal():
    probabilities = distribution()
    numbers = np.arange(len(probabilities))
    assert probabilities @ numbers == pytest.approx(MEAN, rel=1e-12)
    assert probabilities @ (numbers - MEAN) ** 2 == pytest.approx(DEVIATION**2, rel=1e-12)
    z, below = (numbers - MEAN) / DEVIATION, np.cumsum(probabilities)
    normal = scipy.stats.norm.cdf(z)
    furthest = max(np.abs(below - normal).max(), np.abs(below - probabilities - normal).max())
    assert 0.0029 < furthest < 0.003
    assert np.abs(z).max() < 4.5


def test_what_is_drawn_has_that_distribution():
    drawn = Gaussian(DEVIATION, bits(1), 400, 500, DTYPE).draw().ravel() + MEAN
    whole = np.rint(drawn).astype(int)
    np.testing.assert_allclose(drawn, whole, atol=1e-9)
    edges = np.array([0, *range(1000, 3700, 90), 4607])
    counts = np.histogram(whole, edges)[0]
    expected = np.diff(np.concatenate([[0], np.cumsum(distribution())])[edges])
    expected[-1] += 1 - expected.sum()
    assert 1e-4 < scipy.stats.chisquare(counts, expected * whole.size).pvalue < 1 - 1e-4


def test_the_first_numbers_are_these_on_every_machine():
    words = bits(1)[0].take(10)
    ones = np.array([int(word).bit_count() for word in words[:5]])
    halves = words[5:].view(np.uint8)
    expected = (ones * 256 + halves[:5] + halves[5:] - MEAN) * np.float32(0.5 / DEVIATION)
    drawn = Gaussian(0.5, bits(1), 1, 5, np.dtype(np.float32)).draw()
    assert drawn.dtype == np.float32
    assert np.array_equal(drawn[0, 0], expected.astype(np.float32))


@pytest.mark.parametrize("deviation", [0.0, 0.1, 3.0])
def test_the_deviation_is_the_one_asked_for_and_numbers_are_independent(deviation):
    drawn = Gaussian(deviation, bits(1), 300, 200, np.dtype(np.float32)).draw()[0].astype(float)
    assert abs(drawn.mean()) <= 4 * deviation / np.sqrt(drawn.size)
    assert abs(drawn.var() - deviation**2) <= 4 * np.sqrt(2 / drawn.size) * deviation**2
    if deviation:
        for one, other in ((drawn[:-1], drawn[1:]), (drawn[:, :-1], drawn[:, 1:])):
            assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 4 / np.sqrt(one.size)


def test_numbers_change_from_step_to_step_and_are_each_folds_own():
    together = Gaussian(1.0, bits(3), 20, 30, DTYPE)
    steps = [together.draw().copy() for _ in range(2)]
    for fold, own in enumerate(bits(3)):
        alone = Gaussian(1.0, [own], 20, 30, DTYPE)
        for drawn in steps:
            assert np.array_equal(alone.draw()[0], drawn[fold])
    assert len({drawn[fold].tobytes() for drawn in steps for fold in range(3)}) == 6


def test_a_layer_adds_the_numbers_and_passes_the_gradient_on():
    x = np.random.default_rng(1).normal(size=(F, B, UNITS))
    before = x.copy()
    layer = Noise(Gaussian(0.3, bits(), B, UNITS, DTYPE))
    assert np.array_equal(layer.forward(x), before + Gaussian(0.3, bits(), B, UNITS, DTYPE).draw())
    assert np.array_equal(x, before)
    assert layer.backward(x) is x


def test_a_deviation_outside_its_range_is_refused():
    for deviation in (-0.1, np.inf, np.nan):
        with pytest.raises(SettingError, match=f"`0 <= noise < inf` must hold, but got noise={deviation}"):
            Gaussian(deviation, bits(), B, UNITS, DTYPE)
