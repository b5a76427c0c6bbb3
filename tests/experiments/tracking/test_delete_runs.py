"""A study's runs are recognised by its uid, wherever they lie, and no other study's are touched."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from experiments.errors import TrackingError
from experiments.tracking.delete_runs import find_runs
from experiments.tracking.mlflow_setup import SETTINGS, prepare_mlflow
from experiments.tracking.uris import check_database

pytestmark = pytest.mark.slow


def test_the_runs_of_one_study_are_found_and_deleted(
    tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = dict(SETTINGS)
    mlflow = prepare_mlflow(environ)
    shutil.copy(database, tmp_path / "mlflow.db")
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)  # in which MLflow looks up the models of versions
    mlflow.set_tracking_uri(None)  # that of a test before goes first
    client = mlflow.MlflowClient(uri)
    ours, other = client.create_experiment("ours"), client.create_experiment("renamed")
    parent = client.create_run(ours, tags={"study_uid": "uid-1"}).info.run_id
    nested = {"study_uid": "uid-1", "mlflow.parentRunId": parent}
    children = {client.create_run(experiment, tags=nested).info.run_id for experiment in (ours, other)}
    stranger = client.create_run(ours, tags={"study_uid": "uid-2"}).info.run_id
    model = client.create_logged_model(ours, "model", source_run_id=parent).model_id
    others = client.create_logged_model(ours, "model", source_run_id=stranger).model_id
    client.create_registered_model("m")
    for one in (others, model):
        client.create_model_version("m", f"models:/{one}", model_id=one)
    client.create_model_version("m", f"file://{tmp_path}/by_hand", run_id=parent)

    runs = find_runs(uri, "uid-1", environ)
    assert (set(runs.runs[:-1]), runs.runs[-1], list(runs.models)) == (children, parent, [model])
    assert runs.versions == ["models:/m/2", "models:/m/3"]
    runs.delete()
    left = client.search_runs([ours, other])
    assert [run.info.run_id for run in left] == [stranger]
    assert [one.model_id for one in client.search_logged_models([ours])] == [others]
    again = find_runs(uri, "uid-1", environ)
    assert (again.runs, again.models) == ([], [])


def test_where_there_can_be_no_runs_nothing_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for uri, uid in (("sqlite:///none.db", "uid"), ("none", "uid"), ("http://127.0.0.1:9", None)):
        assert not find_runs(uri, uid, {}).runs
    assert not list(tmp_path.iterdir())


def test_a_broken_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"no database" * 100)
    with pytest.raises(TrackingError, match="cannot be read"):
        find_runs(f"sqlite:///{tmp_path}/broken.db", "uid-1", {})


def test_a_place_that_cannot_be_read_is_not_one_without_runs(tmp_path: Path) -> None:
    database = tmp_path / ("n" * 300)
    for asked in (lambda: find_runs(f"sqlite:///{database}", "uid-1", {}), lambda: check_database(database)):
        with pytest.raises(TrackingError, match="cannot be read: File name too long"):
            asked()
