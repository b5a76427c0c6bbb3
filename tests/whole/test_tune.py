"""The main job from the outside: what a person types, what they see, and what is there afterwards."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from experiments.evaluation.records.result_digest import digest
from support.desk import STUDY, CommandRunner


@pytest.mark.usefixtures("tracked")
def test_one_command_leaves_a_whole_study_here_and_in_mlflow(desk: CommandRunner) -> None:
    done = desk.tune_alone("moons", "--workers", "2", "--register", "moons model")
    assert (done.code, done.complaints) == (0, "")
    result = desk.results()
    for word in (
        "best configuration",
        "selection score",
        "95% interval",
        "used in 1 test, by this study alone",
        "report.html",
        "ui",
    ):
        assert word in done.out
    assert f"{result['test']['score']:.4f}" in done.out
    present = {path.name for path in desk.study.iterdir()}
    assert present >= {"journal.log", "results.json", "trials.csv", "report.html", "report.md", "model", "log.txt"}
    assert not {name for name in present if name.endswith(".part") or name == ".work"}
    desk.sync()
    runs = desk.runs()
    parents = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    trials = {run.data.tags["trial"]: run for run in runs if "trial" in run.data.tags}
    (final,) = [run for run in runs if run.info.run_name == "final"]
    assert (len(parents), len(trials), len(runs)) == (1, 14, 16)
    best = trials[str(result["best"]["number"])]
    assert best.data.metrics["cv_mean"] == result["best"]["cv_mean"]
    assert best.data.metrics["rank"] == 1
    assert parents[0].data.metrics["test_score"] == final.data.metrics["test_score"] == result["test"]["score"]
    assert final.data.metrics["epochs"] == result["best"]["epochs"]
    assert parents[0].data.tags["digest"] == result["digest"]
    assert parents[0].info.status == "FINISHED"
    desk.tuned("moons", "--register", "moons model")  # which is finished
    desk.sync()
    assert {run.info.run_id for run in desk.runs()} == {run.info.run_id for run in runs}
    client = desk.client()
    (model,) = client.search_logged_models([parents[0].info.experiment_id])
    assert model.status == "READY"
    assert len(client.search_model_versions("name = 'moons model'")) == 1


def test_results_follow_the_contract(desk: CommandRunner) -> None:
    result = desk.tuned("moons")
    assert list(result) == [
        *("schema", "study", "digest", "spec", "data", "split", "trials", "interventions", "default", "best"),
        *("final", "test", "analysis", "reading", "copies", "holdout", "ledger", "provenance", "timing"),
    ]
    assert result["schema"] == 2
    assert result["digest"] == digest(result)
    assert [trial["number"] for trial in result["trials"]] == list(range(14))
    complete = [trial for trial in result["trials"] if trial["state"] == "COMPLETE"]
    assert result["best"]["cv_mean"] == max(trial["value"] for trial in complete)
    assert all(trial["value"] is None for trial in result["trials"] if trial["state"] != "COMPLETE")
    assert result["default"]["number"] == 0
    test = result["test"]
    assert test["times_scored"] == 1
    assert test["ci95"][0] < test["score"] < test["ci95"][1]
    assert test["rows"] == result["split"]["test"] == 80
    assert test["difference"]["score"] == pytest.approx(test["score"] - test["default"]["score"])
    assert result["provenance"]["versions"]["optuna"] == "5.0.0"
    with (desk.study / "trials.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["state"] for row in rows] == [trial["state"] for trial in result["trials"]]


@pytest.mark.long
@pytest.mark.usefixtures("tracked")
def test_what_mlflow_missed_is_sent_by_sync(desk: CommandRunner) -> None:
    done = desk.tune("moons", "--set", "search.trials=4", "--tracking-uri", "http://127.0.0.1:9", "--quiet")
    assert (done.code, done.out, done.error.count("\n")) == (0, "", 1)
    assert re.search("is missing (4 of 4 trials, |a part of the study, or all of it )", done.error)
    assert "python -m experiments.sync studies/moons --tracking-uri http://127.0.0.1:9 sends it" in done.error
    assert not desk.runs()
    synced = subprocess.run(
        [sys.executable, "-m", "experiments.sync", "moons"], cwd=desk.folder, capture_output=True, text=True, check=True
    )
    assert (synced.stderr, "has 4 trials of studies/moons" in synced.stdout) == ("", True)
    assert len(desk.runs()) == 6


def test_any_number_of_workers_gives_one_digest_and_those_beyond_the_lookahead_are_idle(
    desk: CommandRunner, undisturbed: dict[str, Any]
) -> None:
    assert desk.tuned("moons", "--workers", "2")["digest"] == undisturbed["digest"]
    done = desk.tune("moons", "--workers", "6", "--out", "again")
    assert (done.code, "2 of 6 workers stay idle" in done.out) == (0, True)
    again = desk.results(Path("again"))
    assert again["digest"] == undisturbed["digest"]
    assert (again["test"]["times_scored"], again["ledger"]["looks"]) == (1, 1)


def test_a_study_without_its_look_can_be_extended_and_then_scored(
    desk: CommandRunner, undisturbed: dict[str, Any]
) -> None:
    first = desk.tuned("moons", "--no-test", "--trials", "9")
    assert (first["test"], first["ledger"]["looks"]) == (None, 0)
    assert first["trials"] == undisturbed["trials"][:9]
    assert not (desk.folder / "studies" / "ledger.jsonl").exists()
    desk.tuned("moons", "--no-test")
    assert desk.tuned("moons", "--score")["digest"] == undisturbed["digest"]


def test_a_study_extended_after_its_look_is_refused(desk: CommandRunner) -> None:
    desk.tuned("moons", "--set", "search.trials=5")
    before = desk.results()
    done = desk.tune("moons", "--set", "search.trials=8")
    assert done.code == 2
    assert "was tested after 5 trials" in done.error
    assert desk.told() == 5
    assert desk.results() == before
    fresh = desk.tune("moons", "--set", "search.trials=8", "--fresh")
    assert (fresh.code, desk.told()) == (2, 5)
    reused = desk.tuned("moons", "--set", "search.trials=8", "--acknowledge-reuse")
    assert reused["test"]["times_scored"] == (1 if reused["best"] == before["best"] else 2)


def test_a_changed_study_is_refused_and_one_that_cannot_be_clears_nothing(desk: CommandRunner) -> None:
    desk.tuned("moons", "--set", "search.trials=3")
    done = desk.tune("moons", "--set", "search.trials=3", "--set", "training.batch_size=16")
    assert done.code == 2
    assert "training.batch_size was 32 and is 16" in done.error
    assert "--fresh" in done.error
    rows = "".join(f"name {row // 2},{'yes' if row % 2 else 'no'}\n" for row in range(700))
    (desk.folder / "names.csv").write_text("name,label\n" + rows)
    inputs = ("data.source=names.csv", "data.target=label", "data.keep=name", "preprocessing.rare=0.0")
    sizes = ("space.hidden_layers={low=1,high=1}", "space.hidden_units={low=1,high=1048576}")
    refused = desk.tune("moons", "--fresh", *(word for key in (*inputs, *sizes) for word in ("--set", key)))
    assert refused.code == 2
    assert "space.hidden_units: a network must have at most" in refused.error  # 350 inputs, which only the folds show
    assert desk.told() == 3
    fresh = desk.tuned("moons", "--set", "search.trials=3", "--set", "training.batch_size=16", "--fresh")
    assert fresh["spec"]["training"]["batch_size"] == 16
    assert fresh["ledger"]["looks"] == 2
    assert fresh["ledger"]["largest_overlap"] == 1.0


def test_quiet_prints_nothing(desk: CommandRunner) -> None:
    done = desk.tune("moons", "--set", "search.trials=2", "--quiet")
    assert (done.code, done.out, done.error) == (0, "", "")


@pytest.mark.parametrize(
    "command", ["__main__", "tune", "predict", "report", "reproduce", "sync", "ui", "delete", "benchmark.__main__"]
)
def test_help_loads_nothing_heavy(command: str) -> None:
    heavy = "{'numpy', 'optuna', 'mlflow', 'sklearn', 'rich', 'pydantic'}"
    program = f"import sys; from experiments.{command} import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    program += f"print(*{heavy} & set(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: ")
    assert done.stderr.strip() == ""


def edited(old: str, new: str) -> str:
    assert old in STUDY
    return STUDY.replace(old, new)


@pytest.mark.parametrize(
    ("study", "arguments", "words"),
    [
        (STUDY, ["unknown"], "'unknown'"),
        (STUDY, ["nowhere.toml"], "nowhere.toml"),
        (STUDY, ["--set", "search.trails=3"], "search.trails: there is no such key"),
        (STUDY, ["--trials", "0"], "--trials: `1 <= N <= 1000000` must hold, but got 0"),
        (STUDY, ["--workers", "0"], "1 <= workers"),
        (STUDY, ["--worker-timeout", "0"], "--worker-timeout: `1 <= seconds <= 1000000` must hold, but got 0.0"),
        (STUDY, ["--worker-timeout", "nan"], "--worker-timeout"),
        (STUDY, ["--ray-address", "127.0.0.1:1"], "--ray-address: needs --executor ray"),
        (STUDY, ["--set", "no equals sign"], "key=value"),
        (STUDY, ["--out", "missing/parent"], "does not exist"),
        (STUDY, ["--out", "studies/moons.toml"], "there is a file"),
        (STUDY, ["--out", "n" * 300], "cannot be read: File name too long"),
        (STUDY, ["--score"], "no trial"),
        (STUDY, ["--set", "cv.metric=acuracy"], "cv.metric"),
        (STUDY, ["--set", "data.source=iris", "--set", "training.loss=binary_cross_entropy"], "two classes"),
        (edited('"moons"\n\n[cv]', '"sun"\n\n[cv]'), [], "data.source: must be breast_cancer"),
        (edited("epochs = 12", "epochs = 1.5"), [], "training.epochs"),
        (edited("epochs = 12", 'epochs = "12"'), [], "training.epochs"),
        (edited("low = 1e-3, high = 1e-1", "low = 1e-1, high = 1e-3"), [], "low <= high"),
        (edited("low = 1e-3, high = 1e-1", "low = 0, high = 1e-1"), [], "low > 0"),
        (edited("[cv]", "[cv"), [], "TOML in UTF-8"),
        (edited("epochs = 12", "epochs = 12\nepochs = 13"), [], "TOML in UTF-8"),
        (edited("n_splits = 3", "n_splits = 100\n[cv.x]"), [], "cv.x: there is no such key"),
        (edited("n_splits = 3", "n_splits = 101"), [], "cv.n_splits"),
        (edited('name = "moons"', 'name = "../moons"'), [], "study"),
        (edited('name = "moons"', 'name = "%s"' % ("m" * 600)), [], "study.name"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(
    desk: CommandRunner, study: str, arguments: list[str], words: str
) -> None:
    (desk.folder / "studies" / "moons.toml").write_text(study)
    before = desk.files()
    named = [] if arguments and not arguments[0].startswith("--") else ["moons"]
    done = desk.tune(*named, *arguments)
    assert done.code == 2
    assert done.error.startswith("error: ")
    assert done.error.count("\n") == 1
    assert words in done.error
    assert desk.files() == before


def test_a_search_in_which_everything_diverges_reads_no_test_row(desk: CommandRunner) -> None:
    space = "learning_rate = { low = 1e-3, high = 1e-1, log = true }"
    study = edited(space, "learning_rate = { low = 1e17, high = 1e18, log = true }")
    (desk.folder / "studies" / "moons.toml").write_text(
        study.replace("epochs = 12", 'epochs = 12\noptimizer = "sgd"') + "[default]\nlearning_rate = 1e18\n"
    )
    done = desk.tune("moons", "--set", "search.trials=3")
    assert done.code == 2
    assert "no trial of 3 came to a score (3 diverged)" in done.error
    assert done.error.count("\n") == 1
    assert not (desk.folder / "studies" / "ledger.jsonl").exists()
    assert desk.told() == 3


def test_patience_gives_the_study_of_as_many_trials_again_and_again(desk: CommandRunner) -> None:
    first = desk.tune("moons", "--set", "search.patience=3", "--set", "search.trials=40")
    result = desk.results()
    trials = len(result["trials"])
    assert (first.code, first.error, trials < 40) == (0, "", True)
    assert f"the search ended after {trials} of 40 trials: 3 in a row brought no improvement" in first.out
    assert result["spec"]["search"]["trials"] == trials
    again = desk.tuned("moons", "--set", "search.patience=3", "--set", "search.trials=40")
    asked_for = desk.tuned("moons", "--set", f"search.trials={trials}", "--out", "asked")
    assert again["digest"] == asked_for["digest"] == result["digest"]
    assert asked_for["ledger"]["looks"] == 1
    more = desk.tune("moons", "--set", "search.patience=30", "--set", "search.trials=40")
    assert more.code == 2
    assert f"this study was tested after {trials} trials; testing again after 40 trials" in more.error


def test_a_budget_ends_the_search_with_what_was_told(desk: CommandRunner) -> None:
    budget = ("--set", "search.budget_minutes=0.03", "--set", "search.trials=5000")
    first = desk.tune("moons", *budget)
    result = desk.results()
    trials = len(result["trials"])
    assert (first.code, first.error) == (0, "")
    assert f"ended after {trials} of 5000 trials: its budget of 0.03 minutes is spent" in first.out
    assert desk.tuned("moons", *budget)["digest"] == result["digest"]
    asked_for = desk.tuned("moons", "--set", f"search.trials={trials}", "--out", "asked", "--tracking-uri", "none")
    assert asked_for["digest"] == result["digest"]


def test_memory_that_is_not_there_is_said_before_the_search(
    desk: CommandRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.study.running.memory.free", lambda: 5_000)
    done = desk.tune("moons", "--trials", "1")
    assert done.code == 0
    lines = done.out.splitlines()
    (said,) = [number for number, line in enumerate(lines) if line.startswith("memory: ")]
    assert lines[said] == (
        "memory: refits and baselines may take 7.7 kB, more than the 5.0 kB that are free here; fewer --workers or "
        "data.rows need less."
    )
    assert said < next(number for number, line in enumerate(lines) if "1/1 trials" in line)
