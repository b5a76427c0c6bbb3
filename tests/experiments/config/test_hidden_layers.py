"""What acts on hidden layers alone changes no bit of a network without them; anything else does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments.config.hidden_layers import OF_HIDDEN_LAYERS
from nnet.batches import FoldData
from nnet.network import Architecture
from nnet.settings import TrainingSettings
from nnet.training import fit

OTHERS: dict[str, Any] = {"activation": "tanh", "batch_norm": True, "dropout": 0.5, "noise": 0.5}


def weights(**changed: Any) -> bytes:
    random = np.random.default_rng(0)
    x, y = random.normal(size=(40, 3)).astype(np.float32), random.integers(0, 2, 40)
    fold = FoldData(x, y, np.arange(30), np.arange(30, 40))
    training = {name: changed.pop(name) for name in ("max_norm", "l1") if name in changed}
    settings = TrainingSettings(epochs=3, batch_size=8, learning_rate=0.1, **training)
    network, _ = fit(Architecture(3, (), 2, **changed), settings, [fold], [np.random.SeedSequence(1)], 3)
    return network.parameters.values.tobytes()


@pytest.mark.parametrize("name", sorted(OF_HIDDEN_LAYERS))
def test_what_acts_on_hidden_layers_does_nothing_without_them(name: str) -> None:
    assert weights(**{name: OTHERS[name]}) == weights()


@pytest.mark.parametrize(
    ("name", "value"),
    [("initializer", "normal"), ("input_dropout", 0.5), ("input_noise", 0.5), ("max_norm", 0.1), ("l1", 0.1)],
)
def test_what_acts_on_all_layers_has_an_effect(name: str, value: Any) -> None:
    assert name not in OF_HIDDEN_LAYERS
    assert weights(**{name: value}) != weights()
