"""The choices of a person about a run of a study, and the outcome of the run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from experiments.evaluation.results import LedgerRecord, StudyResult
from experiments.search.executors.create import ExecutorKind
from experiments.search.executors.local import SILENCE
from experiments.study.timing import Clock


@dataclass(frozen=True)
class Options:
    """The choices of a person about a run. None of them changes the trials.

    folder:            the folder of the study's files.
    ledger:            the path of the ledger; see `ledger_path`.
    tracking_uri:      MLflow's store; OFF for no tracking.
    artifacts:         the folder of a local store's artifacts; None leaves it to the server.
    workers:           number of worker processes.
    executor:          processes of this machine, or a Ray cluster.
    ray_address:       address of a running cluster; None starts one on this machine.
    silence:           seconds without a sign of life after which a local worker is replaced.
    fresh:             start anew instead of resuming.
    look:              "take": score the test rows at the end; "leave": keep them sealed; "only": score them with the
                       trials that there are.
    acknowledge_reuse: score the test rows again after more trials; the report says so.
    register_as:       name under which the model becomes a version in MLflow's registry.
    study_file:        text of a study file to keep in the folder, for a study that has none.
    kernel:            BLAS kernel to compute with, if this processor can run it; None chooses the fastest.
    planned:           number of trials of the whole study, if this run is a try of fewer; None for no try.
    """

    folder: Path
    ledger: Path
    tracking_uri: str
    artifacts: Path | None
    workers: int
    executor: ExecutorKind = "local"
    ray_address: str | None = None
    silence: float = SILENCE
    fresh: bool = False
    look: Literal["take", "leave", "only"] = "take"
    acknowledge_reuse: bool = False
    register_as: str | None = None
    study_file: str | None = None
    kernel: str | None = None
    planned: int | None = None


@dataclass(frozen=True)
class Outcome:
    """A finished study, and how this run went.

    ledger:    the ledger's counts for the test rows at the end of the run.
    clock:     the seconds of each part of the run.
    tracking:  seconds of processor time of the writer to MLflow, beside the rest.
    untracked: a line about what MLflow lacks; None if it has everything.
    finished:  True if the study was finished before, so that nothing was computed.
    """

    result: StudyResult
    ledger: LedgerRecord
    folder: Path
    clock: Clock
    tracking: float = 0.0
    untracked: str | None = None
    finished: bool = False

    @property
    def seconds(self) -> float:
        """Return the seconds of the whole run."""
        return sum(self.clock.seconds.values())
