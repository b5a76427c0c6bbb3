"""Outcomes that a crash or a timeout caused: recorded, digested, never computed again, and repeatable."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from typing import Any

import pytest

from experiments.search.executors.shared_data import DataReference
from experiments.search.executors.worker import run_trial
from experiments.search.trial import TrialOutput, TrialTask
from experiments.study.running import search_run as searching
from support.desk import CommandRunner
from support.waiting import PATIENCE


def run_but_for_trial_2(task: TrialTask, reference: DataReference) -> TrialOutput:
    if task.number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return run_trial(task, reference)


@pytest.mark.long
def test_an_intervention_is_resumed_and_repeated_as_it_was(
    desk: CommandRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "run_trial", run_but_for_trial_2)
    common: dict[str, Any] = {"workers": 2, "look": "leave"}
    first = desk.studied("first", "search.trials=4", **common)
    monkeypatch.setattr(searching, "run_trial", run_trial)
    assert [(one.trial, one.kind) for one in first.interventions] == [(2, "worker died")]
    resumed = desk.studied("first", "search.trials=7", **common)
    known = {one.trial: one.kind for one in first.interventions}
    repeated = desk.studied("repeated", "search.trials=7", interventions=known, **common)
    assert resumed.interventions == repeated.interventions == first.interventions
    assert resumed.trials[:4] == first.trials
    assert resumed.digest == repeated.digest
    assert resumed.digest != desk.studied("undisturbed", "search.trials=7", **common).digest


def test_a_worker_that_times_out_changes_nothing(desk: CommandRunner, undisturbed: dict[str, Any]) -> None:
    process = desk.start("moons", "--workers", "2", "--worker-timeout", "5")
    stopped = False
    while process.poll() is None and not stopped:
        if desk.told() and (workers := desk.workers()):
            with suppress(ProcessLookupError):
                os.kill(min(workers), signal.SIGSTOP)
                stopped = True
        time.sleep(0.01)
    out, error = process.communicate(timeout=PATIENCE)
    assert (process.returncode, error) == (0, ""), out
    assert stopped
    assert desk.results()["digest"] == undisturbed["digest"]
    assert not desk.workers()
