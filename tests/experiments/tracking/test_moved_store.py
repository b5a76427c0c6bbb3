"""The artifacts of a moved or copied store are its own, and a copy never writes into the original's."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from experiments.tracking.mlflow_setup import prepare_mlflow
from experiments.tracking.moved_store import COLUMNS, follow_artifacts
from experiments.tracking.outbox import Outbox, write_outbox
from experiments.tracking.writer import Writer
from support.tracking import BEGUN, Place, end, metadata, result, tell

pytestmark = pytest.mark.slow

FILES = {"files": ("report.md",)}


def addresses(place: Path) -> list[str]:
    """Every address of artifacts in a database, but that of MLflow's own experiment 0."""
    with closing(sqlite3.connect(place / "mlflow.db")) as database:
        found = [
            value
            for table, column in COLUMNS
            for (value,) in database.execute(f"SELECT {column} FROM {table}")
            if value and not value.endswith("/0") and not value.startswith("models:")
        ]
    assert len(found) >= 2
    return found


@pytest.fixture
def original(place: Place) -> Place:
    """A study of one trial with a report, a logged model and a version of it, in a store of its own."""
    (place.study / "report.md").write_text("of one trial")
    place.write(result(0), end=end(1, **FILES))
    parent = place.parent().info
    model = place.client.create_logged_model(parent.experiment_id, "m", parent.run_id)
    (place.folder / "model").mkdir()
    (place.folder / "model" / "MLmodel").write_text("m")
    place.client.log_model_artifacts(model.model_id, str(place.folder / "model"))
    place.client.finalize_logged_model(model.model_id, "READY")
    place.client.create_registered_model("m")
    place.client.create_model_version("m", f"models:/{model.model_id}", model_id=model.model_id)
    return place


def written(place: Place) -> Writer:
    """The writer that has written a study."""
    writer = Writer(place.study, place.uri)
    writer.close()
    assert writer.write(lambda: True), writer.trouble
    return writer


def go_on(place: Place) -> Writer:
    """Give a study of one trial another one and another report, and write it."""
    (place.study / "report.md").write_text("of two trials")
    tell(place.study, result(1))
    write_outbox(place.study, Outbox(metadata=metadata(), begun=BEGUN, outcome=end(2, digest="d2", **FILES)))
    return written(place)


def report(place: Place) -> str:
    """The report among the artifacts beside a database, of which there is one."""
    (path,) = (place.folder / "artifacts").rglob("report.md")
    return path.read_text()


def test_a_copy_writes_to_its_own_artifacts(original: Place, tmp_path: Path) -> None:
    copy = Place.at(Path(shutil.copytree(original.folder, tmp_path / "copy of it")))
    lines = follow_artifacts(copy.folder / "mlflow.db")
    (line,) = lines
    assert line.startswith(f"{copy.folder}/mlflow.db: was moved or copied; MLflow's artifacts of digits")
    assert line.endswith(f"are now those in {copy.folder}/artifacts")
    own = (copy.folder / "artifacts").as_uri()
    assert {address.startswith(f"{own}/") for address in addresses(copy.folder)} == {True}
    assert follow_artifacts(copy.folder / "mlflow.db") == []
    go_on(copy)
    assert report(original) == "of one trial"
    assert report(copy) == "of two trials"


def test_a_moved_store_has_its_models_and_makes_no_folder_in_the_old_place(original: Place, tmp_path: Path) -> None:
    old = original.folder
    moved = Place.at(old.rename(tmp_path / "moved"))
    writer = written(moved)
    assert ([line.count("was moved or copied") for line in writer.notes], writer.missing) == ([1], None)
    assert not old.exists()
    path = prepare_mlflow({}).artifacts.download_artifacts("models:/m/1", dst_path=str(tmp_path / "loaded"))
    assert Path(path, "MLmodel").read_text() == "m"


def test_a_copy_without_the_artifacts_gets_the_trials_and_says_where_files_would_go(
    original: Place, tmp_path: Path
) -> None:
    no_artifacts = shutil.ignore_patterns("artifacts")
    copy = Place.at(Path(shutil.copytree(original.folder, tmp_path / "copy", ignore=no_artifacts)))
    before = addresses(copy.folder)
    writer = go_on(copy)
    here = copy.folder / "artifacts" / Path(before[0]).name
    assert writer.missing is not None
    assert "is missing 2 files (refused: its artifacts lie in " in writer.missing
    assert f"of the store that this one is a copy of; copy that folder to {here}, or make an" in writer.missing
    assert set(copy.trials()) == {"0", "1"}
    assert {address.startswith(before[0]) for address in addresses(copy.folder)} == {True}
    assert report(original) == "of one trial"

    shutil.move(original.folder, tmp_path / "away")  # then the place is not there, which is as bad
    assert "which is not there; copy that folder to" in str(written(copy).missing)
    assert not original.folder.exists()
    here.mkdir(parents=True)  # the cure
    assert written(copy).missing is None
    assert report(copy) == "of two trials"


def test_a_study_without_files_yet_has_its_artifacts_where_its_copy_is(place: Place, tmp_path: Path) -> None:
    place.write(result(0))
    copy = Place.at(Path(shutil.copytree(place.folder, tmp_path / "copy")))
    assert go_on(copy).missing is None
    assert copy.artifacts(copy.parent())["report.md"].is_relative_to(copy.folder)
    assert not (place.folder / "artifacts").exists()


def test_an_experiment_that_began_in_another_folder_keeps_its_place_and_says_it(place: Place, tmp_path: Path) -> None:
    other = tmp_path / "other" / "artifacts"
    write_outbox(place.study, Outbox(metadata=metadata(), begun=BEGUN, outcome=end(1, **FILES)))
    (place.study / "report.md").write_text("of one trial")
    tell(place.study, result(0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("experiments.tracking.store.artifacts_of", lambda _: other)
        patch.setattr("experiments.tracking.moved_store.artifacts_of", lambda _: other)
        assert written(place).notes == []
    writer = go_on(place)
    assert writer.missing is None
    assert place.artifacts(place.parent())["report.md"].is_relative_to(other)
    (line,) = writer.notes
    assert f"go to {other}" in line
    assert f"moved to {place.folder}/artifacts/" in line


def test_the_folder_of_another_program_is_left_alone(place: Place, tmp_path: Path) -> None:
    for location in (tmp_path.as_uri(), f"{tmp_path}/artifacts/7", "s3://bucket/artifacts/s-14e0ffdc"):
        place.client.create_experiment(location, artifact_location=location)
    (place.folder / "artifacts" / "7").mkdir(parents=True)
    assert follow_artifacts(place.folder / "mlflow.db") == []
