"""A writer that failed knows why, and what MLflow has, when it tries again."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from experiments.evaluation.final_model.model import write_model
from experiments.tracking.outbox import Outbox, write_outbox
from experiments.tracking.store import Store
from experiments.tracking.writer import Writer
from support.models import mixed_model
from support.tracking import BEGUN, Place, end, metadata, refitted, result, tell

pytestmark = pytest.mark.slow
REST = "the ranks, the results of the study, 1 file"


def rows(place: Place) -> list[tuple[str, str, int]]:
    """The logged models of the store, deleted ones too: id, stage and status, of which 2 is READY."""
    with closing(sqlite3.connect(place.folder / "mlflow.db")) as database:
        return database.execute("SELECT model_id, lifecycle_stage, status FROM logged_models").fetchall()


def away(*_: object) -> None:
    raise ConnectionError("nobody there")


def test_after_a_failure_it_looks_again_at_what_is_there(place: Place) -> None:
    (place.study / "a.md").write_text("x")
    place.write(result(0), end=end(1, files=("a.md",)))
    obstacle = place.folder / "mlruns"
    obstacle.write_text("a file where the folder should be")
    writer = Writer(place.study, f"sqlite:///{obstacle}/mlflow.db")
    writer.close()
    assert not writer.write(lambda: True)
    assert str(writer.missing).endswith(
        f"is missing 1 of 1 trials, the ranks, the results of the study, 2 files ({writer.trouble})"
    )
    obstacle.unlink()
    obstacle.mkdir()
    shutil.copy(place.folder / "mlflow.db", obstacle)
    shutil.copytree(place.folder / "artifacts", obstacle / "artifacts")
    assert writer.write(lambda: True)
    assert writer.missing is None
    assert set(place.trials()) == {"0"}


def test_between_two_attempts_it_knows_why_the_last_failed_and_what_is_written(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload, away = Store.upload, True

    def flaky(store: Store, name: str, content: Any) -> None:
        if away:
            raise ConnectionError("nobody there")
        upload(store, name, content)

    monkeypatch.setattr(Store, "upload", flaky)
    tell(place.study, result(0))
    write_outbox(place.study, Outbox(metadata=metadata(), begun=BEGUN, outcome=end(1)))
    writer = Writer(place.study, place.uri)
    writer.close()
    said: list[tuple[str, str | None]] = []

    def go_on() -> bool:
        said.append((writer.trouble, writer.missing))
        return True

    assert not writer.write(go_on)
    assert (place.parent().info.status, place.parent().data.tags["digest"]) == ("FINISHED", "d1")
    assert said[0] == ("", f"MLflow at {place.uri} is missing 1 of 1 trials, {REST} (not written in time)")
    said.clear()
    assert not writer.write(go_on)
    assert said == [("nobody there", f"MLflow at {place.uri} is missing 1 file (nobody there)")]
    away = False
    assert writer.write(go_on)
    assert (writer.trouble, writer.missing) == ("", None)


@pytest.mark.parametrize("gone", ["study", "trial"])
def test_what_was_written_to_a_run_that_is_gone_is_written_again(
    place: Place, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    tell(place.study, result(0))
    write_outbox(place.study, Outbox(metadata=metadata(), begun=BEGUN, outcome=end(1)))
    writer = Writer(place.study, place.uri)
    writer.close()
    with monkeypatch.context() as broken:
        broken.setattr(Store, "upload", away)
        assert not writer.write(lambda: True)
    run = place.parent() if gone == "study" else place.trials()["0"]
    place.client.delete_run(run.info.run_id)
    assert writer.write(lambda: True)
    assert (place.parent().info.status, place.trials()["0"].data.metrics["rank"]) == ("FINISHED", 1)
    assert set(place.artifacts(place.parent())) == {"curves.csv"}


def test_a_place_for_artifacts_that_cannot_be_used_is_named_once_and_the_scores_arrive(place: Place) -> None:
    """MLflow showed such a study as running, without a score, for ever."""
    write_model(mixed_model(()), place.study / "model")
    (place.study / "report.md").write_text("x")
    (place.folder / "artifacts").write_text("a file where the folder should be")
    scores = {"best_cv_mean": 0.9, "test_score": 0.8}
    outcome = end(1, files=("report.md",), metrics=scores, refitted=refitted(), register_as="m")
    line = str(place.write(result(0), end=outcome))
    what = "is missing the model, the registered model m, 2 files (refused: [Errno 20] Not a directory: "
    assert line.startswith(f"MLflow at {place.uri} {what}")
    assert line.count("refused") == 1
    parent = place.parent()
    assert (parent.info.status, parent.data.metrics, parent.data.tags["digest"]) == ("FINISHED", scores, "d1")
    assert place.final().data.metrics["test_score"] == 0.8
    assert rows(place) == []  # nor one that is deleted

    (place.folder / "artifacts").unlink()
    assert place.sync() is None
    assert set(place.artifacts(place.parent())) == {"report.md", "curves.csv"}
    assert place.client.search_model_versions("name = 'm'")


def test_a_servers_broken_place_for_artifacts_is_given_up_soon_and_tried_by_the_next_command(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each study that was run without a terminal waited 30 s for a server without its S3 password."""
    tried: list[str] = []

    def broken(_: Store, name: str, __: object) -> None:
        tried.append(name)
        raise ConnectionError("too many 500 error responses")

    write_model(mixed_model(()), place.study / "model")
    (place.study / "a.md").write_text("x")
    tell(place.study, result(0))
    write_outbox(
        place.study, Outbox(metadata=metadata(), begun=BEGUN, outcome=end(1, files=("a.md",), refitted=refitted()))
    )
    writer = Writer(place.study, place.uri)
    writer.close()
    with monkeypatch.context() as context:
        context.setattr(Store, "upload", broken)
        attempts = 1
        while not writer.write(lambda: True):
            assert writer.trouble == "it answers 500 Internal Server Error"
            attempts += 1
    assert (attempts, len(tried)) == (5, 6)
    why = "refused: it answers 500 Internal Server Error; its log says why"
    assert str(writer.missing).endswith(f"is missing the model, 2 files ({why})")
    assert (writer.trouble, place.parent().info.status, rows(place)) == ("", "FINISHED", [])
    assert place.sync() is None
    assert set(place.artifacts(place.parent())) == {"a.md", "curves.csv"}


