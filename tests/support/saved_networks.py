"""Saved networks, forged ones, and their refusals."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnet.batches import FoldData
from nnet.errors import SavingError
from nnet.network import Architecture, Network
from nnet.saving import MODEL, OWN, WEIGHTS, load
from nnet.settings import TrainingSettings
from nnet.training import fit

ARCHITECTURES = {
    "plain": Architecture(6, (5, 4), 3),
    "single layer": Architecture(6, (), 1),
    "batch norm": Architecture(6, (5, 4), 3, activation="tanh", batch_norm=True, dropout=0.1, input_dropout=0.2),
    "input scale": Architecture(6, (5,), 3, input_scale=True, noise=0.1),
    "orthogonal": Architecture(6, (40,), 40, activation="gelu", initializer="orthogonal"),
}


def trained(architecture: Architecture, dtype: type = np.float32) -> Network:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(30, architecture.inputs)).astype(dtype)
    y = rng.normal(size=(30, architecture.outputs))
    data = FoldData(x, y, np.arange(30), np.arange(0))
    settings = TrainingSettings(epochs=2, batch_size=8, loss="mean_squared_error")
    return fit(architecture, settings, [data], [np.random.SeedSequence(1)], epochs=2)[0]


def arrays_of(folder: Path) -> dict[str, np.ndarray]:
    with np.load(folder / WEIGHTS, allow_pickle=False) as archive:
        return dict(archive)


def words_of(folder: Path) -> dict[str, Any]:
    """Return the content of model.json without its checksum of itself, so that it can be forged."""
    model: dict[str, Any] = json.loads((folder / MODEL).read_text())
    model.pop(OWN, None)
    return model


def forge(folder: Path, weights: bytes) -> None:
    """Replace the weights, and set their checksum."""
    (folder / WEIGHTS).write_bytes(weights)
    model = words_of(folder)
    model["sha256"] = hashlib.sha256(weights).hexdigest()
    (folder / MODEL).write_text(json.dumps(model))


def refusal(folder: Path) -> str:
    """Return the message of a refusal, a single line that names the folder; fail if it takes much memory."""
    tracemalloc.start()
    try:
        with pytest.raises(SavingError) as caught:
            load(folder)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    message = str(caught.value)
    assert "\n" not in message
    assert str(folder) in message
    assert len(message) < len(str(folder)) + 400
    assert peak < 32 << 20
    return message
