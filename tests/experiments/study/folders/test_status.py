"""Where a study stands is told from its files alone, and they stay as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from experiments.config.spec import SearchSection
from experiments.errors import StudyStateError
from experiments.search.journal import Journal
from experiments.study.folders.folder import StudyFolder
from experiments.study.folders.status import print_status, study_status
from support.results import change
from support.study_folders import SPEC, TOLD, fill, results, shown

WHOLE, MORE = SearchSection(trials=4), SearchSection(trials=20)


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


def test_of_a_study_that_ended_the_kept_trial_is_shown(studies: Path) -> None:
    """Trial 1 has the best score, and trial 0 was kept."""
    folder = studies / "one"
    fill(folder, told=4, finished=4)
    change(folder / "results.json", lambda document: document["best"].update(number=0), sign=True)
    assert study_status(folder, WHOLE).best == TOLD[0]
    assert "chosen" in shown(print_status, "one", folder, WHOLE)
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
    assert any(line.startswith("best trial 1: ") for line in lines)  # no more trials come


def test_a_study_that_has_not_begun_has_no_score(studies: Path) -> None:
    assert shown(print_status, "one", studies / "one", MORE).splitlines()[0] == "one: not started, 0 of 20 trials"


@pytest.mark.parametrize(
    "spec", [[], {"cv": []}, {"training": 3}, {"training": {"hidden_layers": "x", "hidden_units": 3}}]
)
def test_a_record_that_is_no_studys_is_one_line(studies: Path, spec: Any) -> None:
    folder = studies / "three"
    folder.mkdir()
    fill(folder, told=1, spec=spec)
    for ended in (False, isinstance(spec, dict)):
        if ended:
            (folder / "results.json").write_text(json.dumps(results(1, True)))
            change(folder / "results.json", lambda document: document.update(spec=spec), sign=True)
        what = "three: what is recorded of the study is not a study file's content|not a journal of|not the results of"
        with pytest.raises(StudyStateError, match=what):
            shown(print_status, "three", folder, None)


@pytest.mark.parametrize("name", ["results.json", "journal.log"])
def test_a_damaged_file_is_named(studies: Path, name: str) -> None:
    (studies / "one").mkdir()
    (studies / "one" / name).write_text("[1]\n")
    with pytest.raises(StudyStateError, match=name.replace(".", r"\.")):
        study_status(studies / "one", WHOLE)


def test_the_rows_are_those_of_the_results_or_of_the_journal(studies: Path) -> None:
    assert study_status(studies / "one", WHOLE).rows is None
    fill(studies / "one", told=1)
    Journal(studies / "one" / "journal.log").begin(
        {"spec": SPEC, "data": {"fingerprint": "f", "folds": "g"}, "uid": "u"}
    )
    assert study_status(studies / "one", WHOLE).rows == ("f", "g")
    fill(studies / "one", told=4, finished=4)
    assert study_status(studies / "one", WHOLE).rows == ("f", "g")


def test_results_that_were_changed_are_no_status(studies: Path) -> None:
    fill(studies / "one", told=4, finished=4)
    change(studies / "one" / "results.json", lambda document: document["test"].update(score=0.9999))
    with pytest.raises(StudyStateError, match=r"results\.json: was changed after it was written: digest is"):
        study_status(studies / "one", WHOLE)
