"""Saved networks are loaded to the bit; other files are refused before they cost memory."""

import json
import os

import numpy as np
import pytest

from nnet.errors import NNetError, SavingError, ShapeError
from nnet.estimator import MLPClassifier
from nnet.network import Architecture, Network
from nnet.saving import MODEL, OWN, WEIGHTS, load, save
from support.pairs import each_once
from support.saved_networks import ARCHITECTURES, arrays_of, refusal, trained, words_of


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
    whole = words_of(tmp_path)
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

    monkeypatch.setattr("nnet.durable.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        save(folder, trained(ARCHITECTURES["plain"]))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_links_are_replaced_and_not_followed(folder, tmp_path):
    before = (folder / WEIGHTS).read_bytes()
    (tmp_path / "file").write_text("somebody's")
    for name in (WEIGHTS, MODEL):
        (folder / name).unlink()
        (folder / name).symlink_to(tmp_path / "file")
        (folder / f".{name}.part").symlink_to(tmp_path / "file")
    save(folder, trained(ARCHITECTURES["plain"]))
    assert (tmp_path / "file").read_text() == "somebody's"
    assert not any(path.is_symlink() for path in folder.iterdir())
    assert load(folder).network.folds == 1
    assert len((folder / WEIGHTS).read_bytes()) < len(before)


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
    *({"hidden": hidden} for hidden in ("54", [5.0, 4.0], [[5], 4], [10**7, 10**7], [5] * 10_000, [1] * 100_000)),
    *({"dropout": dropout} for dropout in (1.5, 10**400, None, "0")),
    {"batch_norm": 1},
    {"batch_norm": False},
    {"activation": "os.system"},
    {"initializer": "x" * 100_000},
    {"outputs": 4},
    {"depth": 1},
]


def test_a_model_file_that_is_wrong(folder):
    model = words_of(folder)
    for change in [*CHANGES, *({"architecture": {**model["architecture"], **shape}} for shape in SHAPES)]:
        (folder / MODEL).write_text(json.dumps({**model, **change}))
        refusal(folder)
    (folder / MODEL).write_text(json.dumps({**model, "dtype": "object"}))
    assert refusal(folder).endswith("dtype must be one of float32, float64, but got 'object'.")


def test_a_model_file_without_a_key(folder):
    model = words_of(folder)
    for name in model:
        (folder / MODEL).write_text(json.dumps({key: model[key] for key in model if key != name}))
        refusal(folder)


NO_JSON = [b"", b"{", b"[]", b"null", b"\xff\xfe{}", b"[" * 100_000, b"1" * 5000, b"x" * (2 << 20)]
NO_MODEL = [b'{"format": NaN}', b'{"format": 1e999}', b'{"format": 1, "format": 1}', b"\x80\x04\x95cos\nsystem\n"]


def test_a_model_file_that_is_not_json(folder):
    for text in (*NO_JSON, *NO_MODEL):
        (folder / MODEL).write_bytes(text)
        refusal(folder)


def test_a_model_file_that_was_edited_is_refused_unless_it_is_of_before(folder):
    model = json.loads((folder / MODEL).read_text())
    (folder / MODEL).write_text(json.dumps({**model, "about": {"classes": ["b", "a"]}}))
    assert "was changed: its other keys do not have the sha256 that own_sha256 says" in refusal(folder)
    (folder / MODEL).write_text(json.dumps({**model, OWN: 7}))
    assert "own_sha256 must be of type str" in refusal(folder)
    (folder / MODEL).write_text(json.dumps(dict(reversed(model.items()))))
    assert load(folder).about == model["about"]
    (folder / MODEL).write_text(json.dumps(words_of(folder)))
    assert load(folder).about == model["about"]


@pytest.mark.parametrize("about", [{"2": 1, "10": {"b": 1e22, "a": [-0.0, "ü", None]}}, {2: "two", 10: "ten", 1: ()}])
def test_notes_of_any_form_are_read_back(about, tmp_path):
    network = trained(ARCHITECTURES["plain"])
    save(tmp_path, network, about=about)
    assert load(tmp_path).about == json.loads(json.dumps(about))


@pytest.mark.parametrize("name", [MODEL, WEIGHTS])
def test_a_pipe_or_a_device_is_not_waited_for(name, folder):
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert refusal(folder).endswith(f"{name}: must be a regular file.")
    (folder / name).unlink()
    (folder / name).symlink_to("/dev/zero")
    assert refusal(folder).endswith(f"{name}: must be a regular file.")


def test_a_folder_may_be_named_by_a_text_and_must_exist(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SavingError, match=r"^model: must be a folder that exists; make it first with os\.makedirs"):
        save("model", trained(ARCHITECTURES["plain"]))
    with pytest.raises(SavingError, match=r"^model.model\.json: cannot be read: No such file or directory\.$"):
        load("model")
    (tmp_path / "model").mkdir()
    save("model", trained(ARCHITECTURES["plain"]), about={"classes": ["no", "yes"]})
    assert load("model").about == load(tmp_path / "model").about == {"classes": ["no", "yes"]}


def test_an_estimator_is_no_network(tmp_path):
    with pytest.raises(
        SavingError, match=r"^network must be a Network, but got MLPClassifier; of a fitted .* network_"
    ):
        save(tmp_path, MLPClassifier())
