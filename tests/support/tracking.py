"""Shared by tests of tracking: results, metadata, a study's folder, and a store to write it to."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psutil

from experiments.search.journal import Journal
from experiments.search.trial import Curves, FinishedTrial, Reason, State, TrialResult
from experiments.tracking.mlflow_setup import prepare_mlflow
from experiments.tracking.outbox import EndStatus, Outbox, Refitted, RunMetadata, Scalar, StudyOutcome, write_outbox
from experiments.tracking.tracker import Tracking
from experiments.tracking.writer import Writer
from support.waiting import wait_until

NASTY = "digits 😀 שלום <script>alert('x')</script> \"../"
PARAMS: dict[str, Scalar] = {"learning_rate": 0.01, "hidden_layers": 2, "l2": 0.0, "activation": "relu"}
BEGUN = 1_700_000_000.0


def result(
    number: int,
    state: State = "COMPLETE",
    reason: Reason = "",
    epochs: int = 3,
    spoilt: Mapping[int, float] = MappingProxyType({}),
) -> TrialResult:
    """A trial over two folds; `spoilt` replaces the losses of its first fold at some epochs (from 1)."""
    scores = tuple((0.5 + 0.1 * number / 100, 0.7 + epoch / 1000) for epoch in range(1, epochs + 1))
    losses = tuple((spoilt.get(epoch, 0.4), 0.2) for epoch in range(1, epochs + 1))
    curves = Curves(tuple(range(1, epochs + 1)), scores, losses, losses)
    value = sum(scores[-1]) / 2
    return TrialResult(
        number, state, reason, value if state == "COMPLETE" else None, value, epochs, 0.1, scores[-1], curves, 2.0
    )


def metadata(name: str = NASTY, uid: str = "uid-1", **changes: Any) -> RunMetadata:
    fields: dict[str, Any] = {
        "description": "A study.",
        "params": {"cv.splitter": "StratifiedKFold", "training.epochs": "3"},
        "tags": {"mlflow.source.git.commit": "abc123"},
        "log_scaled": ("learning_rate", "l2"),
    }
    return RunMetadata(name=name, uid=uid, **(fields | changes))


def end(trials: int, **changes: Any) -> StudyOutcome:
    fields: dict[str, Any] = {
        "digest": "d1",
        "at": BEGUN + 60,
        "metrics": {"best_cv_mean": 0.9},
        "tags": {"verdict": "helped"},
        "files": (),
    }
    return StudyOutcome(trials=trials, **(fields | changes))


def refitted(**params: Scalar) -> Refitted:
    return Refitted(trial=0, params={**PARAMS, **params}, losses=(0.5, 0.25), seconds=1.5)


def tell(folder: Path, *results: TrialResult, params: Mapping[str, Scalar] = PARAMS) -> None:
    """Append trials to a study's journal."""
    journal = Journal(folder / "journal.log")
    for trial in results:
        journal.append(FinishedTrial(dict(params), trial), {}, inside=False)


class Place:
    """A study's folder, and a store that it is written to and read from through MLflow's client."""

    def __init__(self, folder: Path, database: Path) -> None:
        (folder / "study").mkdir(parents=True)
        shutil.copy(database, folder / "mlflow.db")
        self._open(folder)

    def _open(self, folder: Path) -> None:
        self.folder, self.study, self.uri = folder, folder / "study", f"sqlite:///{folder}/mlflow.db"
        self.client = prepare_mlflow({}).MlflowClient(self.uri)

    @classmethod
    def at(cls, folder: Path) -> Place:
        """A moved or copied place, as another process sees it: MLflow remembers the places of runs in this one."""
        importlib.import_module("mlflow.tracking._tracking_service.utils")._artifact_repos_cache.clear()
        place = cls.__new__(cls)
        place._open(folder)
        return place

    def write(
        self,
        *results: TrialResult,
        params: Mapping[str, Scalar] = PARAMS,
        study: RunMetadata | None = None,
        end: StudyOutcome | None = None,
        status: EndStatus | None = None,
    ) -> str | None:
        """Add trials, say how the study ends, and write it; returns what is missing."""
        tell(self.study, *results, params=params)
        write_outbox(self.study, Outbox(metadata=study or metadata(), begun=BEGUN, outcome=end))
        return self.sync(status)

    def sync(self, status: EndStatus | None = None) -> str | None:
        """Write the study as its folder has it."""
        writer = Writer(self.study, self.uri)
        writer.close(status)
        assert writer.write(lambda: True), writer.trouble
        return writer.missing

    def runs(self, query: str = "", name: str = NASTY) -> list[Any]:
        experiment = self.client.get_experiment_by_name(name)
        return list(self.client.search_runs([experiment.experiment_id], query)) if experiment else []

    def trials(self, name: str = NASTY) -> dict[str, Any]:
        """Trial tag -> run; fails if a trial is there twice."""
        runs = [run for run in self.runs(name=name) if "trial" in run.data.tags]
        assert len({run.data.tags["trial"] for run in runs}) == len(runs)
        return {run.data.tags["trial"]: run for run in runs}

    def parent(self) -> Any:
        (parent,) = [run for run in self.runs() if "mlflow.parentRunId" not in run.data.tags]
        return parent

    def final(self) -> Any:
        (final,) = [run for run in self.runs() if run.info.run_name == "final"]
        return final

    def artifacts(self, run: Any) -> dict[str, Path]:
        root = Path(run.info.artifact_uri.removeprefix("file://"))
        return {str(path.relative_to(root)): path for path in self._files(root)}

    def _files(self, root: Path) -> Iterator[Path]:
        return (path for path in root.rglob("*") if path.is_file())


def end_writer(tracking: Tracking) -> None:
    """Kill the writer that a study has left, as when the machine goes down."""
    assert tracking._process is not None
    with suppress(ProcessLookupError):
        os.kill(tracking._process.pid, signal.SIGKILL)
    wait_until(lambda: not psutil.pid_exists(tracking._process.pid))
