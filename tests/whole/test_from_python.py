"""A study from Python is the study of the command line, and its model predicts what a file holds."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import experiments
from experiments.compare import main as compare
from experiments.errors import DataError, LedgerError, SpecError, StudyStateError
from experiments.evaluation.statistics.intervals import wilson_interval
from experiments.predict import main as predict
from experiments.study.folders.lookup import study_file
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
    assert {"Study", "open", "run"} <= set(dir(experiments))  # for an editor that completes names


def test_a_study_file_gives_the_digest_of_the_command(undisturbed: dict[str, Any]) -> None:
    assert experiments.run("moons").digest == undisturbed["digest"]


def test_errors_name_arguments_and_no_options_of_the_command() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(60, 2)), rng.integers(0, 2, 60)
    settings: dict[str, Any] = {"out": "s", "workers": 1, "tracking_uri": "none", "quiet": True, "epochs": 1}
    experiments.run(data=rows, trials=1, **settings)
    with pytest.raises(LedgerError, match=r'Use look="leave" to continue .*, or acknowledge_reuse=True to test again'):
        experiments.run(data=rows, trials=2, **settings)
    with pytest.raises(StudyStateError, match=r"Another name= or out= runs .*, fresh=True starts anew in its place\."):
        experiments.run(data=(rows[0] + 1, rows[1]), trials=1, **settings)
    with pytest.raises(SpecError, match=r"the rows of s came from a Python program.*data=rows, out='s'\)\."):
        study_file("s")
    again = experiments.run(data=rows, trials=2, acknowledge_reuse=True, **settings)
    assert again.result.test.times_scored == 2


def test_new_names_of_columns_and_classes_reach_the_model_of_a_finished_study() -> None:
    chance = np.random.default_rng(0)
    frame, labels = pd.DataFrame(chance.normal(size=(90, 2)), columns=["a", "b"]), chance.integers(0, 2, 90)
    settings: dict[str, Any] = {"workers": 1, "tracking_uri": "none", "quiet": True, "epochs": 2, "trials": 1}

    def run(columns: list[str], classes: list[str], target: str = "y", out: str = "first") -> experiments.Study:
        y = pd.Series(np.array(classes)[labels], name=target)
        return experiments.run(data=(frame.set_axis(columns, axis=1), y), out=out, **settings)

    expected = run(["a", "b"], ["no", "yes"]).model.predict(frame)
    swapped = run(["b", "a"], ["no", "yes"])  # as after a correction of the header
    assert list(swapped.model.inputs) == ["b", "a"]
    assert swapped.model.predict(frame.set_axis(["b", "a"], axis=1)).equals(expected)
    assert list(run(["b", "a"], ["neg", "pos"]).model.predict(frame)) == [
        "prediction", "probability_neg", "probability_pos",
    ]  # fmt: skip
    again = run(["b", "a"], ["neg", "pos"], "z")
    assert (again.model.predicts, again.result.test.times_scored) == ("z", 1)
    assert again.digest == run(["b", "a"], ["neg", "pos"], "z", "second").digest


def test_a_second_study_in_the_folder_of_the_first_has_baselines_of_its_own_rows() -> None:
    rng = np.random.default_rng(5)
    data = rng.normal(size=(120, 3)), rng.integers(0, 2, 120)  # noise: another split has other scores
    settings: dict[str, Any] = {"name": "noise", "trials": 1, "epochs": 1, "workers": 2, "tracking_uri": "none"}
    experiments.run(data=data, out="first", split_seed=0, **settings)
    again = experiments.run(data=data, out="first", split_seed=1, fresh=True, **settings)
    assert again.digest == experiments.run(data=data, out="second", split_seed=1, **settings).digest


def test_a_frame_is_learnt_and_its_like_predicted(desk: CommandRunner, capsys: pytest.CaptureFixture[str]) -> None:
    frame = mixed_frame(150)
    frame["price"] = 1000 + 20 * (frame["age"] - 40) + 300 * (frame["colour"] == "red")
    study = experiments.run(SPEC, frame, target="price", workers=2)
    said, result = capsys.readouterr().out.splitlines(), study.result
    stages = ["loading the data", "starting the workers", "refitting the best configuration", "scoring the test rows"]
    assert said[0] == "prices: results go to studies/prices"
    assert [line for line in said if line in stages] == stages
    assert any(line.startswith("prices: 4 trials (4 complete) in ") for line in said)
    assert any("studies/prices/report.html" in line for line in said)
    assert (result.data.task, result.data.features, result.spec["cv"]["metric"]) == ("regression", 4, "r2")
    assert (result.spec["training"]["loss"], result.spec["cv"]["splitter"]) == ("mean_squared_error", "KFold")
    assert result.test is not None
    assert result.test.score > 0.5
    again = experiments.run(SPEC, frame, target="price", workers=1, fresh=True, out="other", quiet=True)
    assert again.digest == result.digest == experiments.open("studies/prices").digest
    assert capsys.readouterr().out == ""
    assert list(study.trials["value"]) == [trial.value for trial in result.trials]
    assert isinstance(study, experiments.Study)

    frame.drop(columns="price").to_csv("new.csv", index=False)
    assert predict(["studies/prices", "new.csv", "--out", "out.csv"]) == 0
    predicted = pd.read_csv("out.csv")["prediction"]
    np.testing.assert_allclose(study.model.predict(frame)["prediction"], predicted, rtol=1e-5)
    assert np.corrcoef(predicted, frame["price"])[0, 1] > 0.8
    assert predicted.mean() == pytest.approx(frame["price"].mean(), rel=0.1)
    assert capsys.readouterr().err == ""


def test_groups_and_weights_are_heeded(desk: CommandRunner) -> None:
    chance = np.random.default_rng(2)
    groups, weights = np.arange(160) // 8, chance.uniform(0.1, 2.0, 160)
    table = mixed_table(160, groups=groups, weights=weights)
    spec = {**SPEC, "study": {"name": "grouped"}}
    result = experiments.run(spec, table, workers=1).result
    assert result.spec["cv"]["splitter"] == "StratifiedGroupKFold"
    assert result.test is not None
    assert result.test.rows % 8 == 0
    drawn = result.test.rows // 8
    assert result.test.ci_method == ("wilson" if result.test.score == 1.0 else "expanded_bootstrap_groups")
    assert result.test.ci95[0] < wilson_interval(drawn, drawn)[0] + 1e-6  # no surer than as many rows
    plain = experiments.run(spec, replace(table, weights=None), workers=1, fresh=True).result
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
    outcome = SimpleNamespace(untracked="MLflow is missing 1 of 2 trials", folder="there")
    monkeypatch.setattr("experiments.study.python.api.run_study", lambda *_, **__: outcome)
    monkeypatch.setattr("experiments.study.python.api.open", lambda folder: f"the study in {folder}")
    with pytest.warns(UserWarning, match="missing 1 of 2 trials; python -m experiments.sync there sends it"):
        study = experiments.run({**SPEC, "data": {"source": "diabetes"}}, quiet=True)
    assert study == "the study in there"


def test_a_frame_alone_has_the_default_space_and_goes_on_where_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    frame = mixed_frame(120)
    frame["tall"] = np.where(frame["age"] > 40, "yes", "no")
    few = {"target": "tall", "epochs": 3, "training": {"patience": 0}, "final": {"members": 1}, "workers": 1}
    tried = experiments.run(data=frame, trials=2, look="leave", **few)
    assert (tried.folder.name, tried.test, len(tried.trials)) == ("tall", None, 2)
    assert repr(tried).startswith("<Study tall: accuracy 0.")
    assert "in cross-validation, not tested, 2 trials, studies/tall>" in repr(tried)
    with pytest.raises(StudyStateError, match=r"has no model; .* look='only'"):
        tried.model  # noqa: B018
    assert 'the study stopped before the test; look="only" tests the best model' in capsys.readouterr().out
    whole = experiments.run(data=frame, trials=3, **few)
    assert "2 of 3 trials finished before" in (whole.folder / "log.txt").read_text()
    assert whole.trials["value"][:2].tolist() == tried.trials["value"].tolist()
    predictions = whole.model.predict(frame.drop(columns="tall"))
    assert list(predictions) == ["prediction", "probability_no", "probability_yes"]
    capsys.readouterr()
    assert experiments.run(data=frame, trials=3, **few).digest == whole.digest
    assert "finished before: nothing was computed" in capsys.readouterr().out
    other = experiments.run(data=frame, trials=3, seed=7, name="again", **few)
    capsys.readouterr()
    assert compare(["tall", "again", "--out", "compared"]) == 0
    lines = capsys.readouterr().out.splitlines()[:-1]  # the last is the path of the page
    for compared in (whole.compare(other), whole.compare("again"), whole.compare(other.folder)):
        assert repr(compared).split() == " ".join(lines).split()
        assert compared.record.document() == json.loads(Path("compared/compare.json").read_text())
    by_loss = whole.compare(other, metric="logloss").record
    assert (by_loss.metric, all(study.named is not None for study in by_loss.studies)) == ("neg_log_loss", True)
    with pytest.raises(SpecError, match=r"^metric: r2 scores numbers, but the target is 2 classes"):
        whole.compare(other, metric="r2")
    with pytest.raises(SpecError, match="'tall' is named twice"):
        whole.compare(whole)


def test_a_file_with_the_default_space_is_the_commands_study(desk: CommandRunner) -> None:
    frame = mixed_frame(120)
    frame["tall"] = np.where(frame["age"] > 40, "yes", "no")
    frame.to_csv("people.csv", index=False)
    study = experiments.run(data="people.csv", target="tall", trials=2, epochs=3, workers=1, quiet=True)
    again = desk.tune("people")  # by the study file that was written
    assert (again.code, "finished before: nothing was computed" in again.out) == (0, True)
    assert desk.results(study.folder)["digest"] == study.digest
