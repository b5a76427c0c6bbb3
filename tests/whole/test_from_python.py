"""A study from Python is the study of the command line, and its model predicts what a file holds."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import experiments
from experiments.errors import DataError, SpecError
from experiments.predict import main as predict
from support.desk import CommandRunner
from support.tables import mixed_frame, mixed_table

SPEC: dict[str, Any] = {
    "study": {"name": "prices"},
    "cv": {"n_splits": 3},
    "training": {"epochs": 8, "patience": 0},
    "search": {"trials": 4},
    "space": {
        "learning_rate": {"low": 1e-3, "high": 1e-1, "log": True},
        "numbers": {"choices": ["standard", "quantile"]},
    },
}


@pytest.fixture(autouse=True)
def here(desk: CommandRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)


def test_the_package_is_there_at_once() -> None:
    program = "import sys, experiments; print(*sys.modules); assert callable(experiments.run)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"numpy", "pandas", "sklearn", "optuna"} & set(done.stdout.split())


def test_a_study_file_gives_the_digest_of_the_command(undisturbed: dict[str, Any]) -> None:
    assert experiments.run("studies/moons.toml").digest == undisturbed["digest"]


def test_a_frame_is_learnt_and_its_like_predicted(desk: CommandRunner, capsys: pytest.CaptureFixture[str]) -> None:
    frame = mixed_frame(150)
    frame["price"] = 1000 + 20 * (frame["age"] - 40) + 300 * (frame["colour"] == "red")
    result = experiments.run(SPEC, frame, target="price", workers=2)
    assert (result.data.task, result.data.features, result.spec["cv"]["metric"]) == ("regression", 4, "r2")
    assert (result.spec["training"]["loss"], result.spec["cv"]["splitter"]) == ("mean_squared_error", "KFold")
    assert result.test is not None
    assert result.test.score > 0.5
    again = experiments.run(SPEC, frame, target="price", workers=1, fresh=True, out="other")
    assert again.digest == result.digest

    frame.drop(columns="price").to_csv("new.csv", index=False)
    assert predict(["studies/prices", "new.csv", "--out", "out.csv"]) == 0
    predicted = pd.read_csv("out.csv")["prediction"]
    assert np.corrcoef(predicted, frame["price"])[0, 1] > 0.8
    assert predicted.mean() == pytest.approx(frame["price"].mean(), rel=0.1)
    assert capsys.readouterr().err == ""


def test_groups_and_weights_are_heeded(desk: CommandRunner) -> None:
    chance = np.random.default_rng(2)
    groups, weights = np.arange(160) // 8, chance.uniform(0.1, 2.0, 160)
    table = mixed_table(160, groups=groups, weights=weights)
    spec = {**SPEC, "study": {"name": "grouped"}}
    result = experiments.run(spec, table)
    assert result.spec["cv"]["splitter"] == "StratifiedGroupKFold"
    assert result.test is not None
    assert result.test.rows % 8 == 0
    assert result.test.ci_method == "bootstrap_groups"
    plain = experiments.run(spec, replace(table, weights=None), fresh=True)
    assert plain.data.fingerprint != result.data.fingerprint
    assert [one.value for one in plain.trials] != [one.value for one in result.trials]


def test_what_is_wrong_is_said_before_anything_is_written(desk: CommandRunner) -> None:
    before = desk.files()
    y = np.arange(10) % 2
    with pytest.raises(SpecError, match=r"spec: search\.trials"):
        experiments.run({**SPEC, "search": {"trials": 0}}, (np.zeros((10, 1)), y))
    with pytest.raises(DataError, match=r"cv\.metric: r2 scores numbers"):
        experiments.run({**SPEC, "cv": {"metric": "r2", "n_splits": 2}}, (np.zeros((10, 1)), y))
    with pytest.raises(SpecError, match=r"training: class_weight balanced is for classes"):
        experiments.run({**SPEC, "training": {"class_weight": "balanced"}}, (np.zeros((30, 1)), np.linspace(0, 1, 30)))
    assert desk.files() == before


def test_what_mlflow_lacks_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = SimpleNamespace(untracked="MLflow is missing 1 of 2 trials", folder="there", result="the result")
    monkeypatch.setattr("experiments.study.api.run_study", lambda *_, **__: outcome)
    with pytest.warns(UserWarning, match="missing 1 of 2 trials; python -m experiments.sync there sends it"):
        assert experiments.run({**SPEC, "data": {"source": "diabetes"}}) == "the result"
