"""Schedules against their formulas and PyTorch's numbers, with and without warm-up."""

from __future__ import annotations

from itertools import pairwise
from math import cos, exp, log, pi

import numpy as np
import pytest

from nnet.errors import SettingError
from nnet.schedules import SCHEDULES, Schedule

DECAY = 0.2
FRACTIONS = np.linspace(0, 0.9999, 400).tolist()


def annealed(start, end, share):
    """Compute PyTorch's OneCycleLR._annealing_cos."""
    return end + (start - end) / 2 * (1 + cos(pi * share))


REFERENCES = {
    "constant": lambda f: 1.0,
    "coslog4": lambda f: np.sin(pi * np.log2(1 + 15 * f)) ** 2,
    "cosine": lambda f: annealed(1, DECAY, f),
    "linear": lambda f: 1 - f,
    "exponential": lambda f: exp(f * log(DECAY)),
    "one_cycle": lambda f: annealed(0.04, 1, f / 0.3) if f < 0.3 else annealed(1, FINAL, (f - 0.3) / 0.7),
    "plateau": lambda f: 1.0,
    "step": lambda f: 1.0 if f < 1 / 3 else DECAY if f < 2 / 3 else DECAY**2,
}
FINAL = 0.04 / 1e4  # PyTorch's initial_lr / final_div_factor, as a share of max_lr
# torch 2.13.0: CosineAnnealingLR(T_max=100, eta_min=0.2) after so many of 100 steps
COSINE = {0: 1.0, 10: 0.9804226065180623, 25: 0.8828427124746205, 50: 0.6, 75: 0.31715728752538147, 100: 0.2}


@pytest.mark.parametrize("name", SCHEDULES)
def test_factor_is_the_formula_at_every_fraction(name):
    schedule = Schedule(name, DECAY)
    for fraction in FRACTIONS:
        assert schedule(fraction) == pytest.approx(REFERENCES[name](fraction), rel=1e-12, abs=1e-15)


def test_one_cycle_ends_where_pytorchs_does():
    assert Schedule("one_cycle")(1.0) == pytest.approx(4e-6)


def test_cosine_is_pytorchs():
    for step, factor in COSINE.items():
        assert Schedule("cosine", 0.2)(step / 100) == pytest.approx(factor, rel=1e-12)


def test_one_cycle_is_pytorchs_between_the_same_turning_points():
    # OneCycleLR(max_lr=1, total_steps=101) peaks at its 29th step of 0..100, 0.3 * 101 - 1 = 29.3
    schedule = Schedule("one_cycle")
    rising = {0: 0.04, 5: 0.10734245574706713, 15: 0.5380089997421007, 29: 0.9997516976618612}
    falling = {30: 0.9997581421134295, 60: 0.6025806488883263, 90: 0.04855982953126747}
    for step, factor in rising.items():
        assert schedule(step / 29.3 * 0.3) == pytest.approx(factor, rel=1e-9)
    for step, factor in falling.items():
        assert schedule(0.3 + (step - 29.3) / 70.7 * 0.7) == pytest.approx(factor, rel=1e-9)


def test_coslog4_rises_and_falls_four_times_each_time_in_twice_the_time():
    schedule = Schedule("coslog4")
    for cycle in range(4):
        start, end = (2**cycle - 1) / 15, (2 ** (cycle + 1) - 1) / 15
        top = (2 ** (cycle + 0.5) - 1) / 15
        for fraction, factor in ((start, 0), (top, 1), (end, 0)):
            assert schedule(fraction) == pytest.approx(factor, abs=1e-12)
        for before, after in pairwise(np.linspace(start, top, 20)):
            assert schedule(before) < schedule(after)


def test_linear_falls_from_where_it_is_told_to():
    for start in (0.0, 0.5, 0.9):
        schedule = Schedule("linear", decay_start=start)
        assert schedule(start) == 1
        assert schedule(start / 2) == 1
        assert schedule((start + 1) / 2) == pytest.approx(0.5)
        assert schedule(1.0) == 0
    warm = Schedule("linear", warm_up=0.5, decay_start=0.5)
    assert [warm(fraction) for fraction in (0.25, 0.5, 0.75, 0.875, 1.0)] == [0.5, 1, 1, 0.5, 0]


@pytest.mark.parametrize("name", SCHEDULES)
def test_warm_up_is_a_line_from_zero_and_the_schedule_follows_in_what_is_left(name):
    for warm_up in (0.1, 0.5, 0.9):
        schedule, plain = Schedule(name, DECAY, warm_up), Schedule(name, DECAY)
        for share in (0.0, 0.25, 0.5, 0.999):
            assert schedule(warm_up * share) == pytest.approx(share)
            assert schedule(warm_up + (1 - warm_up) * share) == pytest.approx(plain(share), abs=1e-9)


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_least_and_the_largest_decay(name):
    least, largest = ([Schedule(name, decay)(fraction) for fraction in FRACTIONS] for decay in (0.0, 1.0))
    assert all(0 <= factor <= 1 for factor in (*least, *largest))
    assert name in ("coslog4", "linear", "one_cycle") or set(largest) == {1.0}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "line"}, r"schedule must be one of .*, but got 'line'"),
        ({"decay": -0.1}, r"`0 <= decay <= 1` must hold, but got decay=-0\.1"),
        ({"decay": 1.5}, r"decay=1\.5"),
        ({"decay": "0.1"}, r"decay must be a number, but got '0\.1'"),
        ({"decay": float("nan")}, "decay=nan"),
        ({"warm_up": -0.1}, r"`0 <= warm_up < 1` must hold, but got warm_up=-0\.1"),
        ({"warm_up": 1.0}, r"warm_up=1\.0"),
        ({"warm_up": float("nan")}, "warm_up=nan"),
        ({"decay_start": -0.1}, r"`0 <= decay_start < 1` must hold, but got decay_start=-0\.1"),
        ({"decay_start": 1.0}, r"decay_start=1\.0"),
    ],
)
def test_impossible_schedules_are_refused(options, message):
    with pytest.raises(SettingError, match=message):
        Schedule(**options)
