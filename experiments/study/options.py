"""What a person may choose about a run of a study, and what comes of the run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from experiments.evaluation.results import LedgerRecord, StudyResult
from experiments.search.executors.create import ExecutorKind
from experiments.search.executors.local import WORKER_TIMEOUT
from experiments.study.timing import Clock


@dataclass(frozen=True)
class Options:
    """What a person may choose about a run without changing its outcome.

    folder:            where the study's files go.
    ledger:            place of the ledger; see `ledger_path`.
    tracking_uri:      MLflow's store; OFF where it is to hear nothing.
    artifacts:         where a local store's artifacts go; None leaves it to the server.
    workers:           processes that evaluate.
    executor:          processes of this machine, or a Ray cluster.
    ray_address:       of a running cluster; None starts one on this machine.
    worker_timeout:    seconds without processor time after which a local worker is restarted.
    fresh:             start anew instead of going on with what the folder holds.
    look:              take it at the end; leave the test set sealed; or only take it, with the trials there are.
    acknowledge_reuse: take a second look, which the report then shows.
    register_as:       name under which the model becomes a version in MLflow's registry.
    study_file:        text of the study file to keep in the folder, where there was none.
    kernel:            of BLAS, to compute with where this processor can run it; None leaves the choice to us.
    planned:           number of trials of the whole study, where this run is a try of fewer; None for no try.
    """

    folder: Path
    ledger: Path
    tracking_uri: str
    artifacts: Path | None
    workers: int
    executor: ExecutorKind = "local"
    ray_address: str | None = None
    worker_timeout: float = WORKER_TIMEOUT
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

    ledger:    what the ledger says of the test rows at the end of the run.
    clock:     what it took.
    tracking:  seconds of processor time that the writer to MLflow took, beside the rest.
    forecast:  seconds that it was to take, by its first trials; None where there were too few.
    untracked: one line about MLflow where something has not arrived there.
    finished:  the study was finished before, and nothing was computed.
    """

    result: StudyResult
    ledger: LedgerRecord
    folder: Path
    clock: Clock
    tracking: float = 0.0
    forecast: float | None = None
    untracked: str | None = None
    finished: bool = False

    @property
    def seconds(self) -> float:
        """Of the whole run."""
        return sum(self.clock.seconds.values())
