"""One run of the command: the choices of a person, what the run works with, and its outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

from rich.console import Console

from experiments.config.spec import StudySpec
from experiments.errors import ExecutorError, StudyStateError
from experiments.evaluation.records.results import LedgerRecord, StudyResult
from experiments.search.arithmetic import (
    KERNEL,
    LOOPS,
    PORTABLE,
    blas_kernel,
    environment_here,
    environment_of,
    in_force,
    numpy_loops,
    processor,
    resolved,
)
from experiments.search.executors.base import Executor
from experiments.search.executors.local import WORKER_TIMEOUT, LocalExecutor
from experiments.search.journal_reader import view_journal
from experiments.study.command.console import print_sentence
from experiments.study.command.progress import StudyProgress
from experiments.study.command.timing import Clock
from experiments.study.folders.folder import StudyFolder, StudyLog
from experiments.tracking.tracker import Tracking


@dataclass(frozen=True)
class Options:
    """The choices of a person about a run. None of them changes the trials.

    folder:            the folder of the study's files.
    ledger:            the path of the ledger.
    tracking_uri:      MLflow's store; OFF for no tracking.
    workers:           number of worker processes.
    executor:          processes of this machine, or a Ray cluster.
    ray_address:       address of a running cluster; None starts one on this machine.
    worker_timeout:    seconds without processor time after which a local worker is restarted.
    fresh:             start anew instead of resuming.
    look:              "take": score the test rows at the end; "leave": keep them sealed; "only": score them with the
                       trials that there are.
    acknowledge_reuse: score the test rows again after more trials; the report says so.
    register_as:       name under which the model becomes a version in MLflow's registry.
    document:          study file to write into the folder, for a study that has none.
    default_of:        results.json of the study whose winner is the default; None where none was named.
    origin:            folder of the study whose file, and perhaps default, the study is made from; None of no other.
    kernel:            BLAS kernel for native arithmetic, if this processor can run it; empty chooses the fastest.
    planned:           number of trials of the whole study, if this run is a try of fewer; None for no try.
    wait:              at the end, wait until MLflow has everything; None: but not for a store in trouble.
    label:             words before each stage on the terminal, of a run that is part of a longer one.
    words:             puts a line into the words of the caller.
    """

    folder: Path
    ledger: Path
    tracking_uri: str
    workers: int
    executor: Literal["local", "ray"] = "local"
    ray_address: str | None = None
    worker_timeout: float = WORKER_TIMEOUT
    fresh: bool = False
    look: Literal["take", "leave", "only"] = "take"
    acknowledge_reuse: bool = False
    register_as: str | None = None
    document: Mapping[str, Any] | None = None
    default_of: Path | None = None
    origin: Path | None = None
    kernel: str = ""
    planned: int | None = None
    wait: bool | None = None
    label: str = ""
    words: Callable[[str], str] = str


@dataclass(frozen=True)
class Outcome:
    """A finished study, and how this run went.

    ledger:    the ledger's counts for the test rows at the end of the run.
    clock:     the seconds of each part of the run.
    tracking:  seconds of processor time of the writer to MLflow, beside the rest.
    untracked: a line about what MLflow lacks; None if it has everything.
    goes_on:   True if the writer to MLflow has more to write, and goes on by itself.
    finished:  True if the study was finished before, so that nothing was computed.
    registered: address of the model in MLflow's registry; empty if it was not registered, or not in time.
    """

    result: StudyResult
    ledger: LedgerRecord
    folder: Path
    clock: Clock
    tracking: float = 0.0
    untracked: str | None = None
    goes_on: bool = False
    finished: bool = False
    registered: str = ""

    @property
    def seconds(self) -> float:
        """Return the seconds of the whole run."""
        return sum(self.clock.seconds.values())


@dataclass(frozen=True)
class RunContext:
    """One run of the command.

    options:  the choices of the person who started it.
    folder:   the folder of the study.
    console:  the terminal.
    tracking: the writer to MLflow.
    progress: the stage and the trials that the terminal shows.
    clock:    the time that each part takes, from now on.
    """

    options: Options
    folder: StudyFolder
    console: Console
    tracking: Tracking
    progress: StudyProgress
    clock: Clock = field(default_factory=Clock)

    @property
    def log(self) -> StudyLog:
        """Return the log of the study."""
        return StudyLog(self.folder.log)

    def is_nested(self, spec: StudySpec) -> bool:
        """Tell whether outer studies belong to the run: the study has outer folds, and this is no try."""
        return spec.cv.outer is not None and self.options.planned is None

    def say(self, line: str) -> None:
        """Print a line in the words of the caller."""
        print_sentence(self.console, self.options.words(line))

    def outcome(
        self, result: StudyResult, ledger: LedgerRecord, untracked: str | None, finished: bool = False
    ) -> Outcome:
        """Return the outcome of the run, as its clock and its writer to MLflow have it now."""
        return Outcome(
            result,
            ledger,
            self.options.folder,
            self.clock,
            self.tracking.seconds,
            untracked,
            self.tracking.goes_on,
            finished,
            self.tracking.registered,
        )


def new_run(options: Options, console: Console) -> RunContext:
    """Make the context of a run; nothing is started or written."""
    say = partial(print_sentence, console)
    tracking = Tracking(options.folder, options.tracking_uri, say, options.wait)
    return RunContext(options, StudyFolder(options.folder), console, tracking, StudyProgress(console, options.label))


def has_arithmetic(spec: StudySpec, options: Options) -> bool:
    """Tell whether this process has the arithmetic of a study.

    Raises:
        ExecutorError: NumPy was loaded before the environment variables were set.
    """
    wanted = study_environment(spec, options)
    if not in_force(wanted):
        return False
    if wanted == PORTABLE and (blas_kernel(), numpy_loops()) != (KERNEL, LOOPS):
        raise ExecutorError(
            "study.arithmetic: NumPy was loaded before OPENBLAS_CORETYPE and NPY_ENABLE_CPU_FEATURES were set. "
            "Remove both, or set them before Python starts."
        )
    return True


def study_environment(spec: StudySpec, options: Options) -> dict[str, str]:
    """Return the environment variables of the processes that compute a study."""
    here = processor()
    arithmetic, _ = resolved(spec.study.arithmetic, spec.search.sampler, here)
    kernel = options.kernel
    if arithmetic == "native" and not (kernel or options.fresh):
        with suppress(StudyStateError):  # of a damaged journal, of which the study itself complains
            trials = view_journal(StudyFolder(options.folder).journal).trials
            kernel = max((trial.result.kernel for trial in trials), default="")
    return environment_of(arithmetic, here, kernel)


def open_executor_of(options: Options, folder: StudyFolder) -> Executor:
    """Open the executor that the options name; its workers start at once, with the arithmetic of this process.

    Args:
        folder: the study's folder, in which local workers share their data.

    Raises:
        ExecutorError: Ray is not installed, does not start, or cannot be reached.
    """
    environment = environment_here(processor(), blas_kernel())
    if options.executor == "local":
        return LocalExecutor(options.workers, environment, folder.work, options.worker_timeout)
    from experiments.search.executors.ray_cluster import RayExecutor  # which few studies need

    return RayExecutor(options.workers, environment, options.ray_address)
