"""What runs inside a worker process: the pure functions, with the data that is shared with the process."""

from __future__ import annotations

import os
import platform
import signal
import threading
import time
from dataclasses import replace
from functools import cache

from experiments.search.cross_validation import cross_validate
from experiments.search.executors.base import WorkerInfo, blas_kernel
from experiments.search.executors.shared_data import DataReference, open_folds
from experiments.search.pruning import ToldStudy, quiet_optuna
from experiments.search.trial import TrialOutput, TrialTask

LOOK_AFTER_PARENT = 0.5  # seconds


def prepare(parent: int) -> None:
    """Set a new worker up: it outlives no parent, leaves Ctrl-C to the parent, and Optuna says nothing in it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    quiet_optuna()


def hello() -> WorkerInfo:
    """Who is there; makes a lazily started worker start."""
    return WorkerInfo(os.getpid(), platform.node(), blas_kernel())


def run_trial(task: TrialTask, reference: DataReference) -> TrialOutput:
    """Evaluate a trial, with the time that it took and the kernel that computed it."""
    start = time.perf_counter()
    found = cross_validate(task, open_folds(reference), reference.target, told_study())
    return replace(found, result=replace(found.result, seconds=time.perf_counter() - start, kernel=blas_kernel()))


@cache
def told_study() -> ToldStudy:
    """This process's, from task to task."""
    return ToldStudy()


def _end_with(parent: int) -> None:
    """A killed coordinator cannot stop its workers; they find that they have another parent."""
    while os.getppid() == parent:
        time.sleep(LOOK_AFTER_PARENT)
    os._exit(1)
