"""The command writes to MLflow what a study's folder has, as often as one likes."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from experiments import sync
from experiments.tracking import writer_lock
from experiments.tracking.mlflow_setup import SETTINGS, prepare_mlflow
from experiments.tracking.outbox import Outbox, write_outbox
from experiments.tracking.writer_lock import lock_of
from experiments.tracking.writer_state import new_state, read_state, shortfall, write_state
from support.answering import answering
from support.results import change
from support.study_folders import results
from support.tracking import BEGUN, Place, end, metadata, result, tell

pytestmark = pytest.mark.slow


@pytest.fixture
def place(tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    prepare_mlflow({})
    monkeypatch.chdir(tmp_path)
    place = Place(tmp_path / "studies", database)
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


def test_what_is_said_of_a_study_goes_when_it_was_sent_to_the_store_of_its_last_run(place: Place) -> None:
    write_state(place.study, new_state("run", place.uri))
    line = f"MLflow at {place.uri} is missing a part of the study, or all of it (its writer ended before it was done)"
    sends = f"python -m experiments.sync {place.study} --tracking-uri {place.uri} sends it"
    assert shortfall(place.study, {}) == f"{line}; {sends}"
    assert (
        shortfall(place.study, {"MLFLOW_TRACKING_URI": place.uri})
        == f"{line}; {sends.replace(f' --tracking-uri {place.uri}', '')}"
    )
    assert sync.main(["study", "--tracking-uri", f"sqlite:///{place.folder}/other.db", "--quiet"]) == 0
    assert shortfall(place.study, {}) is not None
    assert sync.main(["study", "--tracking-uri", place.uri, "--quiet"]) == 0
    assert shortfall(place.study, {}) is None
    state = read_state(place.study)
    assert state is not None
    assert (state.complete, state.digest) == (True, "d1")


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
    monkeypatch.setattr(sync, "SYNC_TIMEOUT", 0.1)
    monkeypatch.setattr(writer_lock, "LIMIT", 0.5)
    assert sync.main(["nothing"]) == 2
    assert capsys.readouterr().err.startswith("error: STUDY: must be a study's name (")
    assert sync.main(["x" * 600]) == 2
    assert sync.main(["study", "--tracking-uri", "none"]) == 2
    assert "--tracking-uri: must be a store, but got none." in capsys.readouterr().err
    shutil.copytree(place.study, place.folder / "empty")
    (place.folder / "empty" / "tracking.json").unlink()
    assert sync.main(["studies/empty"]) == 2
    (place.folder / "file").write_text("")
    assert sync.main(["study", "--tracking-uri", f"sqlite:///{place.folder}/file/mlflow.db"]) == 2
    assert "is missing 2 of 2 trials" in capsys.readouterr().err
    with lock_of(place.study, place.uri):
        assert sync.main(["study", "--tracking-uri", place.uri]) == 2
    said = capsys.readouterr()
    assert said.err == f"error: {Path('studies/study')}: the study is still being written to MLflow; try in a minute.\n"
    assert said.out.count("studies/study: waiting until what is on its way to MLflow is there") == 1


def test_results_that_were_changed_are_not_sent(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    (place.study / "results.json").write_text(json.dumps(results(2, tested=True)))
    change(place.study / "results.json", lambda document: document["test"].update(score=0.9999))
    assert sync.main(["study", "--tracking-uri", place.uri]) == 2
    assert "results.json: was changed after it was written: digest is" in capsys.readouterr().err
    assert place.runs() == []


def test_a_server_that_denies_the_user_is_asked_once(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    with answering(401, "You are not authenticated.") as (uri, asked):
        assert sync.main(["study", "--tracking-uri", uri]) == 2
    assert len(asked) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.count("MLFLOW_TRACKING_PASSWORD")) == ("", 1)


def test_a_slow_store_has_its_lines_about_what_is_left(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sync, "PROGRESS", 0.0)
    assert sync.main(["study", "--tracking-uri", place.uri]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("still to send: ")]
    assert lines[0] == "still to send: 2 of 2 trials, the ranks, the results of the study, 1 file"
    assert lines[-1] == "still to send: 1 file"


def test_a_missing_driver_is_no_outage(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    assert sync.main(["study", "--tracking-uri", "postgresql+psycopg2://ann:s3cret@127.0.0.1/m"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "postgresql+psycopg2://***@127.0.0.1/m is missing 2 of 2 trials" in said.err
    assert "psycopg2" in said.err.rpartition("(")[2]


@pytest.mark.parametrize(
    ("version", "whose"), [("cfd24bdc0731", "an older MLflow;"), ("ffffffffffff", "a newer MLflow than")]
)
def test_a_database_of_another_mlflow_is_no_outage(
    place: Place, capsys: pytest.CaptureFixture[str], version: str, whose: str
) -> None:
    assert sync.main(["study", "--tracking-uri", place.uri, "--quiet"]) == 0
    shutil.copy(place.folder / "mlflow.db", place.folder / "other.db")
    with closing(sqlite3.connect(place.folder / "other.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = ?", (version,))
    assert sync.main(["study", "--tracking-uri", f"sqlite:///{place.folder}/other.db"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count(f"its database is of {whose}")) == ("", 1)
