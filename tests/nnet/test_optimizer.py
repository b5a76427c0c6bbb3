"""What an optimizer refuses: other than parameters, folds that there are not, and fewer or more rates than folds."""

from __future__ import annotations

import numpy as np
import pytest

from nnet.errors import SettingError, ShapeError
from nnet.network import Architecture, Network
from nnet.optimizers import OPTIMIZERS


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_folds_are_a_range_of_the_parameters_own(name):
    network = Network(Architecture(2, (3,), 1), [0, 1])
    optimizer, before = OPTIMIZERS[name](network.parameters, l2=0.1), network.parameters.values.copy()
    for folds in (0, slice(0, 3), slice(1, 1), slice(None), slice(-1, 2), slice(0, 2, 2)):
        with pytest.raises(ShapeError, match=r"^folds must be within slice\(0, 2\), but got "):
            optimizer.step(folds, 0.1)
    assert optimizer.steps == [0, 0]
    assert np.array_equal(network.parameters.values, before)


@pytest.mark.parametrize("rates", [[], [0.1], [0.1] * 3, np.full(3, 0.1)])
def test_rates_are_one_or_one_for_each_fold(rates):
    optimizer = OPTIMIZERS["sgd"](Network(Architecture(2, (3,), 1), [0, 1]).parameters, l2=0.0)
    with pytest.raises(
        ShapeError, match=rf"^learning_rates must be a number, or 2 of them, .*, but got {len(rates)}\.$"
    ):
        optimizer.step(slice(0, 1), rates)
    assert optimizer.steps == [0, 0]


def test_a_network_is_no_parameters():
    network = Network(Architecture(2, (3,), 1), [0])
    for given in (network, network.parameters.values):
        with pytest.raises(SettingError, match=r"^parameters must be of type .*; give network\.parameters\.$"):
            OPTIMIZERS["adam"](given, l2=0.0)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"l2": -1}, "0 <= l2 < inf"),
        ({"l2": 0.0, "momentum": 1.0}, "0 <= momentum < 1"),
        ({"l2": 0.0, "l1": float("nan")}, "0 <= l1 < inf"),
        ({"l2": 0.0, "clip_norm": float("inf")}, "0 <= clip_norm < inf"),
        ({"l2": 0.0, "beta2": 0.4}, "0.5 <= beta2 < 1"),
    ],
)
def test_a_setting_out_of_its_range_is_refused(wrong, rule):
    parameters = Network(Architecture(2, (3,), 1), [0]).parameters
    with pytest.raises(SettingError, match=rf"^`{rule}` must hold, but got {list(wrong)[-1]}=.*\.$"):
        OPTIMIZERS["sgd"](parameters, **wrong)


def test_a_setting_that_is_no_number_is_refused():
    with pytest.raises(SettingError, match=r"^l2 must be a number, but got '0.1'\.$"):
        OPTIMIZERS["adam"](Network(Architecture(2, (3,), 1), [0]).parameters, l2="0.1")