def test_an_outage_in_the_middle_of_the_model_leaves_one_model(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each attempt left a deleted one."""
    write_model(mixed_model(()), place.study / "model")
    tell(place.study, result(0))
    outcome = end(1, refitted=refitted())
    write_outbox(place.study, Outbox(metadata=metadata(), begun=BEGUN, outcome=outcome))
    writer = Writer(place.study, place.uri)
    writer.close()
    for method in ("log_model_artifacts", "finalize_logged_model"):
        with monkeypatch.context() as broken:
            broken.setattr(type(place.client), method, away)
            assert not writer.write(lambda: True)
            assert writer.trouble == "nobody there"
    assert writer.write(lambda: True)
    (logged,) = place.client.search_logged_models([place.parent().info.experiment_id])
    assert rows(place) == [(logged.model_id, "active", 2)]
    assert [output.model_id for output in place.parent().outputs.model_outputs] == [logged.model_id]
    assert [(metric.key, metric.value) for metric in logged.metrics] == [("best_cv_mean", 0.9)]


def test_a_model_that_is_refused_for_good_is_tried_once_and_taken_away(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def refused(_: object, model: str, *__: object) -> None:
        tried.append(model)
        raise PermissionError(13, "Permission denied")

    write_model(mixed_model(()), place.study / "model")
    monkeypatch.setattr(type(place.client), "log_model_artifacts", refused)
    line = place.write(result(0), end=end(1, refitted=refitted(), register_as="m"))
    assert str(line).endswith("is missing the model, the registered model m (refused: [Errno 13] Permission denied)")
    assert [row[:2] for row in rows(place)] == [(tried[0], "deleted")]
    assert len(tried) == 1
    assert not place.client.search_registered_models()
