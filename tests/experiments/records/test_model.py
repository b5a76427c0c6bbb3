"""A model folder holds numbers and words alone, and they predict what the network predicted."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.errors import StudyStateError
from experiments.records.model import Model, write_model
from nnet.arrays import Array
from nnet.network import Architecture, Network
from nnet.saving import load

X = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)
BY_HAND = {"relu": lambda a: np.maximum(a, 0), "tanh": np.tanh, "sigmoid": lambda a: 1 / (1 + np.exp(-a))}
ARCHITECTURES = [
    Architecture(5, (), 3),
    Architecture(5, (7,), 2, activation="tanh"),
    Architecture(5, (7, 4), 3, activation="sigmoid", initializer="glorot", dropout=0.25),
    Architecture(5, (4, 4, 4), 3, activation="relu", initializer="he"),
]


def trained(architecture: Architecture) -> Model:
    """A model whose every parameter was moved."""
    network = Network(architecture, [np.random.SeedSequence(1)])
    values = network.parameters.values
    values += np.random.default_rng(2).normal(0, 0.3, values.shape).astype(np.float32)
    return Model(network, np.linspace(-1, 1, 5), np.linspace(1, 2, 5), ("a", "ü<b>", "c"), 17)


def by_numpy(folder: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    """What a foreign program sees that knows npz and JSON alone."""
    with np.load(folder / "weights.npz", allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return arrays, json.loads((folder / "model.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=lambda one: "-".join(map(str, one.sizes)))
def test_the_arrays_predict_by_hand_what_the_network_predicts(tmp_path: Path, architecture: Architecture) -> None:
    model = trained(architecture)
    write_model(model, tmp_path)
    arrays, description = by_numpy(tmp_path)
    activate = BY_HAND[description["architecture"]["activation"]]
    layers = len(description["architecture"]["hidden"]) + 1
    signal = X.astype(np.float64)
    for layer in range(1, layers + 1):
        signal = signal @ arrays[f"weights_{layer}"] + arrays[f"bias_{layer}"]
        signal = activate(signal) if layer < layers else signal
    np.testing.assert_allclose(signal, model.network.predict(X), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=lambda one: "-".join(map(str, one.sizes)))
def test_what_is_loaded_predicts_the_same_bits(tmp_path: Path, architecture: Architecture) -> None:
    model = trained(architecture)
    write_model(model, tmp_path)
    saved = load(tmp_path)
    assert saved.network.architecture == architecture
    assert saved.network.predict(X).tobytes() == model.network.predict(X).tobytes()
    np.testing.assert_array_equal(saved.extra["offset"], model.offset)
    np.testing.assert_array_equal(saved.extra["scale"], model.scale)
    assert saved.about == {"classes": ["a", "ü<b>", "c"], "trial": 17}


def test_nothing_else_is_in_the_folder(tmp_path: Path) -> None:
    model = trained(ARCHITECTURES[1])
    write_model(model, tmp_path / "model")
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == ["model.json", "weights.npz"]
    arrays, description = by_numpy(tmp_path / "model")
    assert sorted(arrays) == ["bias_1", "bias_2", "extra_offset", "extra_scale", "weights_1", "weights_2"]
    assert {array.dtype.kind for array in arrays.values()} == {"f"}
    assert description["architecture"] == {**asdict(ARCHITECTURES[1]), "hidden": [7]}
    assert description["format"] == 1


def test_the_checksum_is_of_the_weights(tmp_path: Path) -> None:
    write_model(trained(ARCHITECTURES[1]), tmp_path)
    content = (tmp_path / "weights.npz").read_bytes()
    assert by_numpy(tmp_path)[1]["sha256"] == hashlib.sha256(content).hexdigest()


def test_the_same_model_is_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write_model(trained(ARCHITECTURES[2]), tmp_path / folder)
    for name in ("weights.npz", "model.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_folder_that_cannot_be_written_is_one_line_and_keeps_the_old_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    write_model(trained(ARCHITECTURES[1]), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StudyStateError, match="cannot be written: No space left"):
        write_model(trained(ARCHITECTURES[2]), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_file_in_place_of_the_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "model").touch()
    with pytest.raises(StudyStateError, match="model: cannot be written: File exists"):
        write_model(trained(ARCHITECTURES[1]), tmp_path / "model")
