"""The peer has the study's rows, folds and space; what it cannot do is refused, and what it lacks is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.benchmark.optuna_peer import OptunaPeer, read_peer
from experiments.benchmark.peer_study import PeerStudy
from experiments.config.default_study import own_study
from experiments.config.study_file import read_spec
from experiments.errors import SpecError
from experiments.search.context import StudyContext, prepare_study
from experiments.study.folders.lookup import study_file


def mixed(folder: Path, *overrides: str) -> StudyContext:
    """A study of numbers and words, of which some are missing."""
    rng = np.random.default_rng(1)
    jobs, towns = rng.choice(["clerk", "cook", "nurse"], 200).astype(object), rng.choice(["east", "west"], 200)
    frame = pd.DataFrame({"age": rng.integers(18, 80, 200), "hours": rng.uniform(20, 60, 200), "job": jobs})
    frame = frame.assign(town=towns, target=np.where(frame["age"] + frame["hours"] > 90, "yes", "no"))
    frame.loc[::9, "job"] = frame.loc[::7, "age"] = None
    frame.to_csv(folder / "mixed.csv", index=False)
    return prepare_study(own_study(str(folder / "mixed.csv"), "target", overrides)[0])


def shipped(name: str, *overrides: str) -> StudyContext:
    return prepare_study(read_spec(study_file(name), overrides))


def test_the_space_is_the_studys_and_the_rest_is_named() -> None:
    peer = PeerStudy.of(shipped("wine"), seed=3)
    assert peer.settings.space == {
        "learning_rate": {"low": 3e-4, "high": 1e-1, "log": True},
        "hidden_layers": {"low": 0, "high": 2, "log": False},
        "hidden_units": {"low": 4, "high": 64, "log": True},
        "activation": {"choices": ["relu", "tanh"]},
        "l2": {"low": 1e-6, "high": 1e-1, "log": True},
    }
    assert peer.settings.fixed == {"batch_size": 16}
    assert (peer.settings.classifies, peer.settings.metric, peer.settings.epochs) == (True, "accuracy", 60)
    assert (peer.settings.pixel_range, peer.settings.seed) == (None, 3)
    assert set(peer.without) == {"patience", "dropout"}


def test_the_file_of_a_mixed_table_holds_the_same_rows_and_folds(tmp_path: Path) -> None:
    study = mixed(tmp_path)
    peer = PeerStudy.of(study)
    assert peer.settings.strings == ["job", "town"]
    peer.write(tmp_path / "peer")
    again = read_peer(tmp_path / "peer")
    development = study.data.development
    assert again._settings == peer.settings
    assert np.array_equal(again._y, development.y)
    numbers = ["age", "hours"]
    assert np.allclose(again._x[numbers], development.features[numbers], equal_nan=True)
    for column in ("job", "town"):
        assert again._x[column].fillna("-").tolist() == pd.Series(development.features[column]).fillna("-").tolist()
    for ours, theirs in zip(study.data.folds.pairs, again._folds, strict=True):
        assert all(np.array_equal(rows, others) for rows, others in zip(ours, theirs, strict=True))


def test_pixels_are_divided_by_their_range(tmp_path: Path) -> None:
    study = shipped("digits")
    PeerStudy.of(study).write(tmp_path / "peer")
    again = read_peer(tmp_path / "peer")
    assert np.array_equal(again._x * 16, study.data.development.features)
    assert again._x.shape == (1437, 64)


def test_categories_of_digits_stay_words(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": range(60), "b": ["02", "", "01"] * 20, "y": [0, 1] * 30})
    frame.to_csv(tmp_path / "t.csv", index=False)
    overrides = ['data.categories=["b"]', 'data.numbers=["a"]']
    study = prepare_study(own_study(str(tmp_path / "t.csv"), "y", overrides)[0])
    PeerStudy.of(study).write(tmp_path / "peer")
    ours = pd.Series(study.data.development.features["b"]).fillna("").tolist()
    assert read_peer(tmp_path / "peer")._x["b"].fillna("").tolist() == ours
    assert set(ours) == {"02", "", "01"}


def test_what_the_peer_cannot_do_is_refused_in_one_line(tmp_path: Path) -> None:
    overrides = ["training.activation=gelu", "training.optimizer=sgd"]
    with pytest.raises(SpecError) as refused:
        PeerStudy.of(shipped("digits", *overrides))
    assert str(refused.value) == (
        "--study: scikit-learn's network cannot do this study: it has no activation gelu, only identity, relu, "
        "sigmoid, tanh; it has no optimizer sgd, only adam."
    )
    with pytest.raises(SpecError, match=r"it takes no weights of rows \(data\.weights\)"):
        PeerStudy.of(mixed(tmp_path, "data.weights=hours"))
    with pytest.raises(SpecError, match="no activation silu"):
        PeerStudy.of(shipped("wine", 'space.activation={choices = ["relu", "silu"]}'))


@pytest.mark.long
@pytest.mark.parametrize("name", ["digits", "xor", "diabetes"])
def test_the_peer_runs_the_shipped_studies(name: str) -> None:
    peer = PeerStudy.of(shipped(name, "training.epochs=2")).search()
    assert isinstance(peer, OptunaPeer)
    peer.optimize(2)
    assert np.isfinite(peer._study.best_value)
    assert set(peer._study.trials[0].params) >= {"learning_rate", "l2", "hidden_layers"}
