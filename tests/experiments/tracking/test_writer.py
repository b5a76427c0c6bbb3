"""MLflow shows every trial once, whatever happened before."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import Any

import pytest

from experiments.errors import StudyStateError
from experiments.search.shared_lock import LostError
from experiments.tracking.outbox import DatasetMetadata, Outbox, write_outbox
from experiments.tracking.runs import LONGEST_PARAM, LONGEST_TAG, safe_name
from experiments.tracking.store import Store
from experiments.tracking.writer import Writer
from support.tracking import BEGUN, NASTY, Place, end, metadata, refitted, result, tell

pytestmark = pytest.mark.slow


def test_a_study_is_one_run_with_a_child_for_each_trial(place: Place) -> None:
    (place.study / "report.html").write_text("<html>")
    (place.study / "report_files").mkdir()
    (place.study / "report_files" / "a.svg").write_text("<svg>")
    trials = (result(0), result(1, "PRUNED", "diverged"), result(2, "FAIL", "worker died", epochs=1))
    metrics = {"best_cv_mean": 0.9, "test/accuracy": 0.8}
    data = DatasetMetadata(name="d", fingerprint="f" * 64, context="test", rows=7, features=2, source="d.csv")

    files = ("report.html", "report_files")
    assert place.write(*trials, study=metadata(datasets=(data,)), end=end(3, metrics=metrics, files=files)) is None

    parent, children = place.parent(), place.trials()
    assert parent.info.status == "FINISHED"
    assert (parent.info.start_time, parent.info.end_time) == (int(1000 * BEGUN), int(1000 * BEGUN) + 60_000)
    assert parent.info.run_name == NASTY
    assert parent.data.metrics == metrics
    assert parent.data.params == {"cv.splitter": "StratifiedKFold", "training.epochs": "3"}
    expected = {"mlflow.note.content": "A study.", "mlflow.source.git.commit": "abc123", "study_uid": "uid-1"}
    assert (expected | {"verdict": "helped", "digest": "d1"}).items() <= parent.data.tags.items()
    assert set(place.artifacts(parent)) == {"report.html", "report_files/a.svg", "curves.csv"}
    (dataset,) = parent.inputs.dataset_inputs
    assert (dataset.dataset.name, dataset.dataset.digest, dataset.tags[0].value) == ("d", "f" * 36, "test")
    experiment = place.client.get_experiment(parent.info.experiment_id)
    assert experiment.tags["mlflow.note.content"] == "A study."

    assert [(n, children[n].info.status, children[n].info.run_name) for n in ("0", "1", "2")] == [
        ("0", "FINISHED", "trial-000"),
        ("1", "FINISHED", "trial-001"),
        ("2", "FAILED", "trial-002"),
    ]
    assert {child.data.tags["study"] for child in children.values()} == {NASTY}
    first = children["0"]
    assert first.data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert first.data.params == {
        "learning_rate": "0.01", "log10_learning_rate": "-2", "hidden_layers": "2", "l2": "0.0", "activation": "relu"
    }  # fmt: skip
    assert first.data.metrics["cv_mean"] == trials[0].value
    assert (first.data.metrics["cv_std"], first.data.metrics["epochs"], first.data.metrics["rank"]) == (0.1, 3, 1)
    for key, curve in {
        "val_score": trials[0].curves.mean_scores,
        "val_score/fold_0": [row[0] for row in trials[0].curves.scores],
        "val_score/fold_1": [row[1] for row in trials[0].curves.scores],
    }.items():
        history = place.client.get_metric_history(first.info.run_id, key)
        assert [(point.step, point.value) for point in history] == list(enumerate(curve, start=1))
    assert {"val_loss", "train_loss", "seconds"} <= first.data.metrics.keys()
    assert first.info.end_time - first.info.start_time == pytest.approx(2000, abs=1)
    (pruned,) = place.runs("tags.state = 'PRUNED'")
    assert (pruned.data.tags["trial"], pruned.data.tags["reason"]) == ("1", "diverged")
    assert not {"cv_mean", "rank"} & pruned.data.metrics.keys()


def test_writing_again_changes_nothing_and_an_extension_adds_what_is_new_and_ranks_again(place: Place) -> None:
    place.write(result(0), result(1), end=end(2))
    before = {key: run.info.run_id for key, run in place.trials().items()}
    assert place.sync() is None
    assert {key: run.info.run_id for key, run in place.trials().items()} == before
    assert len(place.client.get_metric_history(before["0"], "rank")) == 1
    place.write(result(2), end=end(3, digest="d2"))
    after = place.trials()
    assert {key: run.info.run_id for key, run in after.items()}.items() >= before.items()
    assert {key: run.data.metrics["rank"] for key, run in after.items()} == {"2": 1, "1": 2, "0": 3}
    assert len(place.client.get_metric_history(place.parent().info.run_id, "best_cv_mean")) == 1
    assert place.parent().data.tags["digest"] == "d2"


def test_a_study_that_went_on_without_a_test_shows_no_earlier_score_as_its_own(place: Place) -> None:
    scores = {"best_cv_mean": 0.9, "test_score": 0.8, "test_p_value": 0.01}
    place.write(result(0), end=end(1, metrics=scores, refitted=refitted()))
    assert place.final()
    place.write(result(1), end=end(2, digest="d2", metrics={"best_cv_mean": 0.9}, tags={"best_trial": "1"}))
    tags = place.parent().data.tags
    assert tags["earlier_test"] == "test_p_value, test_score: of an earlier test of this study, not of these results"
    assert (tags["digest"], "verdict" in tags) == ("d2", False)
    assert [run.info.run_name for run in place.runs() if run.info.run_name == "final"] == []

    place.write(result(2), end=end(3, digest="d3", metrics=scores, refitted=refitted()))
    tags = place.parent().data.tags
    assert (tags["verdict"], "earlier_test" in tags) == ("helped", False)
    assert place.final().data.tags["digest"] == "d3"


def test_a_replay_to_a_second_store_shows_the_same_runs_at_the_same_times(place: Place, database: Path) -> None:
    place.write(result(0), result(1, "PRUNED", "pruned"), end=end(2))
    second = Place(place.folder / "second", database)
    shutil.copytree(place.study, second.study, dirs_exist_ok=True)
    assert second.sync() is None

    def shown(place: Place) -> list[tuple[Any, ...]]:
        runs = sorted(place.runs(), key=lambda run: str(run.info.run_name))
        infos = [(run.info.run_name, run.info.status, run.info.start_time, run.info.end_time) for run in runs]
        return [(*info, run.data.params, run.data.metrics) for info, run in zip(infos, runs, strict=True)]

    assert shown(place) == shown(second)


def test_a_study_that_did_not_come_to_its_end_says_so_and_shows_its_trials(place: Place) -> None:
    assert place.write(result(0)) is None
    stopped = place.parent().info
    assert (stopped.status, set(place.trials())) == ("KILLED", {"0"})
    assert stopped.end_time == place.trials()["0"].info.end_time
    assert place.sync() is None
    assert place.parent().info.end_time == stopped.end_time
    place.write(result(1), end=end(1))  # from before it was extended
    assert (place.parent().info.status, place.parent().data.metrics) == ("KILLED", {})
    assert place.sync("FAILED") is None
    assert place.parent().info.status == "FAILED"


def test_a_study_that_was_killed_before_its_results_has_all_but_its_files_and_its_end(place: Place) -> None:
    (place.study / "report.md").write_text("x")
    (place.study / "results.json").write_text('{"digest": "d0"}')  # from before it was extended
    outcome = end(1, files=("report.md", "results.json"))
    assert place.write(result(0), end=outcome) is None
    assert (place.parent().info.status, place.parent().data.metrics, place.artifacts(place.parent())) == (
        "KILLED",
        {},
        {},
    )
    assert place.trials()["0"].data.metrics["rank"] == 1
    (place.study / "results.json").write_text('{"digest": "d1"}')
    assert place.sync() is None
    assert place.parent().info.status == "FINISHED"
    assert set(place.artifacts(place.parent())) == {"report.md", "results.json", "curves.csv"}


def test_what_a_kill_left_half_written_is_written_again(place: Place) -> None:
    place.write(result(0), result(1), result(2), end=end(3))
    parent, before = place.parent().info.run_id, place.trials()
    place.client.update_run(before["1"].info.run_id, status="RUNNING")
    place.client.update_run(before["2"].info.run_id, status="RUNNING")
    tags = {"mlflow.parentRunId": parent, "study_uid": "uid-1", "trial": "0"}  # an answer got lost, then a kill
    place.client.create_run(before["0"].info.experiment_id, tags=tags)

    assert place.sync() is None

    after = place.trials()
    assert place.parent().info.run_id == parent
    assert after["0"].info.run_id == before["0"].info.run_id
    assert after["1"].info.run_id != before["1"].info.run_id
    assert [after[n].data.metrics["rank"] for n in ("0", "1", "2")] == [3, 2, 1]
    assert {run.info.status for run in after.values()} == {"FINISHED"}


def test_a_parent_or_experiment_deleted_by_hand_is_made_up_for(place: Place) -> None:
    place.write(result(0))
    place.client.delete_run(place.parent().info.run_id)
    assert place.sync() is None
    assert set(place.trials()) == {"0"}
    assert place.trials()["0"].data.tags["mlflow.parentRunId"] == place.parent().info.run_id
    place.client.delete_experiment(place.parent().info.experiment_id)
    assert place.write(result(1)) is None
    assert set(place.trials()) == {"0", "1"}


def test_another_uid_is_another_run_of_the_same_experiment(place: Place) -> None:
    place.write(result(0))
    place.write(study=metadata(uid="uid-2"))
    assert len(place.runs()) == 4
    assert len(place.runs("tags.study_uid = 'uid-2'")) == 2


def test_a_description_that_was_edited_stays(place: Place) -> None:
    place.write()
    place.client.set_tag(place.parent().info.run_id, "mlflow.note.content", "My own words.")
    place.client.set_experiment_tag(place.parent().info.experiment_id, "mlflow.note.content", "Of all.")
    assert place.write(study=metadata(description="New.")) is None
    assert place.parent().data.tags["mlflow.note.content"] == "My own words."
    assert place.client.get_experiment(place.parent().info.experiment_id).tags["mlflow.note.content"] == "Of all."


def test_nan_and_infinity_are_never_sent(place: Place) -> None:
    spoilt = result(0, "PRUNED", "diverged", spoilt={2: math.nan, 3: math.inf})
    place.write(spoilt)
    run = place.trials()["0"]
    assert run.data.tags["not_finite"] == "val_loss (2 of 3), train_loss (2 of 3)"
    assert [point.step for point in place.client.get_metric_history(run.info.run_id, "val_loss")] == [1]


def test_long_values_are_cut_visibly_and_kept_whole_in_an_artifact(place: Place) -> None:
    study = metadata(params={"columns": "é" * 6_001}, description="d" * 9_000)
    assert place.write(study=study, end=end(0)) is None
    parent = place.parent()
    assert len(parent.data.params["columns"]) == LONGEST_PARAM
    assert parent.data.params["columns"].endswith(
        "é... [cut: 6,001 characters, all in the artifact params/columns.txt]"
    )
    assert len(parent.data.tags["mlflow.note.content"]) == LONGEST_TAG
    assert place.artifacts(parent)["params/columns.txt"].read_text() == "é" * 6_001
    assert place.artifacts(parent)["tags/mlflow.note.content.txt"].read_text() == "d" * 9_000


def test_a_long_trial_is_thinned_in_the_plots_and_whole_in_the_artifact(place: Place) -> None:
    assert place.write(result(0, epochs=700), params={f"p{i}": i for i in range(150)}, end=end(1)) is None
    run = place.trials()["0"]
    assert len(run.data.params) == 150
    for key, most in {"val_score": 101, "val_loss": 101, "train_loss": 101, "val_score/fold_1": 31}.items():
        steps = [point.step for point in place.client.get_metric_history(run.info.run_id, key)]
        assert (steps[0], steps[-1], most // 2 < len(steps) <= most) == (1, 700, True)
    lines = place.artifacts(place.parent())["curves.csv"].read_text().splitlines()
    assert (len(lines), lines[1], lines[-1]) == (1401, "0,1,0,0.5,0.4,0.4", "0,700,1,1.4,0.2,0.2")


def test_any_name_is_an_experiment(place: Place) -> None:
    (place.study / "report.md").write_text("x")
    tell(place.study, result(0))
    for number, name in enumerate(("x" * 600, "a\0b\nc", "../../etc", "Default")):
        assert place.write(study=metadata(name, f"uid-{number}"), end=end(1, files=("report.md",))) is None
        assert len(place.runs(name=safe_name(name, 500))) == 2
    assert list(place.folder.parent.iterdir()) == [place.folder]


def test_a_missing_file_is_named_and_the_rest_arrives(place: Place) -> None:
    (place.study / "there.md").write_text("x")
    line = place.write(result(0), end=end(1, files=("gone.html", "there.md")))
    assert line is not None
    assert "is missing gone.html (refused: there is no file" in line
    assert set(place.artifacts(place.parent())) == {"there.md", "curves.csv"}
    assert place.parent().info.status == "FINISHED"


def test_what_mlflow_refuses_does_not_block_what_follows(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Store._log

    def refusing(store: Store, run: str, points: Any = (), params: Any = None, tags: Any = None) -> None:
        if params and params.get("refused"):
            params = {**params, "../x": ""}  # a key that the real store refuses
        write(store, run, points, params, tags)

    monkeypatch.setattr(Store, "_log", refusing)
    tell(place.study, result(0), params={"refused": 1})
    line = place.write(result(1), end=end(2))
    assert line is not None
    assert "is missing trial 0 (refused: " in line
    assert "\n" not in line
    assert set(place.trials()) == {"1"}


def test_a_folder_without_an_outbox_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyStateError, match="holds nothing for MLflow: no study has run here"):
        Writer(tmp_path, "sqlite:///x")


def test_trials_of_a_study_that_was_begun_anew_in_the_folder_are_not_written_as_ones_of_the_old(place: Place) -> None:
    write_outbox(place.study, Outbox(metadata=metadata(), begun=BEGUN))
    tell(place.study, result(0))
    writer = Writer(place.study, place.uri)
    assert writer.write(lambda: True)
    write_outbox(place.study, Outbox(metadata=metadata(uid="uid-2"), begun=BEGUN, outcome=end(2)))
    tell(place.study, result(1))
    writer.close()
    assert writer.write(lambda: True)
    assert (set(place.trials()), place.parent().info.status) == ({"0"}, "KILLED")


def test_a_symbolic_link_is_not_sent(place: Place, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (place.study / "report.html").symlink_to(tmp_path / "secret")
    (place.study / "report_files").mkdir()
    (place.study / "report_files" / "a.svg").symlink_to(tmp_path / "secret")
    (place.study / "report.md").write_text("# page")
    files = ("report.html", "report_files", "report.md")
    missing = place.write(result(0), study=metadata(), end=end(1, files=files))
    assert missing is not None
    assert "report.html, report_files (refused: symbolic links are not sent)" in missing
    assert set(place.artifacts(place.parent())) == {"report.md", "curves.csv"}


def test_a_writer_whose_place_another_machine_took_writes_nothing(place: Place) -> None:
    def lost() -> None:
        raise LostError("process 7 on two")

    tell(place.study, result(0))
    write_outbox(place.study, Outbox(metadata=metadata(), begun=BEGUN))
    writer = Writer(place.study, place.uri, lost)
    writer.close("KILLED")
    assert not writer.write(lambda: True)
    assert (writer.trouble, place.trials()) == ("process 7 on two", {})
