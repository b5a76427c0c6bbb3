"""A model folder holds numbers and words alone, and they predict what the network predicted."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.config.candidate import NUMBERS, Preprocessing
from experiments.config.target import Target
from experiments.data.inputs.preprocessing import fit_preprocessor
from experiments.data.new_data.row_format import RowFormat, known_categories, pooled_columns
from experiments.data.table import Kind
from experiments.errors import DataError, StudyStateError
from experiments.evaluation.final_model.model import Model, predicted, read_model, write_model
from experiments.evaluation.uncertainty.levels import Uncertainty
from experiments.search.target_scaling import TargetScaler
from nnet.arrays import Array
from nnet.network import Architecture, Network
from nnet.saving import load, save
from support.models import mixed_model, picture_model
from support.tables import mixed_frame

X = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)
BY_HAND = {"relu": lambda a: np.maximum(a, 0), "tanh": np.tanh, "sigmoid": lambda a: 1 / (1 + np.exp(-a))}
INPUTS: tuple[tuple[str, Kind], ...] = tuple((name, "number") for name in "vwxyz")
PREPROCESSOR = fit_preprocessor(np.random.default_rng(3).normal(size=(20, 5)), ("number",) * 5, None, Preprocessing())
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
    classes = ("a", "ü<b>", "c")[: architecture.outputs]
    return Model(network, PREPROCESSOR, Target(classes), TargetScaler(), RowFormat(INPUTS, target="kind"), 17)


def mixed(numbers: str = "quantile") -> Model:
    """A model of numbers, words and holes that predicts a number."""
    frame, kinds = mixed_frame(120), ("number", "category", "number", "category")
    fitted = fit_preprocessor(frame, kinds, None, Preprocessing(numbers, rare=0.05))
    network = Network(Architecture(fitted.width, (4,), 1), [np.random.SeedSequence(1)])
    columns = tuple(zip(frame.columns, kinds, strict=True))
    rows = RowFormat(
        columns,
        ("None",),
        target="price",
        categories=known_categories(columns, fitted.categories),
        pooled=pooled_columns(columns, fitted.categories),
    )
    return Model(network, fitted, Target(), TargetScaler(1000.0, 0.5), rows, 3)


def doctored(folder: Path, change: Callable[[dict[str, Any], dict[str, Array]], None]) -> None:
    """Rewrite a model folder with something changed, its checksum right."""
    saved = load(folder)
    about, extra = json.loads(json.dumps(dict(saved.about))), dict(saved.extra)
    change(about, extra)
    save(folder, saved.network, extra=extra, about=about)


def by_numpy(folder: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    """Read the folder as a program that knows npz and JSON alone."""
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


@pytest.mark.parametrize("architecture", ARCHITECTURES[::2], ids=lambda one: "-".join(map(str, one.sizes)))
def test_what_is_loaded_predicts_the_same_bits(tmp_path: Path, architecture: Architecture) -> None:
    model = trained(architecture)
    write_model(model, tmp_path)
    saved = load(tmp_path)
    assert saved.network.architecture == architecture
    assert saved.network.predict(X).tobytes() == model.network.predict(X).tobytes()
    again = read_model(tmp_path)
    assert again.preprocessor.key == model.preprocessor.key
    assert (again.target, again.units, again.rows) == (model.target, model.units, model.rows)
    assert (again.rows.target, again.trial) == ("kind", 17)


@pytest.mark.parametrize("classes", [("a", "b", "c"), ("a", "b"), ()])
def test_a_model_of_two_configurations_is_the_mean_of_both(tmp_path: Path, classes: tuple[str, ...]) -> None:
    one, other, rows = mixed_model(classes, members=2), mixed_model(classes), mixed_frame(300, seed=9)
    write_model(replace(one, beside=other), tmp_path)
    found, alone = (predicted(model, rows) for model in (read_model(tmp_path), one))
    assert found.equals(predicted(replace(one, beside=other), rows))
    means = (alone.iloc[:, -1].astype(float) + predicted(other, rows).iloc[:, -1].astype(float)) / 2
    np.testing.assert_allclose(found.iloc[:, -1].astype(float), means, rtol=1e-6)
    assert not found.equals(alone)


def test_a_model_beside_another_is_the_one_that_was_written(tmp_path: Path) -> None:
    whole = replace(mixed_model(("a", "b")), beside=mixed_model(("a", "b"), members=2))
    for name, change in {
        "must be a regular file|cannot be read": lambda folder: shutil.rmtree(folder),
        "its sha256 must be [0-9a-f]{64}, as the model around it says": lambda folder: write_model(
            mixed_model(("a", "b")), folder
        ),
        "has none in its own": lambda folder: write_model(whole, folder),
    }.items():
        write_model(whole, tmp_path)
        change(tmp_path / "default")
        with pytest.raises(DataError, match=name):
            read_model(tmp_path)
    write_model(replace(whole, beside=mixed_model(("a", "b", "c"))), tmp_path)
    with pytest.raises(DataError, match="has beside it one of the same inputs and target"):
        read_model(tmp_path)


@pytest.mark.parametrize("classes", [("a", "b", "c"), ()])
def test_all_networks_of_a_model_are_read_back_to_the_bit(tmp_path: Path, classes: tuple[str, ...]) -> None:
    model, rows = mixed_model(classes, members=5), mixed_frame(300, seed=9)
    write_model(model, tmp_path)
    again = read_model(tmp_path)
    assert again.network.folds == 5
    assert again.network.parameters.values.tobytes() == model.network.parameters.values.tobytes()
    assert again.probabilities == bool(classes)
    assert predicted(again, rows).equals(predicted(model, rows))
    assert not predicted(again, rows).equals(predicted(mixed_model(classes), rows))


def test_a_model_of_an_earlier_version_is_a_single_network(tmp_path: Path) -> None:
    write_model(mixed_model(("a", "b", "c")), tmp_path)
    now = predicted(read_model(tmp_path), mixed_frame(20))
    doctored(tmp_path, without("probabilities"))
    before = read_model(tmp_path)
    assert (before.network.folds, before.probabilities) == (1, False)
    assert predicted(before, mixed_frame(20)).equals(now)


SURE = Uncertainty(1.5, 99, "groups", {"0.9": 0.625, "0.95": 0.75})


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("classes", [("no", "yes"), ("a", "b", "c"), ()])
def test_what_a_model_knows_of_its_errors_is_read_back(tmp_path: Path, classes: tuple[str, ...], members: int) -> None:
    model, rows = mixed_model(classes, members), mixed_frame(60, seed=9)
    plain, limit = predicted(model, rows), 0.625
    shares = plain.filter(like="probability_").to_numpy() ** (1 / 1.5)
    if classes:
        shares /= shares.sum(axis=1, keepdims=True)
        limit = 1 - float(np.median(np.sort(shares, axis=1)[:, -2]))  # which half of the second classes are within
    known = replace(SURE, quantiles={"0.9": limit})
    write_model(replace(model, uncertainty=known), tmp_path)
    again = read_model(tmp_path)
    assert again.uncertainty == known
    found = predicted(again, rows, "0.9")
    assert found["prediction"].equals(plain["prediction"])
    if not classes:
        assert found["interval_low"].equals(plain["prediction"] - limit)
        assert found["interval_high"].equals(plain["prediction"] + limit)
        return
    np.testing.assert_allclose(found.filter(like="probability_").to_numpy(), shares, rtol=1e-6)
    sets = [json.loads(one) for one in found["prediction_set"]]
    assert [one[0] for one in sets] == found["prediction"].tolist()
    assert sum(len(one) > 1 for one in sets) in (29, 30, 31)


def test_a_model_of_an_earlier_version_knows_nothing_of_its_errors(tmp_path: Path) -> None:
    write_model(replace(mixed_model(()), uncertainty=SURE), tmp_path)
    doctored(tmp_path, without("uncertainty"))
    assert read_model(tmp_path).uncertainty is None


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("temperature", 0.0, "a temperature above 0"),
        ("quantiles", {"0.9": -1.0}, "errors of known levels"),
        ("quantiles", {"0.123": 1.0}, "errors of known levels"),
        ("quantiles", {"0.9": "much"}, "about.uncertainty.quantiles.0.9: Input should be a valid number"),
        ("by", "days", "about.uncertainty.by: Input should be 'rows', 'groups' or 'rows_in_time_order'"),
        ("more", 1, "about.uncertainty.more: Unexpected keyword argument"),
    ],
)
def test_errors_that_no_study_wrote_are_refused(tmp_path: Path, key: str, value: Any, words: str) -> None:
    write_model(replace(mixed_model(()), uncertainty=SURE), tmp_path)
    doctored(tmp_path, lambda about, _: about["uncertainty"].update({key: value}))
    with pytest.raises(DataError, match=words):
        read_model(tmp_path)


def test_nothing_else_is_in_the_folder(tmp_path: Path) -> None:
    model = trained(ARCHITECTURES[1])
    write_model(model, tmp_path / "model")
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == ["model.json", "weights.npz"]
    arrays, description = by_numpy(tmp_path / "model")
    assert sorted(arrays) == sorted(
        ["bias_1", "bias_2", "weights_1", "weights_2", "extra_units", *(f"extra_{one}" for one in PREPROCESSOR.arrays)]
    )
    assert {array.dtype.kind for array in arrays.values()} == {"f", "i"}
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


@pytest.mark.parametrize("numbers", NUMBERS)
def test_a_preprocessor_of_words_and_ranks_is_read_back_to_the_bit(tmp_path: Path, numbers: str) -> None:
    model, rows = mixed(numbers), mixed_frame(50, seed=9)
    write_model(model, tmp_path)
    again = read_model(tmp_path)
    assert again.preprocessor.transform(rows).tobytes() == model.preprocessor.transform(rows).tobytes()
    assert (again.units, again.rows.present) == (model.units, ("None",))
    assert again.target.task == "regression"


def test_a_model_of_pictures_knows_their_shape(tmp_path: Path) -> None:
    for shape in ((2, 3), (6, 1), None):
        write_model(picture_model(shape), tmp_path)
        assert read_model(tmp_path).rows.picture == shape
    doctored(tmp_path, without("picture"))  # a model of an earlier version
    assert read_model(tmp_path).rows.picture is None
    for wrong in ([3, 3], [6], [2, 3, 1], [0, 6], [-2, -3], [1, 1, 6], []):
        doctored(tmp_path, about(picture=wrong))
        with pytest.raises(DataError, match="a model of pictures takes their pixels, and this one does not"):
            read_model(tmp_path)


def without(name: str) -> Callable[[dict[str, Any], dict[str, Array]], None]:
    return lambda about, extra: (about if name in about else extra).pop(name)


def test_a_model_of_a_time_without_robust_scaling_is_read(tmp_path: Path) -> None:
    write_model(mixed("standard"), tmp_path)
    for name in ("clipped", "bin_of", "bin_low", "bin_high"):
        doctored(tmp_path, without(name))
    assert read_model(tmp_path).preprocessor.key == mixed("standard").preprocessor.key


def about(**changes: Any) -> Callable[[dict[str, Any], dict[str, Array]], None]:
    return lambda about, extra: about.update(changes)


def extra(**changes: Any) -> Callable[[dict[str, Any], dict[str, Array]], None]:
    return lambda about, extra: extra.update(changes)


def test_a_doctored_model_is_refused_in_one_line(tmp_path: Path) -> None:
    write_model(mixed(), tmp_path / "whole")
    write_model(mixed("piecewise"), tmp_path / "binned")
    bins = [
        (without("bin_low"), "bin_low must be"),
        (extra(bin_of=np.zeros((4, 8), np.int64)), "bin_of must be"),
        (extra(bin_of=np.array(3)), "bin_of must be"),
        (extra(bin_of=np.full(32, 2)), "ascending bins"),
        (extra(bin_of=np.repeat([1, 0], 16)), "ascending bins"),
        (extra(bin_high=np.zeros(32)), "ascending bins"),
        (extra(bin_low=np.arange(32.0), bin_high=np.arange(32.0) + 2), "ascending bins"),
    ]
    changes = [
        (without("inputs"), "about.inputs"),
        (without("categories"), "about.categories"),
        (without("units"), "units must be"),
        (without("numeric"), "numeric must be"),
        (without("quantiles"), "quantiles must be"),
        (about(classes=[1, 2]), "about.classes"),
        (about(inputs=[["age", "number"]]), "numeric must be|every column once"),
        (about(inputs=[["a", "time"]]), "about.inputs"),
        (extra(part=np.array([0, 9])), "every column once"),
        (extra(numeric=np.array([0, 0, 2]), part=np.array([0, 1, 0]), fill=np.zeros(3)), "must be"),
        (about(categories=[]), "every column once"),
        (about(categories=[{"column": one, "names": [], "pooled": False} for one in (1, 99)]), "every column once"),
        (about(classes=["a", "b", "c"]), "an output for each class"),
        (about(extra=1), "about.extra"),
        (extra(numeric=np.array([0, 7])), "every column once"),
        (extra(numeric=np.array([2, 0])), "every column once"),
        (extra(numeric=np.array([0, 1])), "every column once"),
        (extra(scale=np.zeros(2)), "not by 0"),
        (extra(fill=np.array([np.nan, 0.0])), "finite"),
        (extra(flagged=np.array([], np.int64)), "as many inputs"),
        (extra(clipped=np.array([0, 2])), "increasing positions below 2"),
        (extra(offset=np.zeros((2, 2))), "offset must be"),
        (extra(units=np.array([0.0, 0.0])), "not by 0"),
    ]
    cases = [*(("whole", *case) for case in changes), *(("binned", *case) for case in bins)]
    for number, (model, change, words) in enumerate(cases):
        folder = shutil.copytree(tmp_path / model, tmp_path / str(number))
        doctored(folder, change)
        with pytest.raises(DataError, match=words) as refused:
            read_model(folder)
        assert "\n" not in str(refused.value)


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"model\.json: cannot be read"):
        read_model(tmp_path)
    (tmp_path / "model.json").write_bytes(b"\x80\x04cos\nsystem\n")
    with pytest.raises(DataError, match=r"model\.json: must be JSON"):
        read_model(tmp_path)
