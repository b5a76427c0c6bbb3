"""Studies as the benchmarks run them: by the tune command, or the search alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.search.executors.base import Executor, blas_kernel, map_future
from experiments.search.executors.worker import run_trial
from experiments.search.inputs import Inputs
from experiments.search.loop import search
from experiments.search.trial import FinishedTrial, TrialResult, TrialTask
from nnet.blas import computing_environment, cpu_flags


def tune(arguments: Sequence[str], folder: Path) -> None:
    """Run the tune command in a folder, as a process."""
    command = [sys.executable, "-m", "experiments.tune", *arguments, "--quiet"]
    subprocess.run(command, cwd=folder, check=True)


def workers_environment() -> Mapping[str, str]:
    """Return the environment that a study gives its workers: one BLAS thread, and the faster kernel if it is safe."""
    return computing_environment(blas_kernel(), cpu_flags(), os.environ)


def search_trials(spec: StudySpec, executor: Executor, inputs: Inputs) -> Iterator[FinishedTrial]:
    """Yield the trials of a study's search as they finish; nothing is written."""

    def submit(task: TrialTask) -> Future[TrialResult]:
        output = executor.submit(run_trial, task, inputs[task.candidate.preprocessing])
        return map_future(output, lambda output: output.result)

    return search(spec, Space(spec), [], submit)
