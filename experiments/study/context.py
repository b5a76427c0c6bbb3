"""One run of the command: what was chosen, where it writes, and what hears of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import partial

from rich.console import Console

from experiments.search.executors.base import Executor, blas_kernel
from experiments.search.executors.create import open_executor
from experiments.study.folder import StudyFolder, StudyLog
from experiments.study.options import Options
from experiments.study.timing import Clock
from experiments.tracking.tracker import Tracking
from nnet.blas import computing_environment, cpu_flags


@dataclass(frozen=True)
class RunContext:
    """One run of the command.

    options:  the choices of the person who started it.
    folder:   the folder of the study.
    console:  the terminal.
    tracking: the writer to MLflow.
    clock:    the time that each part takes, from now on.
    """

    options: Options
    folder: StudyFolder
    console: Console
    tracking: Tracking
    clock: Clock = field(default_factory=Clock)

    @property
    def log(self) -> StudyLog:
        """The log of the study."""
        return StudyLog(self.folder.log)

    def say(self, line: str) -> None:
        """Print a line as it is."""
        self.console.print(line, markup=False)


def new_run(options: Options, console: Console) -> RunContext:
    """Make the context of a run; nothing is started or written."""
    say = partial(console.print, markup=False)
    tracking = Tracking(options.folder, options.tracking_uri, options.artifacts, say)
    return RunContext(options, StudyFolder(options.folder), console, tracking)


def worker_environment(options: Options) -> dict[str, str]:
    """Return the environment variables that are set in a worker before it loads NumPy."""
    return dict(computing_environment(blas_kernel(), cpu_flags(), os.environ, options.kernel))


def open_executor_of(options: Options, folder: StudyFolder) -> Executor:
    """Open the executor that the options name; its workers start at once.

    Args:
        folder: the study's folder, in which local workers share their data.
    """
    environment, work = worker_environment(options), folder.work
    return open_executor(options.executor, options.workers, environment, work, options.silence, options.ray_address)
