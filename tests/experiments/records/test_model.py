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
from experiments.records.model import FORMAT, Model, write_model
from nnet.arrays import Array
from nnet.network import Architecture, Network

X = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)
BY_HAND = {"relu": lambda a: np.maximum(a, 0), "tanh": np.tanh, "sigmoid": lambda a: 1 / (1 + np.exp(-a))}
ARCHITECTURES = [
    Architecture(5, (), 3),
    Architecture(5, (7,), 2, "tanh"),
    Architecture(5, (7, 4), 3, "sigmoid", "glorot", 0.25),
    Architecture(5, (4, 4, 4), 3, "relu", "he"),
]


def trained(architecture: Architecture) -> tuple[Network, Model]:
    """A network whose every parameter was moved, and the model of it."""
    network = Network(architecture, [np.random.SeedSequence(1)])
    values = network.parameters.values
    values += np.random.default_rng(2).normal(0, 0.3, values.shape).astype(np.float32)
    model = Model(architecture, values[0].copy(), np.linspace(-1, 1, 5), np.linspace(1, 2, 5), ("a", "ü", "c"), 17)
    return network, model


def load(folder: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    with np.load(folder / "weights.npz", allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return arrays, json.loads((folder / "model.json").read_text())


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=lambda one: "-".join(map(str, one.sizes)))
def test_the_arrays_predict_by_hand_what_the_network_predicts(tmp_path: Path, architecture: Architecture) -> None:
    network, model = trained(architecture)
    write_model(model, tmp_path)
    arrays, description = load(tmp_path)
    activate = BY_HAND[description["architecture"]["activation"]]
    layers = len(description["architecture"]["hidden"]) + 1
    signal = X.astype(np.float64)
    for layer in range(1, layers + 1):
        signal = signal @ arrays[f"weights_{layer}"] + arrays[f"bias_{layer}"]
        signal = activate(signal) if layer < layers else signal
    np.testing.assert_allclose(signal, network.predict(X), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=lambda one: "-".join(map(str, one.sizes)))
def test_a_network_with_the_arrays_predicts_the_same_bits(tmp_path: Path, architecture: Architecture) -> None:
    network, model = trained(architecture)
    write_model(model, tmp_path)
    arrays, description = load(tmp_path)
    read = description["architecture"]
    again = Network(Architecture(**read | {"hidden": tuple(read["hidden"])}), [np.random.SeedSequence(9)])
    for layer, (weights, bias) in enumerate(again.weights(0), start=1):
        weights[...], bias[...] = arrays[f"weights_{layer}"], arrays[f"bias_{layer}"]
    assert again.predict(X).tobytes() == network.predict(X).tobytes()


def test_nothing_else_is_in_the_folder(tmp_path: Path) -> None:
    _, model = trained(ARCHITECTURES[1])
    write_model(model, tmp_path / "model")
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == ["model.json", "weights.npz"]
    arrays, description = load(tmp_path / "model")
    assert sorted(arrays) == ["bias_1", "bias_2", "offset", "scale", "weights_1", "weights_2"]
    assert {array.dtype.kind for array in arrays.values()} == {"f"}
    np.testing.assert_array_equal(arrays["offset"], model.offset)
    np.testing.assert_array_equal(arrays["scale"], model.scale)
    assert description.keys() == {"format", "architecture", "classes", "trial", "sha256"}
    assert description["architecture"] == {**asdict(model.architecture), "hidden": [7]}
    assert (description["format"], description["classes"], description["trial"]) == (FORMAT, ["a", "ü", "c"], 17)


def test_the_checksum_is_of_the_weights(tmp_path: Path) -> None:
    _, model = trained(ARCHITECTURES[1])
    write_model(model, tmp_path)
    content = (tmp_path / "weights.npz").read_bytes()
    assert load(tmp_path)[1]["sha256"] == hashlib.sha256(content).hexdigest()


def test_the_same_model_is_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write_model(trained(ARCHITECTURES[2])[1], tmp_path / folder)
    for name in ("weights.npz", "model.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_model_is_replaced_whole_with_its_description_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, model = trained(ARCHITECTURES[1])
    order = []
    replace = Path.replace
    monkeypatch.setattr(Path, "replace", lambda self, to: [order.append(to.name), replace(self, to)])
    write_model(model, tmp_path)
    assert order == ["weights.npz", "model.json"]


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StudyStateError, match=r"weights\.npz: cannot be written: No space left"):
        write_model(trained(ARCHITECTURES[1])[1], tmp_path)
    assert not list(tmp_path.iterdir())
