"""Whatever is killed, and when: the study resumes to the digest of an undisturbed one, and nothing is lost."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from datetime import datetime
from typing import Any

import optuna
import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from experiments.tracking.process import GRACE
from support.desk import CommandRunner, kill
from support.waiting import wait_until


def wait_for_a_trial(desk: CommandRunner, process: subprocess.Popen[str], told: int) -> None:
    """Wait until a command has told one more, or has ended."""
    wait_until(lambda: desk.told() > told or process.poll() is not None)


def status_of_the_study(desk: CommandRunner) -> str:
    """What MLflow says of the study's own run."""
    (parent,) = [run for run in desk.runs() if "mlflow.parentRunId" not in run.data.tags]
    return str(parent.info.status)


def timeline(desk: CommandRunner) -> tuple[str, list[tuple[datetime | None, datetime | None]]]:
    """Return the study's name, and the start and the end of each trial, as Optuna's tools find them in the journal."""
    study = optuna.load_study(
        study_name=None, storage=JournalStorage(JournalFileBackend(str(desk.study / "journal.log")))
    )
    return study.study_name, [(trial.datetime_start, trial.datetime_complete) for trial in study.trials]


def test_a_resumed_study_keeps_its_name_and_the_times_of_its_trials(desk: CommandRunner) -> None:
    begun = datetime.now()
    desk.tuned("moons", "--trials", "3", "--no-test")
    name, before = timeline(desk)
    first = datetime.now()
    desk.tuned("moons", "--trials", "5", "--no-test")
    after = timeline(desk)
    assert name == after[0] == "moons"
    assert len(before) == 3
    assert after[1][:3] == before
    times = [time for trial in after[1] for time in trial if time is not None]
    assert len(times) == 10
    assert begun < times[0] < times[5] < first < times[6]  # of one worker
    assert times == sorted(times)
    assert times[-1] < datetime.now()


@pytest.mark.long
@pytest.mark.usefixtures("tracked")
def test_killed_at_random_moments_and_resumed_it_is_the_same_study(
    desk: CommandRunner, undisturbed: dict[str, Any]
) -> None:
    chance = random.Random(5)
    for _ in range(4):
        process = desk.start("moons", "--workers", "2")
        told = desk.told()
        if chance.random() < 0.5:  # the others fall into the start
            wait_for_a_trial(desk, process, told)
        time.sleep(chance.random() * 2)
        kill(process)
        wait_until(lambda: not desk.workers())
    assert desk.tuned("moons")["digest"] == undisturbed["digest"]
    desk.sync()
    children = [run.data.tags["trial"] for run in desk.runs() if "trial" in run.data.tags]
    assert sorted(map(int, children)) == list(range(14))


@pytest.mark.usefixtures("tracked")
def test_an_interrupt_ends_quickly_and_says_how_to_resume(desk: CommandRunner) -> None:
    process = desk.start("moons", "--workers", "1", "--set", "training.epochs=400", "--trials", "1000")
    wait_until(lambda: desk.told() >= 2 and desk.runs())  # MLflow starts at its own pace
    told, start = desk.told(), time.monotonic()
    done = kill(process, signal.SIGINT)
    assert time.monotonic() - start < GRACE  # for which the writer to MLflow may go on
    assert desk.told() - told <= 4  # of 1000: as many as are in flight
    assert done.code == 130
    assert "the same command again resumes the study" in done.error
    assert "Traceback" not in done.error
    wait_until(lambda: not desk.workers())
    wait_until(lambda: status_of_the_study(desk) == "KILLED")


def test_two_commands_on_one_study_are_refused(desk: CommandRunner) -> None:
    process = desk.start("moons", "--workers", "1", "--trials", "5000")
    wait_until(desk.told)
    done = desk.tune("moons")
    assert done.code == 2
    assert "another command is running this study" in done.error
    kill(process)


def test_a_torn_journal_is_repaired(desk: CommandRunner, undisturbed: dict[str, Any]) -> None:
    desk.tuned("moons", "--no-test", "--trials", "6")
    journal = desk.study / "journal.log"
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-100])
    (desk.study / "journal.log.lock").touch()
    assert desk.tuned("moons")["digest"] == undisturbed["digest"]
    assert (desk.study / "journal.log.torn").read_bytes() == whole[:-100]


def test_a_torn_journal_of_a_finished_study_is_repaired(done: CommandRunner) -> None:
    journal = done.study / "journal.log"
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-1])  # the last record is of the seconds that each part took
    done.tuned("moons")
    assert journal.read_bytes() == whole[: whole.rfind(b"\n", 0, -1) + 1]
    assert (done.study / "journal.log.torn").read_bytes() == whole[:-1]


LONG = [pytest.param(moment, marks=pytest.mark.long) for moment in ("open", "write", "results")]


@pytest.mark.parametrize("moment", ["reserve", "complete", *LONG])
def test_killed_around_the_look_it_is_taken_once(desk: CommandRunner, undisturbed: dict[str, Any], moment: str) -> None:
    where = {
        "reserve": "experiments.evaluation.scoring.ledger:Ledger.reserve",
        "open": "experiments.data.splits.holdout:SealedTestSet.open",
        "complete": "experiments.evaluation.scoring.ledger:Ledger.complete",
        "write": "experiments.study.folders.folder:StudyFolder.write",
        "results": "experiments.study.folders.finished_files:write_results",
    }[moment]
    assert desk.run_until(where, "moons").code == -signal.SIGKILL
    result = desk.tuned("moons")
    assert result["digest"] == undisturbed["digest"]
    assert (result["test"]["times_scored"], result["ledger"]["looks"]) == (1, 1)
