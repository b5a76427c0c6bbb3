"""The command writes to MLflow what a study's folder has, as often as one likes."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments import sync
from experiments.tracking.mlflow_setup import SETTINGS, make_database, prepare_mlflow
from experiments.tracking.outbox import Outbox, write_outbox
from experiments.tracking.process import lock_of
from support.tracking import BEGUN, Place, end, metadata, result, tell

pytestmark = pytest.mark.slow


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    prepare_mlflow({})
    make_database(tmp_path / "mlflow.db", tmp_path / "artifacts")
    monkeypatch.chdir(tmp_path)
    place = Place(tmp_path / "studies", tmp_path / "mlflow.db")
    tell(place.study, result(0), result(1))
    write_outbox(place.study, Outbox(metadata=metadata(), begun=BEGUN, outcome=end(2)))
    yield place
    prepare_mlflow({}).set_tracking_uri(None)


def test_a_study_is_found_by_name_or_folder_and_written_once(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    for study in ("study", str(place.study), "study"):
        assert sync.main([study, "--tracking-uri", place.uri]) == 0
    assert len(place.runs()) == 3
    assert place.parent().info.status == "FINISHED"
    assert capsys.readouterr().out.count(f"MLflow at {place.uri} has 2 trials of ") == 3


def test_a_database_that_another_program_has_locked_is_waited_for(place: Place) -> None:
    assert sync.main(["study", "--tracking-uri", place.uri, "--quiet"]) == 0
    tell(place.study, result(2))
    other = sqlite3.connect(place.folder / "mlflow.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(2.0, lambda: other.execute("ROLLBACK"))
    release.start()
    assert sync.main(["study", "--tracking-uri", place.uri]) == 0
    release.join()
    other.close()
    assert set(place.trials()) == {"0", "1", "2"}


def test_what_cannot_be_done_is_one_line(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sync, "SYNC_TIMEOUT", 0.0)
    monkeypatch.setattr(sync, "WRITER_TIMEOUT", 0.1)
    assert sync.main(["nothing"]) == 2
    assert (
        "STUDY: must be a name in studies/ (study), a study's folder or a .toml file, but got 'nothing'"
        in capsys.readouterr().err
    )
    assert sync.main(["x" * 600]) == 2
    assert sync.main(["study", "--tracking-uri", "none"]) == 2
    assert "--tracking-uri: a store is wanted, but got none." in capsys.readouterr().err
    shutil.copytree(place.study, place.folder / "empty")
    (place.folder / "empty" / "tracking.json").unlink()
    assert sync.main(["studies/empty"]) == 2
    (place.folder / "file").write_text("")
    assert sync.main(["study", "--tracking-uri", f"sqlite:///{place.folder}/file/mlflow.db"]) == 2
    assert "is missing 2 of 2 trials" in capsys.readouterr().err
    with lock_of(place.study, place.uri):
        assert sync.main(["study", "--tracking-uri", place.uri]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert "another command is writing this study to MLflow" in error
    assert error.count("\n") == 1
