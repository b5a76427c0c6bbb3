"""Nested cross-validation from the outside: killed and resumed, reproduced, scored once, and without a leak."""

from __future__ import annotations

import io
import json
import shutil
from contextlib import chdir, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import experiments
from experiments.data.columns.target_type import labelled
from experiments.data.splits.outer_folds import outer_folds
from experiments.delete import main as delete
from experiments.evaluation.records.results import StudyResult
from experiments.predict import main as predict
from experiments.report import main as report
from experiments.reports.markdown import marked_fact
from experiments.reports.render import render
from experiments.reproduce import main as reproduce
from experiments.study.folders.results_file import learned, read_own_results
from experiments.tracking.uris import OFF
from support.desk import CommandRunner, desk_in, kill
from support.facts import Record, page_of_html, page_of_markdown
from support.tables import mixed_frame, mixed_table
from support.waiting import wait_until

SETTINGS = ("cv.outer=3", "search.trials=5", "training.epochs=6", "final.members=2")
WORDS = [word for setting in SETTINGS for word in ("--set", setting)]
SHORT = ("cv.outer=2", "search.trials=4", "training.epochs=5")
FOLDERS = ("outer-1", "outer-2", "outer-3")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> CommandRunner:
    """A desk with a nested study that nothing happened to, computed by two workers."""
    desk = desk_in(tmp_path_factory.mktemp("nested"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", OFF)
        done = desk.tune("moons", *WORDS, "--workers", "2")
    assert (done.code, done.error) == (0, ""), done
    (desk.folder / "said.txt").write_text(done.out)
    return desk


def entries(desk: CommandRunner, kind: str) -> list[dict[str, Any]]:
    path = desk.folder / "studies" / "ledger.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return [one for one in map(json.loads, lines) if one["kind"] == kind]


def outer_results(desk: CommandRunner) -> list[dict[str, Any]]:
    return [desk.results(desk.study / name) for name in FOLDERS]


def test_every_row_is_tested_once_by_what_its_own_search_chose(whole: CommandRunner) -> None:
    document, outer = whole.results(), outer_results(whole)
    folds = document["outer"]["folds"]
    assert document["split"]["development"] == document["split"]["test"] == document["test"]["rows"] == 400
    assert sum(fold["rows"] for fold in folds) == 400
    assert [fold["rows"] + fold["development"] for fold in folds] == [400] * 3
    assert [fold["digest"] for fold in folds] == [one["digest"] for one in outer]
    for fold, one in zip(folds, outer, strict=True):
        assert {key: fold[key] for key in ("number", "params", "epochs", "cv_mean")} == {
            key: one["best"][key] for key in ("number", "params", "epochs", "cv_mean")
        }
        assert fold["test_fingerprint"] == one["split"]["test_fingerprint"]
        assert (fold["trials"], one["test"], one["ledger"]["looks"]) == (5, None, 0)
    assert len({one["spec"]["study"]["seed"] for one in [document, *outer]}) == 4
    scores = [fold["score"] for fold in folds]
    assert document["test"]["score"] == pytest.approx(np.average(scores, weights=[fold["rows"] for fold in folds]))
    assert document["outer"]["splitter"] == "StratifiedKFold"
    assert [one["id"] for one in document["outer"]["baselines"]] == [
        *("majority_class", "logistic_regression", "gradient_boosting"),
    ]
    assert sum(map(sum, document["test"]["confusion"])) == 400
    said = (whole.folder / "said.txt").read_text()
    for fold in (1, 2, 3):
        assert f"outer fold {fold} of 3: 5/5 trials, best accuracy" in said
    assert "of the procedure, not of this model" in said


def test_one_reservation_names_all_models_and_all_rows(whole: CommandRunner) -> None:
    (reserved,), (completed,) = entries(whole, "reserved"), entries(whole, "completed")
    document, models = whole.results(), reserved["final_models"]
    assert reserved["look"] == completed["look"]
    assert reserved["rows"] == document["split"]["test_fingerprint"]
    assert len(models["models"]) == 1
    assert models["models"][0]["trial"] == document["best"]["number"]
    for part, fold in zip(models["outer"], document["outer"]["folds"], strict=True):
        assert part["tested"] == fold["test_fingerprint"]
        assert part["models"][0] == {"trial": fold["number"], "params": fold["params"], "epochs": fold["epochs"]}
        assert part["baselines"] == ["majority_class/1", "logistic_regression/1", "gradient_boosting/1"]


def test_killed_in_the_middle_and_resumed_it_is_the_same_study(desk: CommandRunner, whole: CommandRunner) -> None:
    command = ("moons", *WORDS)
    process = desk.start(*command)
    wait_until(lambda: desk.told(desk.study / "outer-2") >= 2 or process.poll() is not None)
    kill(process)
    assert not (desk.study / "outer-3").exists()
    status = desk.tune(*command, "--status").out
    assert "moons: interrupted, 0 of 5 trials" in status
    assert "outer studies   2 begun, with 5, " in status
    assert desk.run_until("experiments.evaluation.scoring.ledger:Ledger.reserve", *command, "--workers", "1").code == -9
    assert (len(entries(desk, "reserved")), entries(desk, "completed")) == (1, [])
    assert not (desk.study / "results.json").exists()
    assert desk.tuned(*command)["digest"] == whole.results()["digest"]
    assert (len(entries(desk, "reserved")), len(entries(desk, "completed"))) == (1, 1)
    before = desk.contents()
    done = desk.tune(*command)
    assert "finished before: nothing was computed" in done.out
    assert "outer fold 1 of 3" not in done.out
    after = desk.contents()
    changed = {name for name in before if before[name] != after[name]}
    assert {Path(name).suffix for name in changed} <= {".html", ".md"}


def test_it_is_reproduced_as_a_whole_and_in_parts(whole: CommandRunner, capsys: pytest.CaptureFixture[str]) -> None:
    with chdir(whole.folder):
        assert reproduce(["moons", "--workers", "1"]) == 0
        assert "the same, to the bit" in capsys.readouterr().out
        assert reproduce(["moons", "--final", "--workers", "1"]) == 0
        assert reproduce(["studies/moons/outer-2", "--workers", "1"]) == 0
    assert len(entries(whole, "reserved")) == 1


def test_a_changed_record_of_an_outer_fold_is_noticed(
    whole: CommandRunner, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = whole.results()
    document["outer"]["folds"][1]["score"] = 0.5
    changed = tmp_path / "results.json"
    changed.write_text(json.dumps(document))
    with chdir(whole.folder):
        assert reproduce([str(changed), "--workers", "1"]) == 1
    assert "outer.folds[1].score: 0.5 on record" in capsys.readouterr().out


def test_its_model_predicts_and_its_pages_are_written_again(
    whole: CommandRunner, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = {name: (whole.study / name).read_bytes() for name in ("report.html", "report.md", "outer-1/report.md")}
    new = whole.folder / "new.csv"
    new.write_text("x,y\n0.0,0.5\n1.0,-0.5\n")
    with chdir(whole.folder):
        assert predict(["moons", str(new)]) == 0
        assert len(capsys.readouterr().out.splitlines()) == 3
        assert predict(["studies/moons/outer-1", str(new)]) == 2
        assert "that of the whole study is in studies/moons." in capsys.readouterr().err
        assert report(["moons"]) == 0
        assert report(["studies/moons/outer-1"]) == 0
    assert "Nested cross-validation" in pages["report.md"].decode()
    assert "test rows are outer fold 1 of 3" in pages["outer-1/report.md"].decode()
    assert "python -m experiments.reproduce studies/moons/outer-1" in pages["outer-1/report.md"].decode()
    assert pages["report.html"] == (whole.study / "report.html").read_bytes()
    listed = whole.tune("--list").out
    assert [line.split()[0] for line in listed.splitlines()[2:]] == ["moons"]
    assert "(nested)" in listed


def test_it_is_planned_tried_extended_and_ended(desk: CommandRunner) -> None:
    few = ["moons", "--set", "cv.outer=2", "--set", "training.epochs=6", "--set", "final.members=2"]
    plan = " ".join(desk.tune(*few, "--plan").out.split())
    assert "400 test rows in 2 outer folds, each of which has a search of its own over other rows" in plan
    assert "for the 3 searches" in plan
    assert not desk.study.exists()
    tried = desk.tuned(*few, "--trials", "3")
    assert (len(tried["trials"]), tried["test"], "outer" in tried) == (3, None, False)
    searched = desk.tuned(*few, "--set", "search.trials=3", "--no-test")
    assert (searched["test"], [one["trials"] for one in searched["outer"]["folds"]]) == (None, [3, 3])
    assert [one["score"] for one in searched["outer"]["folds"]] == [None] * 2
    assert entries(desk, "reserved") == []
    more = desk.tuned(*few, "--set", "search.trials=4", "--no-test")
    assert [one["trials"] for one in more["outer"]["folds"]] == [4, 4]
    scored = desk.tuned(*few, "--score")  # with the 4 trials that there are
    assert (len(scored["trials"]), [one["trials"] for one in scored["outer"]["folds"]]) == (4, [4, 4])
    assert scored["test"]["times_scored"] == 1
    refused = desk.tune(*few, "--set", "search.trials=5")
    assert refused.code == 2
    assert "testing again after 5 trials would select on test data already seen" in refused.error
    assert desk.told(desk.study / "outer-1") == 4


@pytest.mark.long
def test_a_search_that_its_patience_ends_is_reproduced(desk: CommandRunner) -> None:
    changes = ("cv.outer=2", "search.trials=30", "search.patience=3")
    patient = (*WORDS, *(word for change in changes for word in ("--set", change)))
    document = desk.tuned("moons", *patient, "--workers", "2")
    trials = [one["trials"] for one in document["outer"]["folds"]]
    assert all(count < 30 for count in [len(document["trials"]), *trials])
    with chdir(desk.folder):
        assert reproduce(["moons", "--workers", "1"]) == 0


def test_fresh_and_delete_remove_the_outer_studies(desk: CommandRunner, whole: CommandRunner) -> None:
    shutil.copytree(whole.folder, desk.folder, dirs_exist_ok=True)
    command = ("moons", *WORDS)
    killed = desk.run_until("experiments.search.journal:Journal.append", *command, "--fresh", "--workers", "1")
    assert killed.code == -9
    assert not (desk.study / "results.json").exists()
    assert [path.name for path in sorted(desk.study.glob("outer-*"))] == ["outer-1"]
    assert desk.tuned(*command)["digest"] == whole.results()["digest"]
    (desk.study / "mine.txt").write_text("mine")
    with chdir(desk.folder), redirect_stdout(io.StringIO()) as said:
        assert delete(["moons", "--yes", "--tracking-uri", OFF]) == 0
    assert "20 trials here" in said.getvalue()
    assert [path.name for path in desk.study.iterdir()] == ["mine.txt"]


@pytest.mark.long
@pytest.mark.usefixtures("tracked")
def test_mlflow_has_the_last_search_and_the_pooled_score_once(desk: CommandRunner) -> None:
    command = ("moons", *WORDS, "--set", "search.trials=3")
    document = desk.tuned(*command)
    desk.sync()
    assert "finished before" in desk.tune(*command).out
    runs = desk.runs()
    (parent,) = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    assert sorted(run.info.run_name for run in runs if run is not parent) == [
        "final",
        *(f"trial-00{n}" for n in range(3)),
    ]
    assert parent.data.metrics["test_score"] == document["test"]["score"]
    folds = [parent.data.metrics[f"test_outer/fold_{fold}"] for fold in (1, 2, 3)]
    assert folds == [one["score"] for one in document["outer"]["folds"]]
    assert len(desk.client().get_metric_history(parent.info.run_id, "test_score")) == 1


def test_what_the_rows_of_a_fold_hold_changes_nothing_in_its_own_search(desk: CommandRunner) -> None:
    table = mixed_table(90, "regression")
    pairs = outer_folds(labelled(table), 2, 0)
    target = np.array(table.target)
    target[pairs[1][1]] = 1e3 * np.random.default_rng(0).normal(size=len(pairs[1][1]))
    clean, dirty = (
        desk.studied(name, *SHORT, table=given, ledger=Path(f"{name}.jsonl"))
        for name, given in (("clean", table), ("dirty", replace(table, target=target)))
    )
    assert clean.outer is not None
    assert dirty.outer is not None

    def chosen(result: StudyResult, fold: int) -> Any:
        assert result.outer is not None
        found = result.outer.folds[fold]
        return found.number, found.params, found.epochs, found.cv_mean

    assert chosen(clean, 1) == chosen(dirty, 1)
    results = {
        (name, fold): desk.results(desk.folder / name / f"outer-{fold + 1}")
        for name in ("clean", "dirty")
        for fold in range(2)
    }
    for fold in range(2):
        ours, theirs = results["clean", fold], results["dirty", fold]
        same = all(ours[key] == theirs[key] for key in ("trials", "best", "analysis"))
        assert same == (fold == 1)
    files = [
        [path.read_bytes() for path in sorted((desk.folder / name / "outer-2" / "out_of_fold").iterdir())]
        for name in ("clean", "dirty")
    ]
    assert files[0] == files[1]
    assert dirty.outer.folds[1].score < clean.outer.folds[1].score


def test_all_fits_end_before_the_first_row_is_read(desk: CommandRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    from experiments.data.splits.holdout import SealedTestSet
    from experiments.evaluation.scoring.final_fits import FinalFits
    from experiments.evaluation.scoring.ledger import Ledger

    events: list[str] = []
    for owner, name in (
        (SealedTestSet, "open"),
        (FinalFits, "_begin_refit"),
        (Ledger, "reserve"),
        (Ledger, "complete"),
    ):
        function = getattr(owner, name)

        def noted(*arguments: Any, _function: Any = function, _name: str = name, **more: Any) -> Any:
            known = _name == "_begin_refit" and arguments[1].result.number in arguments[0]._refits
            events.extend([] if known else [_name])
            return _function(*arguments, **more)

        monkeypatch.setattr(owner, name, noted)
    desk.studied("noted", *SHORT, table=mixed_table(90))
    first = events.index("reserve")
    assert events[first:] == ["reserve", "open", "open", "complete"]
    assert set(events[:first]) == {"_begin_refit"}
    assert 3 <= first <= 5  # winner and default of each fold, and the winner that is kept


def test_a_data_frame_is_read_anew_for_each_fold(desk: CommandRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    frame = mixed_frame(90).astype(object)
    frame["y"] = np.random.default_rng(0).normal(size=90).round(3)
    spec = {
        "study": {"name": "frame"},
        "cv": {"n_splits": 2, "outer": 2},
        "training": {"epochs": 3},
        "search": {"trials": 2},
        "space": {"learning_rate": {"low": 1e-3, "high": 1e-1, "log": True}},
        "final": {"members": 1},
    }
    result = experiments.run(spec, frame, target="y", workers=1, quiet=True).result
    assert result.outer is not None
    assert result.test is not None
    assert result.test.rows == 90
    frame.to_csv("frame.csv", index=False)
    named = {**spec, "data": {"source": "frame.csv", "target": "y"}}
    again = experiments.run(named, workers=1, out="other", quiet=True).result
    assert again.outer is not None
    assert [one.score for one in again.outer.folds] == [one.score for one in result.outer.folds]
    assert pd.read_csv("studies/frame/outer-1/trials.csv").shape[0] == 2


@pytest.mark.parametrize("folder", ["", *FOLDERS[:1]])
def test_every_fact_of_its_pages_is_what_the_files_say(folder: str, whole: CommandRunner) -> None:
    record = Record.read(whole.folder, whole.study / folder)
    recorded = read_own_results(record.folder / "results.json")
    trials = [one.result for one in learned(recorded)]
    marked = render(recorded.result, trials, recorded.result.ledger, marked_fact).markdown
    for page in (page_of_html(record.page), page_of_markdown(marked)):
        assert [one for one in record.wrong(page.facts) if not one.startswith("ledger.")] == []
        assert page.unmarked() == []
        keys = {one.key for one in page.facts}
        if not folder:
            assert {
                f"outer.folds[{at}].{what}" for at in range(3) for what in ("score", "default", "rows", "network")
            } <= keys
            assert {f"outer.baselines[{at}].score" for at in range(3)} <= keys
        else:
            assert {"spec.data.test_fold[0]", "spec.data.test_fold[1]"} <= keys
            assert "test.score" not in keys
