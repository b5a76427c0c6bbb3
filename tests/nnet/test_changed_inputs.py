"""Outputs for changed inputs are those of the changed rows, and of unchanged rows the very bits of a prediction."""

from __future__ import annotations

import numpy as np
import pytest

from nnet.changed_inputs import ChangedInputs
from nnet.network import CHUNK, Architecture, Network
from support.compiled import WITH_NUMBA, passes

KINDS = {
    "relu": {"hidden": (6, 5)},
    "no hidden layer": {"hidden": ()},
    "tanh": {"hidden": (6,), "activation": "tanh"},
    "batch_norm": {"hidden": (6,), "batch_norm": True},
    "input_scale": {"hidden": (6,), "input_scale": True},
    "training alone": {"hidden": (6,), "dropout": 0.5, "input_dropout": 0.5, "noise": 0.1, "input_noise": 0.1},
}
NONE, ONE, SOME = [], [3], [0, 4, 2]


def example(kind="relu", rows=9, dtype=np.float64):
    network = Network(Architecture(5, outputs=2, **KINDS[kind]), np.random.SeedSequence(0).spawn(3), dtype)
    random = np.random.default_rng(1)
    network.parameters.values[...] += random.normal(scale=0.1, size=network.parameters.values.shape)
    return network, random.normal(size=(rows, 5)), random


@pytest.mark.parametrize("inputs", [ONE, SOME])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rows", [9, CHUNK + 9])
def test_changed_inputs_have_the_outputs_of_the_changed_rows(kind, inputs, rows):
    network, x, random = example(kind, rows)
    known = ChangedInputs(network, slice(1, 3), x)
    for _ in range(2):
        changed = x.copy()
        changed[:, inputs] = random.normal(size=(rows, len(inputs)))
        outputs = known.outputs(np.array(inputs), changed[:, inputs])
        np.testing.assert_allclose(outputs, network.predict_folds(changed, slice(1, 3)), rtol=1e-12, atol=1e-12)
        assert np.abs(outputs - network.predict_folds(x, slice(1, 3))).max() > 0.01


@pytest.mark.parametrize("inputs", [NONE, ONE, SOME])
@pytest.mark.parametrize("kind", KINDS)
def test_where_nothing_changes_the_outputs_are_the_bits_of_a_prediction(kind, inputs):
    network, x, _ = example(kind, dtype=np.float32)
    x = x.astype(np.float32)
    inputs = np.array(inputs, np.int64)
    outputs = ChangedInputs(network, slice(0, 3), x).outputs(inputs, x[:, inputs])
    assert outputs.tobytes() == network.predict_folds(x, slice(0, 3)).tobytes()


@WITH_NUMBA
@pytest.mark.slow
def test_compiled_passes_change_no_bit():
    found = []
    for wanted in (False, True):
        with passes(wanted):
            network, x, random = example(dtype=np.float32)
            values = random.normal(size=(9, 1)).astype(np.float32)
            found.append(ChangedInputs(network, slice(0, 3), x).outputs(np.array([3]), values).tobytes())
    assert found[0] == found[1]


def test_the_rows_stay_as_they_are():
    network, x, random = example()
    known, before = ChangedInputs(network, slice(0, 1), x), x.copy()
    first = known.outputs(np.array(ONE), random.normal(size=(9, 1)))
    again = known.outputs(np.array([], np.int64), np.empty((9, 0)))
    assert (x == before).all()
    assert again.tobytes() == network.predict_folds(x, slice(0, 1)).tobytes()
    assert (first != again).any()
