"""Where a study stands is told from its files alone, and they stay as they are."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from optuna.distributions import FloatDistribution
from rich.console import Console

from experiments.config.spec import SearchSection
from experiments.errors import StudyStateError
from experiments.evaluation.results import StudyResult
from experiments.search.journal import Journal
from experiments.search.trial import Curves, FinishedTrial, TrialResult
from experiments.study.folder import StudyFolder
from experiments.study.status import print_list, print_status, study_status
from experiments.tracking.writer_lock import lock_of
from experiments.tracking.writer_state import new_state, write_state

WHOLE, MORE = SearchSection(trials=4), SearchSection(trials=20)
SPEC = {
    "cv": {"metric": "r2"},
    "training": {"hidden_layers": 0, "activation": "relu"},
    "space": {"l2": {"low": 0, "high": 1}},
}
FILE = (
    '[study]\nname = "{name}"\n[data]\nsource = "moons"\n[search]\ntrials = 4\n[space]\nl2 = {{ low = 0, high = 1 }}\n'
)
TOLD = [
    FinishedTrial({"l2": 0.0}, TrialResult(0, "COMPLETE", "", 0.5, 0.5, 1, 0.1, (0.5,), Curves((), (), (), ()))),
    FinishedTrial({"l2": 0.5}, TrialResult(1, "COMPLETE", "", 0.75, 0.7, 1, 0.1, (0.7,), Curves((), (), (), ()))),
    FinishedTrial({"l2": 0.2}, TrialResult(2, "PRUNED", "diverged", None, None, 0, None, (), Curves((), (), (), ()))),
    FinishedTrial({"l2": 0.7}, TrialResult(3, "COMPLETE", "", 0.75, 0.7, 1, 0.1, (0.7,), Curves((), (), (), ()))),
]


def results(trials: int, tested: bool) -> dict[str, Any]:
    rows = [
        {"number": n, "state": "COMPLETE", "reason": "", "params": {}, "value": 0.5, "last": 0.5, "epochs": 1}
        | {"fold_scores": [0.5]}
        for n in range(trials)
    ]
    test = {"metric": "r2", "score": 0.8125, "ci95": [0.7, 0.9], "ci_method": "wilson", "rows": 80}
    test |= {"times_scored": 1, "metrics": {}, "default": None, "difference": None, "verdict": "not compared"}
    best = {"number": 1, "params": {}, "cv_mean": 0.75, "cv_std": 0.1, "epochs": 1, "fold_scores": [0.7]}
    document = {
        **{"schema": 2, "study": "one", "spec": SPEC, "trials": rows, "interventions": [], "default": None},
        "data": {"name": "moons", "rows": 400, "features": 2, "task": "classification", "classes": ["a", "b"]}
        | {"fingerprint": "f"},
        "split": {"development": 320, "test": 80, "test_fingerprint": "t", "folds_fingerprint": "f"},
        **{"best": best, "test": test if tested else None, "ledger": None, "provenance": {}, "timing": {}},
    }
    return StudyResult.of_document(document).document()


def fill(folder: Path, told: int, finished: int | None = None, tested: bool = True) -> None:
    folder.mkdir(exist_ok=True)
    journal = Journal(folder / "journal.log")
    if told:
        journal.begin({"spec": SPEC, "uid": "u"})
    for one in TOLD[len(journal.trials()) : told]:
        journal.append(one, {"l2": FloatDistribution(0, 1)}, inside=True, spent=60.0)
    (folder / "log.txt").write_text("".join(f"line {number}\n" for number in range(8)) + "half a li")
    if finished is not None:
        (folder / "results.json").write_text(json.dumps(results(finished, tested)))


@pytest.fixture
def studies(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text(FILE.format(name=name))
    return tmp_path


@pytest.fixture
def running(studies: Path) -> Iterator[Path]:
    fill(studies / "one", told=3)
    folder = StudyFolder(studies / "one")
    folder.claim()
    yield studies / "one"
    folder.release()


@pytest.mark.parametrize(
    ("told", "finished", "tested", "asked", "state", "trials"),
    [
        (0, None, False, WHOLE, "not started", "0 of 4 trials"),
        (2, None, False, WHOLE, "interrupted", "2 of 4 trials"),
        (4, None, False, WHOLE, "interrupted", "4 trials"),
        (4, None, False, None, "interrupted", "4 trials"),
        (4, 4, True, WHOLE, "done", "4 trials"),
        (4, 4, True, MORE, "done", "4 trials"),
        (1, 1, True, MORE, "done", "1 trial"),
        (4, 4, True, None, "done", "4 trials"),
        (4, 4, False, WHOLE, "searched", "4 trials"),
        (4, 4, False, SearchSection(trials=2), "searched", "4 trials"),
        (4, 4, False, None, "searched", "4 trials"),
        (4, 4, False, MORE, "tried", "4 of 20 trials"),
        (4, 4, False, SearchSection(trials=20, patience=2), "searched", "4 trials"),
        (4, 4, False, SearchSection(trials=20, patience=3), "tried", "4 of 20 trials"),
        (4, 4, False, SearchSection(trials=20, budget_minutes=1), "searched", "4 trials"),
        (4, 4, False, SearchSection(trials=20, budget_minutes=2), "tried", "4 of 20 trials"),
        (4, 2, False, MORE, "interrupted", "4 of 20 trials"),
        (4, 2, True, MORE, "interrupted", "4 of 20 trials"),
    ],
)
def test_the_state_follows_from_what_is_told_what_is_finished_and_what_is_asked_for(
    studies: Path, told: int, finished: int | None, tested: bool, asked: SearchSection | None, state: str, trials: str
) -> None:
    """The number of the study file counts only for a study that has not come to its end."""
    if told:
        fill(studies / "one", told, finished, tested)
    status = study_status(studies / "one", asked)
    assert (status.state, len(status.finished), status.trials) == (state, told, trials)
    assert (status.when is None) == (told == 0)


def test_a_running_study_is_read_and_not_disturbed(running: Path) -> None:
    journal = running / "journal.log"
    torn = journal.read_bytes() + b'{"op_code":4,"worker'  # the next trial is just being told
    journal.write_bytes(torn)
    before = sorted(path.name for path in running.iterdir())
    status = study_status(running, WHOLE)
    assert (status.state, status.trials) == ("running", "3 of 4 trials")
    assert status.best == TOLD[1]
    assert status.log == tuple(f"line {number}" for number in range(3, 8))
    assert journal.read_bytes() == torn
    assert sorted(path.name for path in running.iterdir()) == before
    assert StudyFolder(running).is_running()


def test_looking_at_a_study_that_is_not_there_makes_nothing(studies: Path) -> None:
    study_status(studies / "one", WHOLE)
    assert not (studies / "one").exists()


def test_the_first_of_equals_is_the_best(studies: Path) -> None:
    fill(studies / "one", told=4)
    assert study_status(studies / "one", WHOLE).best == TOLD[1]


def shown(function: Any, *arguments: Any) -> str:
    console = Console(file=io.StringIO(), width=80, highlight=False)
    function(console, *arguments)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_of_a_study_that_ended_the_kept_trial_is_shown(studies: Path) -> None:
    """Trial 3 has as good a score as trial 1, which was kept."""
    folder = studies / "one"
    fill(folder, told=4, finished=4)
    document = json.loads((folder / "results.json").read_text())
    document["best"]["number"] = 0
    (folder / "results.json").write_text(json.dumps(document))
    status = study_status(folder, WHOLE)
    assert status.best == TOLD[0]
    console = Console(file=io.StringIO(), width=200)
    print_status(console, "one", folder, WHOLE)
    assert "chosen" in console.file.getvalue()
    (folder / "results.json").unlink()
    assert study_status(folder, WHOLE).best == TOLD[1]


def test_the_status_is_one_fact_a_line(running: Path) -> None:
    lines = [" ".join(line.split()) for line in shown(print_status, "one", running, WHOLE).splitlines()]
    assert lines[0] == "one: running, 3 of 4 trials (2 complete, 1 diverged)"
    assert "best so far trial 1: R² 0.7500, no hidden layer, L2 strength 0.5, 1 epoch" in lines
    assert lines[-5:] == ["log line 3", "line 4", "line 5", "line 6", "line 7"]


def test_a_score_has_its_metric_beside_it(studies: Path) -> None:
    fill(studies / "one", told=4, finished=4)
    lines = [" ".join(line.split()) for line in shown(print_status, "one", studies / "one", MORE).splitlines()]
    assert lines[0] == "one: done, 4 trials (3 complete, 1 diverged)"
    assert "test score R² 0.8125, after 4 trials" in lines


def test_a_study_that_has_not_begun_has_no_score(studies: Path) -> None:
    assert shown(print_status, "one", studies / "one", MORE).splitlines()[0] == "one: not started, 0 of 20 trials"


@pytest.mark.parametrize(
    "spec", [[], {"cv": []}, {"training": 3}, {"training": {"hidden_layers": "x", "hidden_units": 3}}]
)
def test_a_record_that_is_no_studys_is_one_line(studies: Path, spec: Any) -> None:
    folder = studies / "three"
    folder.mkdir()
    Journal(folder / "journal.log").begin({"spec": spec, "uid": "u"})
    fill(folder, told=0)
    Journal(folder / "journal.log").append(TOLD[0], {"l2": FloatDistribution(0, 1)}, inside=True)
    for ended in (False, isinstance(spec, dict)):
        if ended:
            (folder / "results.json").write_text(json.dumps(results(1, True) | {"spec": spec}))
        with pytest.raises(StudyStateError, match="three: what is recorded of the study is not a study file's content"):
            shown(print_status, "three", folder, None)


def test_the_list_has_every_study_with_a_file_or_a_folder(studies: Path) -> None:
    fill(studies / "one", told=4, finished=4)
    fill(studies / "four", told=4, finished=4, tested=False)
    (studies / "four" / "study.toml").write_text(FILE.format(name="four").replace("trials = 4", "trials = 20"))
    (studies / "old.toml").write_text(FILE.format(name="new"))
    fill(studies / "old", told=1)
    fill(studies / "three [red]\x1b", told=2)
    (studies / "bad.toml").write_text("[study]\n")
    text = shown(print_list, studies)
    rows = {line.split("  ")[0].strip(): " ".join(line.split()) for line in text.splitlines()}
    assert rows["one"].startswith("one done 4 R² 0.7500 0.8125 20")
    assert rows["four"].startswith("four tried 4 of 20 R² 0.7500 20")
    assert rows["new"] == "new not started"
    assert rows["old"].startswith("old interrupted 1 R² 0.5000 20")
    assert rows["two"] == "two not started"
    assert rows["bad"] == "bad unreadable"
    assert "three [red]\\x1b interrupted 2 R² 0.7500" in " ".join(text.split())
    assert "study.name: this key is required" in " ".join(text.split())
    assert max(map(len, text.splitlines()[:7])) <= 80


def test_the_list_and_the_status_tell_what_mlflow_lacks(studies: Path) -> None:
    uri = "sqlite:///mlruns/mlflow.db"
    for name in ("one", "two"):
        fill(studies / name, told=4, finished=4)
    assert "MLflow" not in shown(print_list, studies)
    lacks = new_state("run", uri).model_copy(update={"missing": f"MLflow at {uri} is missing 1 of 4 trials (gone)"})
    write_state(studies / "one", lacks)
    write_state(studies / "two", lacks.model_copy(update={"missing": None, "done": True}))
    line = f"{lacks.missing}; python -m experiments.sync {studies / 'one'} sends it"
    lines = shown(print_list, studies).splitlines()
    assert lines[0].split()[-1] == "MLflow"
    assert [lines[1].split()[0], lines[1].split()[-1]] == ["one", "incomplete"]
    assert lines[2].split()[-1] != "incomplete"
    assert lines[3:] == [line]
    assert f"MLflow {line}" in " ".join(shown(print_status, "one", studies / "one", WHOLE).split())
    with lock_of(studies / "one", uri):
        assert shown(print_list, studies).splitlines()[1].endswith("on its way")
        assert line not in shown(print_list, studies)
    running = StudyFolder(studies / "one")
    running.claim()
    assert "MLflow" not in shown(print_list, studies)
    running.release()


def test_no_study_is_said_so(tmp_path: Path) -> None:
    assert "no study here" in " ".join(shown(print_list, tmp_path / "studies").split())


@pytest.mark.parametrize("name", ["results.json", "journal.log"])
def test_a_damaged_file_is_named_and_the_others_are_listed(studies: Path, name: str) -> None:
    fill(studies / "two", told=1)
    (studies / "one").mkdir()
    (studies / "one" / name).write_text("[1]\n")
    with pytest.raises(StudyStateError, match=name.replace(".", r"\.")):
        study_status(studies / "one", WHOLE)
    text = shown(print_list, studies)
    assert "one    unreadable" in text
    assert "two    interrupted" in text
