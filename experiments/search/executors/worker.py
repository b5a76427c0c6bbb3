"""The functions that run inside a worker process, with the data that is shared with the process."""

from __future__ import annotations

import os
import platform
import signal
import threading
import time
from dataclasses import replace
from functools import cache

from experiments.search.arithmetic import blas_kernel, numpy_loops
from experiments.search.compiled.load import at_once, reason_for_numpy
from experiments.search.compiled.load import load as load_passes
from experiments.search.cross_validation import cross_validate
from experiments.search.executors.base import WorkerInfo
from experiments.search.executors.shared_data import DataReference, open_folds
from experiments.search.pruning import VisibleStudy, quiet_optuna
from experiments.search.trial import TrialOutput, TrialTask

PARENT_CHECK = 0.5  # seconds between two checks that the coordinator lives
REPAID = 0.5  # seconds of trials in this process before it loads the compiled passes, which a short search never repays

_seconds = 0.0  # of trials in this process


def prepare(parent: int) -> None:
    """Set a new worker up: it ends with its parent, leaves Ctrl-C to the parent, and keeps Optuna quiet."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    quiet_optuna()


def hello() -> WorkerInfo:
    """Return this worker's report. The call makes a lazily started worker start."""
    return WorkerInfo(os.getpid(), platform.node(), blas_kernel(), numpy_loops(), reason_for_numpy())


def run_trial(task: TrialTask, reference: DataReference) -> TrialOutput:
    """Cross-validate a trial, and add its duration, its end and its BLAS kernel to the result."""
    global _seconds
    if _seconds > REPAID or at_once():
        load_passes()
    start = time.perf_counter()
    output = cross_validate(task, open_folds(reference), reference.target, visible_study())
    seconds = time.perf_counter() - start
    _seconds += seconds
    result = replace(output.result, seconds=seconds, ended_at=time.time(), kernel=blas_kernel())
    return replace(output, result=result)


@cache
def visible_study() -> VisibleStudy:
    """Return this process's study of visible trials, which its tasks share."""
    return VisibleStudy()


def _end_with(parent: int) -> None:
    """End this process when its parent has changed, because a killed coordinator cannot stop its workers."""
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK)
    os._exit(1)
