"""Training settings: the allowed values, and refusals that state the rule and the value."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest

from nnet.errors import SettingError
from nnet.losses import LOSSES
from nnet.optimizers import OPTIMIZERS
from nnet.schedules import SCHEDULES, Schedule
from nnet.settings import TrainingSettings

RANGES = {
    "label_smoothing": ("0 <= label_smoothing < 1", [-0.1, 1.0], [0.0, 0.99]),
    "huber_delta": ("0 < huber_delta < inf", [0.0, math.inf], [1e-3, 10.0]),
    "learning_rate": ("0 < learning_rate < inf", [0.0, -1.0, math.inf], [1e-9, 100.0]),
    "momentum": ("0 <= momentum < 1", [-0.1, 1.0], [0.0, 0.99]),
    "beta2": ("0.5 <= beta2 < 1", [0.4, 1.0], [0.5, 0.95]),
    "l1": ("0 <= l1 < inf", [-1e-9, math.inf], [0.0, 10.0]),
    "l2": ("0 <= l2 < inf", [-1e-9, math.inf], [0.0, 10.0]),
    "max_norm": ("0 <= max_norm < inf", [-1.0, math.inf], [0.0, 3.0]),
    "clip_norm": ("0 <= clip_norm < inf", [-1.0, math.inf], [0.0, 3.0]),
    "decay": ("0 <= decay <= 1", [-0.1, 1.1], [0.0, 1.0]),
    "decay_start": ("0 <= decay_start < 1", [-0.1, 1.0], [0.0, 0.9]),
    "warm_up": ("0 <= warm_up < 1", [-0.1, 1.0], [0.0, 0.9]),
}
LEAST = {"epochs": 1, "batch_size": 1, "plateau_patience": 1, "patience": 0, "average_epochs": 1, "validate_every": 1}
NAMES = {"loss": LOSSES, "optimizer": OPTIMIZERS, "schedule": SCHEDULES}


def test_every_setting_is_covered_here():
    assert {field.name for field in fields(TrainingSettings)} == RANGES.keys() | LEAST.keys() | NAMES.keys()


@pytest.mark.parametrize("name", RANGES)
def test_numbers_outside_their_range_are_refused(name):
    rule, outside, inside = RANGES[name]
    for value in [*outside, math.nan]:
        with pytest.raises(SettingError, match=f"^`{rule}` must hold, but got {name}={value!r}"):
            TrainingSettings(**{name: value})
    for value in ("1", None, True):
        with pytest.raises(SettingError, match=f"^{name} must be a number, but got {value!r}"):
            TrainingSettings(**{name: value})
    for value in inside:
        assert getattr(TrainingSettings(**{name: value}), name) == value


@pytest.mark.parametrize("name", LEAST)
def test_counts_that_are_too_small_too_large_or_not_whole_are_refused(name):
    for value in (LEAST[name] - 1, 1 << 80):
        with pytest.raises(
            SettingError, match=rf"^`{LEAST[name]} <= {name} <= \d+` must hold, but got {name}={value}\."
        ):
            TrainingSettings(**{name: value})
    for value in (2.0, True, "3", None):
        with pytest.raises(SettingError, match=f"^{name} must be an integer, but got {value!r}"):
            TrainingSettings(**{name: value})
    assert getattr(TrainingSettings(**{name: LEAST[name]}), name) == LEAST[name]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_those_of_the_tables(name):
    for known in NAMES[name]:
        assert getattr(TrainingSettings(**{name: known}), name) == known
    with pytest.raises(SettingError, match=rf"{name} must be one of .*, but got 'other'"):
        TrainingSettings(**{name: "other"})


def test_rates_are_the_schedule_that_is_named():
    assert TrainingSettings(schedule="cosine", decay=0.3, warm_up=0.2).rates() == Schedule("cosine", 0.3, 0.2)
    assert TrainingSettings(schedule="linear", decay_start=0.7).rates() == Schedule("linear", decay_start=0.7)


def test_numbers_of_numpy_become_pythons():
    made = TrainingSettings(epochs=np.int64(3), learning_rate=np.float32(0.5), l2=np.float64(0.1), decay=np.int8(1))
    assert made == TrainingSettings(epochs=3, learning_rate=0.5, l2=0.1, decay=1)
    assert [type(value) for value in (made.epochs, made.learning_rate, made.l2, made.decay)] == [int, float, float, int]


def test_settings_are_frozen():
    with pytest.raises(FrozenInstanceError):
        TrainingSettings().epochs = 3


def test_what_is_not_asked_for_is_off():
    settings = TrainingSettings()
    assert settings.l1 == settings.max_norm == settings.clip_norm == settings.label_smoothing == settings.warm_up == 0
    assert (settings.schedule, settings.average_epochs, settings.validate_every) == ("constant", 1, 1)
    assert (settings.optimizer, settings.loss, settings.huber_delta) == ("adam", "cross_entropy", 1)
    assert settings.beta2 == 0.999
