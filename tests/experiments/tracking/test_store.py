"""Of a study's files MLflow gets regular ones of the folder, and nothing else; an older copy replaces nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from experiments.tracking.outbox import EndStatus, Outbox, write_outbox
from experiments.tracking.refusals import RefusedError
from experiments.tracking.store import Store
from experiments.tracking.writer import Writer
from support.tracking import BEGUN, Place, end, metadata, refitted, result, tell


class Client:
    """A client that notes what it would send.

    Attributes:
        sent: names of the files and folders, in order.
    """

    def __init__(self) -> None:
        self.sent: list[str] = []

    def log_artifact(self, _: str, path: str) -> None:
        self.sent.append(Path(path).name)


@pytest.fixture
def store() -> Store:
    return Store(mlflow=None, client=Client(), experiment="1", parent="run", uid="uid-1")


def test_a_file_and_a_folder_of_files_are_sent(store: Store, tmp_path: Path) -> None:
    (tmp_path / "files" / "more").mkdir(parents=True)
    for name in ("report.md", "files/a.svg", "files/more/b.svg"):
        (tmp_path / name).write_text("x")
    for name in ("report.md", "files"):
        store.upload(name, tmp_path / name)
    assert store.client.sent == ["report.md", "files"]


def test_what_is_not_there_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="there is no file"):
        store.upload("report.md", tmp_path / "report.md")


def test_a_link_and_what_is_no_regular_file_are_refused_in_a_folder_too(store: Store, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    for name, words in (("link", "symbolic links are not sent"), ("pipe", "pipes and devices are not sent")):
        (tmp_path / name).mkdir()
        for place in (tmp_path / name / "a.svg", tmp_path / f"{name}.html"):
            if name == "pipe":
                os.mkfifo(place)
            else:
                place.symlink_to(tmp_path / "secret")
        for one in (name, f"{name}.html"):
            with pytest.raises(RefusedError, match=words):
                store.upload(one, tmp_path / one)
    assert store.client.sent == []


def test_no_file_goes_to_the_place_of_another_store(store: Store, tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("x")
    store.refusal = "its artifacts lie elsewhere"
    for content in (tmp_path / "report.md", "a text"):
        with pytest.raises(RefusedError, match="its artifacts lie elsewhere"):
            store.upload("report.md", content)
    assert store.client.sent == []


def test_what_mlflow_has_more_than_a_folder_is_named(store: Store) -> None:
    store.trials, store.metrics, store.tags, store.digest = {0: "a", 1: "b"}, {"trials": 2.0}, frozenset(), "d2"
    assert store.newer([0], None) == "2 trials, this folder 1"
    assert store.newer([0, 1], None) == store.newer([0, 1, 2], None) == ""
    store.tags = frozenset({"verdict"})
    for digest, refit, said in (("d1", None, "its test, which this folder lacks"), ("d2", None, ""), ("d1", True, "")):
        outcome = end(2, digest=digest, refitted=refitted() if refit else None)
        assert store.newer([0, 1], outcome) == said
        assert store.newer([0, 1, 2], outcome) == ""


@pytest.mark.slow
def test_an_older_copy_of_a_study_leaves_the_newer_outcome_alone(place: Place) -> None:
    scores = {"best_cv_mean": 0.9, "test_score": 0.8, "trials": 2.0}
    older = end(1, digest="d1", metrics={"best_cv_mean": 0.7, "trials": 1.0}, tags={})
    place.write(result(0), end=older)
    shutil.copytree(place.study, place.folder / "copy")
    place.write(result(1), end=end(2, digest="d2", metrics=scores, refitted=refitted()))
    newer = [(run.info.run_id, run.info.status, run.data.tags, run.data.metrics) for run in place.runs()]

    def write_copy(status: EndStatus | None = None) -> Writer:
        writer = Writer(place.folder / "copy", place.uri)
        writer.close(status)
        assert writer.write(lambda: True), writer.trouble
        now = [(run.info.run_id, run.info.status, run.data.tags, run.data.metrics) for run in place.runs()]
        assert (now, writer.missing, writer.digest) == (newer, None, "")
        return writer

    stays = "its scores, files and model of this study stay as they are, sent from another copy of this folder"
    for status in (None, "KILLED"):
        assert write_copy(status).notes == [f"MLflow at {place.uri} has 2 trials, this folder 1: {stays}"]
    tell(place.folder / "copy", result(1))
    untested = end(2, digest="d3", metrics={"best_cv_mean": 0.9, "trials": 2.0}, tags={})
    write_outbox(place.folder / "copy", Outbox(metadata=metadata(), begun=BEGUN, outcome=untested))
    assert write_copy().notes == [f"MLflow at {place.uri} has its test, which this folder lacks: {stays}"]

    place.write(result(2), end=end(3, digest="d4", metrics={"trials": 3.0}, tags={}))  # its own folder has gone on
    assert place.parent().data.tags["digest"] == "d4"
    assert "final" not in {run.info.run_name for run in place.runs()}


@pytest.mark.slow
def test_a_tested_study_that_goes_on_in_its_own_folder_runs_in_mlflow_too(place: Place) -> None:
    place.write(result(0), end=end(1, metrics={"trials": 1.0}, refitted=refitted()))
    writer = Writer(place.study, place.uri)
    writer.close("RUNNING")
    assert writer.write(lambda: True), writer.trouble
    assert (place.parent().info.status, writer.notes) == ("RUNNING", [])
