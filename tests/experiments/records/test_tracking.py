"""MLflow shows every trial once, whatever happened before, and never holds the study up."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from experiments.records import tracking_store
from experiments.records.tracking import StudyCard, Tracking
from experiments.records.tracking_runs import LONGEST_PARAM, LONGEST_TAG, EndStatus, Scalar, safe_name
from experiments.records.tracking_store import Store, make_database, prepare_mlflow
from experiments.search.trial import TrialResult
from support.tracking import NASTY, PARAMS, card, result, wait_for


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings that the writer makes in the environment, made here so that they are taken back."""
    for name, value in tracking_store.SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "2")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new database; making one takes a second, copying it nothing."""
    path = tmp_path_factory.mktemp("template") / "mlflow.db"
    prepare_mlflow(dict(tracking_store.SETTINGS))
    make_database(path, path.parent / "artifacts")
    return path


class Place:
    """A store in a folder of its own, written through Tracking and read through MLflow's client."""

    def __init__(self, folder: Path, template: Path) -> None:
        self.folder, self.warnings = folder, list[str]()
        shutil.copy(template, folder / "mlflow.db")
        self.uri = f"sqlite:///{folder}/mlflow.db"
        self.client = prepare_mlflow({}).MlflowClient(self.uri)

    def tracking(self, study: StudyCard | None = None, uri: str | None = None) -> Tracking:
        return Tracking(uri or self.uri, self.folder / "artifacts", study or card(), self.warnings.append)

    def write(
        self,
        *results: TrialResult,
        params: Mapping[str, Scalar] = PARAMS,
        study: StudyCard | None = None,
        status: EndStatus = "FINISHED",
        metrics: Mapping[str, float] | None = None,
        files: tuple[Path, ...] = (),
    ) -> str | None:
        """A whole study: started, its trials told, finished."""
        tracking = self.tracking(study)
        tracking.start()
        for told in results:
            tracking.trial(told, params)
        return tracking.finish(status, metrics or {"best_cv_mean": 0.9}, {"verdict": "helped"}, files, timeout=30)

    def runs(self, query: str = "", name: str = NASTY) -> list[Any]:
        experiment = self.client.get_experiment_by_name(name)
        return list(self.client.search_runs([experiment.experiment_id], query)) if experiment else []

    def children(self) -> dict[str, Any]:
        """Trial tag -> run; fails if a trial is there twice."""
        found = [run for run in self.runs() if "trial" in run.data.tags]
        assert len({run.data.tags["trial"] for run in found}) == len(found)
        return {run.data.tags["trial"]: run for run in found}

    def parent(self) -> Any:
        (parent,) = [run for run in self.runs() if "trial" not in run.data.tags]
        return parent

    def artifacts(self, run: Any) -> dict[str, Path]:
        root = Path(run.info.artifact_uri.removeprefix("file://"))
        return {str(path.relative_to(root)): path for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def place(tmp_path: Path, template: Path) -> Place:
    folder = tmp_path / "place"
    folder.mkdir()
    return Place(folder, template)


def test_a_study_is_one_run_with_a_child_for_each_trial(place: Place, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    report.write_text("<html>")
    model = tmp_path / "model"
    model.mkdir()
    (model / "weights.npz").write_bytes(b"123")
    trials = (result(0), result(1, "PRUNED", "diverged"), result(2, "FAIL", "worker died", epochs=1))

    assert place.write(*trials, metrics={"best_cv_mean": 0.9, "test/accuracy": 0.8}, files=(report, model)) is None

    parent, children = place.parent(), place.children()
    assert parent.info.status == "FINISHED"
    assert parent.info.run_name == NASTY
    assert parent.data.metrics == {"best_cv_mean": 0.9, "test/accuracy": 0.8}
    assert parent.data.params == {"cv.splitter": "StratifiedKFold", "training.epochs": "3"}
    expected = {"mlflow.note.content": "A study.", "mlflow.source.git.commit": "abc123", "study_uid": "uid-1"}
    assert (expected | {"verdict": "helped"}).items() <= parent.data.tags.items()
    assert set(place.artifacts(parent)) == {"report.html", "model/weights.npz"}

    assert [(n, children[n].info.status, children[n].info.run_name) for n in ("0", "1", "2")] == [
        ("0", "FINISHED", "trial-000"),
        ("1", "FINISHED", "trial-001"),
        ("2", "FAILED", "trial-002"),
    ]
    first = children["0"]
    assert first.data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert first.data.params == {
        "learning_rate": "0.01", "log10_learning_rate": "-2", "hidden_layers": "2", "l2": "0.0", "activation": "relu"
    }  # fmt: skip
    assert first.data.metrics["cv_mean"] == trials[0].value
    assert first.data.metrics["cv_std"] == 0.1
    assert first.data.metrics["epochs"] == 3
    history = place.client.get_metric_history(first.info.run_id, "val_score")
    assert [(point.step, point.value) for point in history] == list(enumerate(trials[0].curves.mean_scores, start=1))
    assert {"val_loss", "train_loss", "seconds"} <= first.data.metrics.keys()
    assert first.info.end_time - first.info.start_time == pytest.approx(2000, abs=1)
    (pruned,) = place.runs("tags.state = 'PRUNED'")
    assert (pruned.data.tags["trial"], pruned.data.tags["reason"]) == ("1", "diverged")
    assert "cv_mean" not in pruned.data.metrics
    assert place.warnings == []


def test_writing_again_changes_nothing_and_an_extension_adds_only_what_is_new(place: Place) -> None:
    place.write(result(0), result(1))
    before = {key: run.info.run_id for key, run in place.children().items()}
    place.write(result(0), result(1), result(2))
    after = {key: run.info.run_id for key, run in place.children().items()}
    assert after.items() >= before.items()
    assert set(after) == {"0", "1", "2"}
    assert len(place.client.get_metric_history(place.parent().info.run_id, "best_cv_mean")) == 1


def test_what_a_kill_left_half_written_is_written_again(place: Place) -> None:
    place.write(result(0), result(1), result(2))
    parent, before = place.parent().info.run_id, place.children()
    place.client.delete_tag(before["1"].info.run_id, "complete")
    place.client.update_run(before["2"].info.run_id, status="RUNNING")
    tags = {"mlflow.parentRunId": parent, "study_uid": "uid-1", "trial": "0"}  # an answer got lost, then a kill
    place.client.create_run(before["0"].info.experiment_id, tags=tags)

    place.write(result(0), result(1), result(2))

    after = place.children()
    assert place.parent().info.run_id == parent
    assert after["0"].info.run_id == before["0"].info.run_id
    assert after["1"].info.run_id != before["1"].info.run_id
    assert [after[n].data.tags["complete"] for n in ("0", "1", "2")] == ["true"] * 3
    assert {run.info.status for run in after.values()} == {"FINISHED"}


def test_a_parent_or_experiment_deleted_by_hand_is_made_up_for(place: Place) -> None:
    place.write(result(0))
    place.client.delete_run(place.parent().info.run_id)
    assert place.write(result(0)) is None
    assert set(place.children()) == {"0"}
    assert place.children()["0"].data.tags["mlflow.parentRunId"] == place.parent().info.run_id
    place.client.delete_experiment(place.parent().info.experiment_id)
    assert place.write(result(0), result(1)) is None
    assert set(place.children()) == {"0", "1"}


def test_another_uid_is_another_run_of_the_same_experiment(place: Place) -> None:
    place.write(result(0))
    place.write(result(0), study=card(uid="uid-2"))
    assert len(place.runs()) == 4
    assert len(place.runs("tags.study_uid = 'uid-2'")) == 2


def test_the_parent_runs_while_the_study_does_and_a_killed_one_says_so(place: Place) -> None:
    place.write(result(0), status="KILLED")
    assert place.parent().info.status == "KILLED"
    resumed = place.tracking()
    resumed.start()
    wait_for(lambda: place.parent().info.status == "RUNNING")
    assert resumed.finish("FINISHED", {}, {}, (), timeout=30) is None
    assert place.parent().info.status == "FINISHED"


def test_a_constant_that_changed_becomes_a_tag_and_an_edited_description_stays(place: Place) -> None:
    place.write(study=card(params={"search.trials": 40}))
    place.client.set_tag(place.parent().info.run_id, "mlflow.note.content", "My own words.")
    assert place.write(study=card(params={"search.trials": 60, "more": 1}, description="New.")) is None
    data = place.parent().data
    assert data.params == {"search.trials": "40", "more": "1"}
    assert data.tags["now.search.trials"] == "60"
    assert data.tags["mlflow.note.content"] == "My own words."


def test_nan_and_infinity_are_never_sent(place: Place) -> None:
    spoilt = result(0, "PRUNED", "diverged", spoilt={2: math.nan, 3: math.inf})
    place.write(spoilt, params=PARAMS | {"l2": math.inf}, metrics={"best_cv_mean": 0.9, "test": math.nan})
    run = place.children()["0"]
    assert "l2" not in run.data.params
    assert run.data.tags["not_finite"] == "val_loss (2 of 3), train_loss (2 of 3), parameter l2"
    assert [point.step for point in place.client.get_metric_history(run.info.run_id, "val_loss")] == [1]
    assert place.parent().data.metrics == {"best_cv_mean": 0.9}
    assert place.parent().data.tags["not_finite"] == "test (1 of 1)"


def test_long_values_are_cut_visibly_and_kept_whole_in_an_artifact(place: Place) -> None:
    study = card(params={"columns": "c" * 7_000}, description="d" * 9_000)
    assert place.write(result(0), params={"activation": "é" * 6_001}, study=study) is None
    run, parent = place.children()["0"], place.parent()
    assert len(run.data.params["activation"]) == LONGEST_PARAM
    assert run.data.params["activation"].endswith(
        "é... [cut: 6,001 characters, all in the artifact params/activation.txt]"
    )
    assert place.artifacts(run)["params/activation.txt"].read_text() == "é" * 6_001
    assert len(parent.data.tags["mlflow.note.content"]) == LONGEST_TAG
    assert place.artifacts(parent)["params/columns.txt"].read_text() == "c" * 7_000
    assert place.artifacts(parent)["tags/mlflow.note.content.txt"].read_text() == "d" * 9_000


def test_a_trial_longer_than_one_batch_is_written_whole(place: Place) -> None:
    assert place.write(result(0, epochs=700), params={f"p{i}": i for i in range(150)}) is None
    run = place.children()["0"]
    assert len(run.data.params) == 150
    for key in ("val_score", "val_loss", "train_loss"):
        assert len(place.client.get_metric_history(run.info.run_id, key)) == 700


@pytest.mark.parametrize("name", ["x" * 600, "a\0b\nc", "../../etc", "Default"])
def test_any_name_is_an_experiment(place: Place, name: str) -> None:
    file = place.folder / "report.md"
    file.write_text("x")
    assert place.write(result(0), study=card(name), files=(file,)) is None
    assert len(place.runs(name=safe_name(name, 500))) == 2
    assert list(place.folder.parent.iterdir()) == [place.folder]


def test_a_missing_file_is_named_and_the_rest_arrives(place: Place, tmp_path: Path) -> None:
    there = tmp_path / "there.md"
    there.write_text("x")
    line = place.write(result(0), files=(tmp_path / "gone.html", there))
    assert line is not None
    assert "is missing gone.html (refused: there is no file" in line
    assert set(place.artifacts(place.parent())) == {"there.md"}
    assert place.parent().info.status == "FINISHED"


def test_what_mlflow_refuses_does_not_block_what_follows(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Store._log

    def refusing(store: Store, run: str, points: Any = (), params: Any = None, tags: Any = None) -> None:
        if tags and tags.get("trial") == "0":
            tags = {**tags, "../x": ""}  # a key that the real store refuses
        write(store, run, points, params, tags)

    monkeypatch.setattr(Store, "_log", refusing)
    line = place.write(result(0), result(1))
    assert line is not None
    assert "is missing trial 0 (refused: " in line
    assert "\n" not in line
    assert set(place.children()) == {"1"}


def test_an_outage_is_warned_of_once_and_made_up_for(place: Place) -> None:
    obstacle = place.folder / "mlruns"
    obstacle.write_text("a file where the folder should be")
    uri = f"sqlite:///{obstacle}/mlflow.db"
    shutil.copy(place.folder / "mlflow.db", place.folder / "kept.db")
    tracking = place.tracking(uri=uri)
    tracking.start()
    tracking.trial(result(0), PARAMS)
    wait_for(lambda: bool(place.warnings))
    time.sleep(1.2)  # two more attempts
    obstacle.unlink()
    obstacle.mkdir()
    (place.folder / "kept.db").rename(obstacle / "mlflow.db")
    tracking.trial(result(1), PARAMS)
    assert tracking.finish("FINISHED", {}, {}, (), timeout=30) is None
    assert len(place.warnings) == 1
    place.client = prepare_mlflow({}).MlflowClient(uri)
    assert set(place.children()) == {"0", "1"}
