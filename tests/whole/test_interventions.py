"""Outcomes that a crash or a timeout caused: recorded, digested, never computed again, and repeatable."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from experiments.search.executors.base import WorkerDied
from experiments.search.executors.serial import SerialExecutor
from experiments.search.executors.shared_data import DataReference
from experiments.search.executors.worker import run_trial
from experiments.search.trial import TrialOutput, TrialTask
from experiments.study.running import search_run as searching
from support.desk import CommandRunner
from support.waiting import PATIENCE


def killed_in_trial_2(task: TrialTask, reference: DataReference) -> TrialOutput:
    if task.number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return run_trial(task, reference)


def killed(patch: pytest.MonkeyPatch) -> None:
    """Kill the worker of trial 2 whenever it is computed."""
    patch.setattr(searching, "run_trial", killed_in_trial_2)


def given_up(patch: pytest.MonkeyPatch) -> None:
    """Have trial 2 given up, as after so many deaths of its worker."""

    def submit(_: SerialExecutor, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if function is run_trial and arguments[0].number == 2:
            future.set_exception(WorkerDied())
        else:
            future.set_result(function(*arguments))
        return future

    patch.setattr(SerialExecutor, "submit", submit)


@pytest.mark.parametrize(("lost", "workers"), [(given_up, 1), pytest.param(killed, 2, marks=pytest.mark.long)])
def test_an_intervention_is_resumed_and_repeated_as_it_was(
    desk: CommandRunner, lost: Callable[[pytest.MonkeyPatch], None], workers: int
) -> None:
    common: dict[str, Any] = {"workers": workers, "look": "leave"}
    with pytest.MonkeyPatch.context() as patch:
        lost(patch)
        first = desk.studied("first", "search.trials=4", **common)
    assert [(one.trial, one.kind) for one in first.interventions] == [(2, "worker died")]
    resumed = desk.studied("first", "search.trials=7", **common)
    known = {one.trial: one.kind for one in first.interventions}
    repeated = desk.studied("repeated", "search.trials=7", interventions=known, **common)
    assert resumed.interventions == repeated.interventions == first.interventions
    assert resumed.trials[:4] == first.trials
    assert resumed.digest == repeated.digest
    assert resumed.digest != desk.studied("undisturbed", "search.trials=7", **common).digest


def test_a_worker_that_times_out_and_one_that_is_killed_change_nothing(
    desk: CommandRunner, undisturbed: dict[str, Any]
) -> None:
    process = desk.start("moons", "--workers", "2", "--worker-timeout", "5")
    disturbed = False
    while process.poll() is None and not disturbed:
        if desk.told() and len(workers := desk.workers()) == 2:
            for worker, how in zip(workers, (signal.SIGSTOP, signal.SIGKILL), strict=True):
                os.kill(worker, how)
            disturbed = True
        time.sleep(0.01)
    out, error = process.communicate(timeout=PATIENCE)
    assert (process.returncode, error) == (0, ""), out
    assert disturbed
    assert desk.results()["digest"] == undisturbed["digest"]
    assert not desk.workers()
