"""Saved networks are loaded to the bit; other files are refused before they cost memory."""

import hashlib
import io
import json
import os
import pickle
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from nnet.batches import FoldData
from nnet.errors import NNetError, SavingError, ShapeError
from nnet.network import Architecture, Network
from nnet.saving import MODEL, WEIGHTS, load, save
from nnet.settings import TrainingSettings
from nnet.training import fit
from support.pairs import each_once

ARCHITECTURES = {
    "plain": Architecture(6, (5, 4), 3),
    "single layer": Architecture(6, (), 1),
    "batch norm": Architecture(6, (5, 4), 3, activation="tanh", batch_norm=True, dropout=0.1, input_dropout=0.2),
    "orthogonal": Architecture(6, (40,), 40, activation="gelu", initializer="orthogonal"),
}


def trained(architecture: Architecture, dtype: type = np.float32) -> Network:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(30, architecture.inputs)).astype(dtype)
    y = rng.normal(size=(30, architecture.outputs))
    data = FoldData(x, y, np.arange(30), np.arange(0))
    settings = TrainingSettings(epochs=2, batch_size=8, loss="mean_squared_error")
    return fit(architecture, settings, [data], [np.random.SeedSequence(1)], epochs=2)[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Save a network with a batch normalisation and an extra array."""
    save(tmp_path, trained(ARCHITECTURES["batch norm"]), extra={"offset": np.arange(6.0)}, about={"trial": 3})
    return tmp_path


def arrays_of(folder: Path) -> dict[str, np.ndarray]:
    with np.load(folder / WEIGHTS, allow_pickle=False) as archive:
        return dict(archive)


def forge(folder: Path, weights: bytes) -> None:
    """Replace the weights, and set their checksum."""
    (folder / WEIGHTS).write_bytes(weights)
    model = json.loads((folder / MODEL).read_text())
    model["sha256"] = hashlib.sha256(weights).hexdigest()
    (folder / MODEL).write_text(json.dumps(model))


def npz(arrays: dict[str, np.ndarray], compressed: bool = False) -> bytes:
    (np.savez_compressed if compressed else np.savez)(file := io.BytesIO(), **arrays)
    return file.getvalue()


def zip_of(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def npy(header: str, data: bytes = b"") -> bytes:
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


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


@pytest.mark.parametrize(("name", "dtype"), each_once(ARCHITECTURES, [np.float32, np.float64]))
def test_what_is_loaded_predicts_the_same_bits(name, dtype, tmp_path):
    network = trained(ARCHITECTURES[name], dtype)
    extra = {
        "offset": np.arange(6.0),
        "flags": np.array([True, False]),
        "empty": np.zeros((0, 3), np.int32),
        "n": np.array(4),
    }
    about = {"classes": ["a", "ü"], "nested": {"x": [1, 2.5, None]}}
    save(tmp_path, network, extra=extra, about=about)
    saved = load(tmp_path)
    x = np.random.default_rng(1).normal(size=(300, 6))
    assert np.array_equal(saved.network.predict(x), network.predict(x))
    assert (saved.network.architecture, saved.network.dtype) == (network.architecture, np.dtype(dtype))
    assert saved.about == about
    assert saved.extra.keys() == extra.keys()
    for key, array in extra.items():
        assert np.array_equal(saved.extra[key], array)
        assert (saved.extra[key].dtype, saved.extra[key].flags.writeable) == (array.dtype, False)


def test_one_fold_of_several(tmp_path):
    network = Network(ARCHITECTURES["plain"], np.random.SeedSequence(0).spawn(3))
    save(tmp_path, network, fold=1)
    x = np.random.default_rng(1).normal(size=(9, 6))
    assert np.array_equal(load(tmp_path).network.predict(x), network.predict(x, fold=1))
    for fold in (-1, 3):
        with pytest.raises(ShapeError):
            save(tmp_path, network, fold=fold)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_all_folds_have_an_axis_of_their_own(name, tmp_path):
    network = Network(ARCHITECTURES[name], np.random.SeedSequence(0).spawn(3))
    network.parameters.statistics += np.random.default_rng(3).uniform(size=network.parameters.statistics.shape)
    save(tmp_path, network)
    again, x = load(tmp_path).network, np.random.default_rng(1).normal(size=(300, 6))
    assert again.folds == 3
    assert again.predict_folds(x, slice(0, 3)).tobytes() == network.predict_folds(x, slice(0, 3)).tobytes()
    assert json.loads((tmp_path / MODEL).read_text())["format"] == 2
    with np.load(tmp_path / WEIGHTS, allow_pickle=False) as arrays:
        assert arrays["weights_1"].shape == (3, *again.parameters.shapes[0])
        assert np.array_equal(arrays["weights_1"][1], network.weights(1)[0][0])


def test_a_number_of_folds_that_the_file_does_not_hold_is_refused(tmp_path):
    save(tmp_path, Network(ARCHITECTURES["plain"], np.random.SeedSequence(0).spawn(3)))
    whole = json.loads((tmp_path / MODEL).read_text())
    for folds, words in (
        (2, "its header claims"),
        (1, "folds must be 2"),
        (10**9, "folds must be 2"),
        ("3", "type int"),
    ):
        (tmp_path / MODEL).write_text(json.dumps({**whole, "folds": folds}))
        assert words in refusal(tmp_path)
    (tmp_path / MODEL).write_text(json.dumps({**whole, "format": 1}))
    assert "['folds'] are unknown" in refusal(tmp_path)
    with pytest.raises(SavingError, match="`folds <= 1024`"):
        save(tmp_path, Network(Architecture(1, (), 1, initializer="zeros"), [np.random.SeedSequence(0)] * 1025))


def test_numbers_that_are_not_finite_are_kept(tmp_path):
    network = trained(ARCHITECTURES["plain"])
    network.parameters.values[0, :3] = np.nan, np.inf, -0.0
    save(tmp_path, network)
    assert load(tmp_path).network.parameters.values.tobytes() == network.parameters.values.tobytes()


def test_equal_content_gives_equal_bytes(folder, tmp_path_factory, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 1e9)
    other = tmp_path_factory.mktemp("other")
    save(other, trained(ARCHITECTURES["batch norm"]), extra={"offset": np.arange(12.0)[::2] / 2}, about={"trial": 3})
    for name in (WEIGHTS, MODEL):
        assert (folder / name).read_bytes() == (other / name).read_bytes()


def test_numpy_reads_the_weights(folder):
    arrays = arrays_of(folder)
    assert {"weights_1", "scale_1", "shift_1", "mean_1", "variance_1", "bias_3", "extra_offset"} <= arrays.keys()
    assert arrays["weights_1"].shape == (6, 5)
    assert "bias_1" not in arrays
    assert {path.name for path in folder.iterdir()} == {WEIGHTS, MODEL}


def test_a_failed_save_leaves_what_was_there(folder, monkeypatch):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    synced = []

    def full(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("nnet.saving.fsync", full)
    with pytest.raises(OSError, match="No space"):
        save(folder, trained(ARCHITECTURES["plain"]))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_extra_arrays_that_cannot_be_saved(tmp_path):
    for extra in ({"a": np.array([None])}, {"a/b": np.zeros(1)}, {"": np.zeros(1)}, {"a": np.array("x")}):
        with pytest.raises(SavingError):
            save(tmp_path, trained(ARCHITECTURES["plain"]), extra=extra)
        assert not list(tmp_path.iterdir())


def test_about_that_cannot_be_saved(tmp_path):
    for about in ({"a": object()}, {"a": float("nan")}, {"a": "x" * (1 << 20)}):
        with pytest.raises(NNetError):
            save(tmp_path, trained(ARCHITECTURES["plain"]), about=about)


@pytest.mark.parametrize("name", [WEIGHTS, MODEL])
def test_missing_files(name, folder):
    (folder / name).unlink()
    assert name in refusal(folder)
    (folder / name).mkdir()
    assert name in refusal(folder)


def test_a_flipped_bit(folder):
    weights = (folder / WEIGHTS).read_bytes()
    for at in (0, 40, 300, -30, -1):
        flipped = bytearray(weights)
        flipped[at] ^= 1
        (folder / WEIGHTS).write_bytes(flipped)
        assert "sha256" in refusal(folder)


CHANGES = [
    *({"format": 2}, {"format": True}, {"more": 1}, {"dtype": "object"}, {"dtype": ["float32"]}),
    *({"about": [1]}, {"sha256": "0" * 63}, {"architecture": None}),
]
SHAPES = [
    *({"inputs": inputs} for inputs in ("6", True, 6.0, -6, 10**30)),
    *({"hidden": hidden} for hidden in ("54", [5.0, 4.0], [[5], 4], [10**7, 10**7], [5] * 10_000, [1] * 300_000)),
    *({"dropout": dropout} for dropout in (1.5, 10**400, None, "0")),
    {"batch_norm": 1},
    {"batch_norm": False},
    {"activation": "os.system"},
    {"initializer": "x" * 100_000},
    {"outputs": 4},
    {"depth": 1},
]


def test_a_model_file_that_is_wrong(folder):
    model = json.loads((folder / MODEL).read_text())
    for change in [*CHANGES, *({"architecture": {**model["architecture"], **shape}} for shape in SHAPES)]:
        (folder / MODEL).write_text(json.dumps({**model, **change}))
        refusal(folder)
    (folder / MODEL).write_text(json.dumps({**model, "dtype": "object"}))
    assert refusal(folder).endswith("dtype must be one of float32, float64, but got 'object'.")


def test_a_model_file_without_a_key(folder):
    model = json.loads((folder / MODEL).read_text())
    for name in model:
        (folder / MODEL).write_text(json.dumps({key: model[key] for key in model if key != name}))
        refusal(folder)


NO_JSON = [b"", b"{", b"[]", b"null", b"\xff\xfe{}", b"[" * 100_000, b"1" * 5000, b"x" * (2 << 20)]
NO_MODEL = [b'{"format": NaN}', b'{"format": 1e999}', b'{"format": 1, "format": 1}', b"\x80\x04\x95cos\nsystem\n"]


def test_a_model_file_that_is_not_json(folder):
    for text in (*NO_JSON, *NO_MODEL):
        (folder / MODEL).write_bytes(text)
        refusal(folder)


WEIGHT_CHANGES = {
    "missing": lambda arrays: arrays.pop("weights_2"),
    "superfluous": lambda arrays: arrays.update(weights_9=np.zeros(2, np.float32)),
    "a bias under batch norm": lambda arrays: arrays.update(bias_1=np.zeros(5, np.float32)),
    "transposed": lambda arrays: arrays.update(weights_1=np.zeros((5, 6), np.float32)),
    "float64": lambda arrays: arrays.update(weights_1=arrays["weights_1"].astype(float)),
    "big-endian": lambda arrays: arrays.update(weights_1=arrays["weights_1"].astype(">f4")),
    "column by column": lambda arrays: arrays.update(weights_1=np.asfortranarray(arrays["weights_1"])),
    "extra text": lambda arrays: arrays.update(extra_a=np.array(["a"])),
    "extra complex": lambda arrays: arrays.update(extra_a=np.zeros(2, complex)),
    "extra structure": lambda arrays: arrays.update(extra_a=np.zeros(2, [("a", "f4")])),
    "path": lambda arrays: arrays.update({"../evil": np.zeros(2)}),
}


def test_other_arrays(folder):
    right = arrays_of(folder)
    for change in WEIGHT_CHANGES.values():
        arrays = dict(right)
        change(arrays)
        forge(folder, npz(arrays))
        refusal(folder)


class Bomb:
    """An object whose pickle would make a folder."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("name", ["weights_1", "extra_offset"])
def test_objects_are_refused_and_nothing_is_executed(name, folder):
    arrays = arrays_of(folder)
    arrays[name] = np.array([Bomb(folder / "executed")])
    forge(folder, npz(arrays))
    assert "numbers" in refusal(folder)
    (folder / WEIGHTS).write_bytes(pickle.dumps(Bomb(folder / "executed")))
    refusal(folder)
    forge(folder, (folder / WEIGHTS).read_bytes())
    refusal(folder)
    assert not (folder / "executed").exists()


def test_a_compressed_bomb(folder):
    bomb = npz({**arrays_of(folder), "extra_zeros": np.zeros(50_000_000, np.uint8)}, compressed=True)
    assert len(bomb) < 100_000
    forge(folder, bomb)
    refusal(folder)


HEADERS = {
    "73 TiB": "{'descr': '<f4', 'fortran_order': False, 'shape': (20000000000000,), }",
    "beyond 64 bits": "{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999999999, 9999999999999999999), }",
    "nothing, but large": "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9999999999999999999), }",
    "negative": "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
    "an expression": "{'descr': '<f4', 'fortran_order': False, 'shape': (__import__('os').abort(),), }",
    "objects": "{'descr': '|O', 'fortran_order': False, 'shape': (), }",
    "no such float": "{'descr': '<f1', 'fortran_order': False, 'shape': (), }",
    "no header": "",
    "digits": "{'descr': '<f4', 'fortran_order': False, 'shape': (" + "1" * 60 + "), }",
}


@pytest.mark.parametrize("name", ["weights_1", "extra_offset"])
def test_headers_that_lie(name, folder):
    with zipfile.ZipFile(folder / WEIGHTS) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    for header in HEADERS.values():
        forge(folder, zip_of({**members, f"{name}.npy": npy(header, b"\0" * 64)}))
        refusal(folder)
    forge(folder, zip_of({**members, f"{name}.npy": members[f"{name}.npy"].replace(b"NUMPY\x01", b"NUMPY\x02")}))
    assert "must begin with a header of npy format 1.0" in refusal(folder)


def test_a_directory_that_lies(folder):
    weights = bytearray((folder / WEIGHTS).read_bytes())
    entry = weights.index(b"PK\x01\x02")
    for size in ((2**31).to_bytes(4, "little") * 2, (2**20).to_bytes(4, "little") * 2, b"\xff" * 8):
        weights[entry + 20 : entry + 28] = size
        forge(folder, bytes(weights))
        refusal(folder)


def test_a_member_that_is_there_twice(folder):
    file = io.BytesIO((folder / WEIGHTS).read_bytes())
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("bias_3.npy", archive.read("bias_3.npy"))
    forge(folder, file.getvalue())
    refusal(folder)


def test_every_cut_is_refused(folder):
    weights = (folder / WEIGHTS).read_bytes()
    for end in (0, 1, 10, 50, len(weights) // 2, len(weights) - 30, len(weights) - 1):
        forge(folder, weights[:end])
        refusal(folder)


def test_random_damage_is_refused_or_harmless(folder):
    weights, rng = (folder / WEIGHTS).read_bytes(), np.random.default_rng(0)
    for _ in range(50):
        damaged = bytearray(weights)
        for at in rng.integers(0, len(weights), rng.integers(1, 4)):
            damaged[at] = rng.integers(0, 256)
        forge(folder, bytes(damaged))
        with suppress(SavingError):
            assert load(folder).network.architecture == ARCHITECTURES["batch norm"]
