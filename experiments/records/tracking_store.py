"""One study's runs in MLflow: found again, brought up to date, and in a local database that a kill cannot spoil.

Importing MLflow takes about a second, so it is imported in the functions, which only the writer's thread calls.
The client is given every run's id; MLflow's fluent interface keeps a global stack of runs and is not used.
"""

from __future__ import annotations

import gc
import importlib
import logging
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.records.tracking_runs import (
    LONGEST_EXPERIMENT_NAME,
    LONGEST_RUN_NAME,
    End,
    Point,
    Run,
    StudyCard,
    finite,
    folder_name,
    not_finite,
    safe_key,
    safe_name,
    shown_params,
    shown_tags,
)
from experiments.records.tracking_view import TAG as VIEW
from experiments.records.tracking_view import trial_view
from experiments.records.uris import masked

PARENT, NOTE, COMPLETE = "mlflow.parentRunId", "mlflow.note.content", "complete"
RUNS_A_PAGE, STALE_SECONDS = 500, 3600

# MLflow reads these from the environment only. Its own patience (246 s for one call) would outlast the study, so a
# call fails at once and the writer tries again; the rest keeps it from printing and from reporting usage.
SETTINGS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}
LOGGERS = ("mlflow", "alembic", "sqlalchemy", "sqlalchemy.engine", "urllib3")
REFUSALS = ("INVALID_PARAMETER_VALUE", "BAD_REQUEST")


class RefusedError(Exception):
    """MLflow will never take this, however often it is sent."""


def prepare_mlflow(environ: MutableMapping[str, str]) -> Any:
    """Import MLflow so that it is quiet and impatient, and return the module.

    Sets what the user did not set of SETTINGS, in `environ` (MLflow reads os.environ), silences the loggers of MLflow
    and its database libraries (unless MLFLOW_LOGGING_LEVEL is set) and ignores the warnings of their modules: all
    three hold for the whole process, since Python has nothing narrower for a thread.
    """
    for name, value in SETTINGS.items():
        environ.setdefault(name, value)
    warnings.filterwarnings("ignore", module=r"(mlflow|alembic|sqlalchemy|urllib3)(\.|$)")
    mlflow = importlib.import_module("mlflow")
    if "MLFLOW_LOGGING_LEVEL" not in environ:
        for name in LOGGERS:  # after the import, which sets the levels anew
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return mlflow


def make_database(path: Path, artifacts: Path) -> None:
    """Make MLflow's database at `path` if there is none.

    A kill in MLflow's first start leaves a database that no later start can open, so the tables are made in a folder
    beside it, and the finished file gets its name in one step. Of two first starts at once, the first to do so wins.
    """
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{path.name}.new-"
    for left in path.parent.glob(f"{prefix}*"):  # of a first start that was killed
        if time.time() - left.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=path.parent) as folder:
        new = Path(folder, path.name)
        sqlalchemy_store = importlib.import_module("mlflow.store.tracking.sqlalchemy_store")
        sqlalchemy_store.SqlAlchemyStore(f"sqlite:///{new}", str(artifacts)).engine.dispose()
        try:
            os.link(new, path)  # unlike a rename, it never replaces
        except OSError:  # the other was first, or a file system without links
            if not path.exists():
                new.rename(path)
    # The migrations leave classes behind. Collected at a chance moment, they take entries from under linecache's
    # hands, which then raises KeyError in whoever reads a traceback or runs a doctest.
    gc.collect()


@dataclass
class Store:
    """The runs of one study. `children` holds the run of each trial that is completely written."""

    mlflow: Any
    client: Any
    experiment: str
    parent: str
    metrics: Mapping[str, float]
    children: dict[int, str]

    @classmethod
    def connect(cls, uri: str, artifacts: Path | None, card: StudyCard, environ: MutableMapping[str, str]) -> Store:
        """Find the study's runs, or make its parent run; half-written trials and duplicates are deleted.

        A trial counts as written if it has its final status and the tag that was sent last, and is a child of the
        parent. Others are what a kill or a lost answer left; they are written anew when they are told again.
        """
        mlflow = prepare_mlflow(environ)
        if uri.startswith("sqlite"):
            database = importlib.import_module("sqlalchemy").engine.make_url(uri).database
            if database and database != ":memory:":
                make_database(Path(database), artifacts or Path(database).absolute().parent / "artifacts")
        client = mlflow.MlflowClient(uri)
        experiment = _experiment(client, card, artifacts)
        runs = list(_runs(client, experiment, card.uid))
        parents = [run for run in runs if "trial" not in run.data.tags]
        parent = parents[0] if parents else _new_parent(client, experiment, card)
        whole: dict[int, str] = {}
        for run in runs:
            tags = run.data.tags
            done = tags.get(COMPLETE) == "true" and run.info.status in ("FINISHED", "FAILED")
            if done and tags.get(PARENT) == parent.info.run_id:
                whole.setdefault(int(tags["trial"]), run.info.run_id)
        kept = {parent.info.run_id, *whole.values()}
        for run in runs:
            if run.info.run_id not in kept:
                client.delete_run(run.info.run_id)
        store = cls(mlflow, client, experiment, parent.info.run_id, dict(parent.data.metrics), whole)
        store._describe(parent, card)
        return store

    def _describe(self, parent: Any, card: StudyCard) -> None:
        """Bring the parent's params and tags up to date. MLflow cannot change a param: a changed one becomes a tag."""
        params, known = shown_params(card.params), parent.data.params
        changed = {f"now.{key}": value for key, value in params.items() if known.get(key, value) != value}
        note = {} if NOTE in parent.data.tags else {NOTE: card.description}
        new = {key: value for key, value in params.items() if key not in known}
        self._log(self.parent, params=new, tags=shown_tags({**card.tags, **changed, **note}))

    def reopen(self) -> None:
        """Say that the study is running (again)."""
        self.client.update_run(self.parent, status="RUNNING")

    def write(self, number: int, run: Run, uid: str) -> None:
        """Write the run of one trial; it counts as written when the last call has been answered.

        Raises:
            RefusedError: MLflow does not take it; nothing of it is left.
        """
        tags = {PARENT: self.parent, "study_uid": uid, "trial": str(number)}
        made = self.client.create_run(self.experiment, start_time=run.started, tags=tags, run_name=run.name)
        try:
            self._log(made.info.run_id, run.points, run.params, {**run.tags, COMPLETE: "true"})
        except Exception as error:
            if getattr(error, "error_code", "") not in REFUSALS:
                raise
            self.client.delete_run(made.info.run_id)
            raise RefusedError(reason(error)) from error
        self.client.set_terminated(made.info.run_id, run.status, run.ended)
        self.children[number] = made.info.run_id

    def end(self, end: End) -> None:
        """Write the parent's final metrics and tags, and its status. What it has already is not sent twice."""
        now = int(1000 * time.time())
        points, lost = finite(Point(key, float(value), 0, now) for key, value in end.metrics.items())
        points = tuple(point for point in points if self.metrics.get(safe_key(point.key)) != point.value)
        self._log(self.parent, points, tags=shown_tags({**end.tags, **not_finite(lost)}))
        self.client.set_terminated(self.parent, end.status)

    def upload(self, trial: int | None, name: str, content: Path | str) -> None:
        """Upload a file, a folder or a text, for the study (trial None) or for one trial.

        Raises:
            RefusedError: the file is not there, or the place for artifacts cannot be used from here.
        """
        run = self.parent if trial is None else self.children[trial]
        try:
            if isinstance(content, str):
                self.client.log_text(run, content, name)
            elif content.exists():
                self.client.log_artifact(run, str(content))
            else:
                raise FileNotFoundError(f"there is no file {content}")
        except (FileNotFoundError, PermissionError, ImportError) as error:
            raise RefusedError(reason(error)) from error

    def _log(
        self,
        run: str,
        points: tuple[Point, ...] = (),
        params: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """One batch; the client splits it at MLflow's limits (1,000 values in all, 100 params, 100 tags)."""
        entities = self.mlflow.entities
        self.client.log_batch(
            run,
            metrics=[entities.Metric(safe_key(p.key), p.value, p.at, p.step) for p in points],
            params=[entities.Param(key, value) for key, value in (params or {}).items()],
            tags=[entities.RunTag(key, value) for key, value in (tags or {}).items()],
        )


def _experiment(client: Any, card: StudyCard, artifacts: Path | None) -> str:
    """The id of the study's experiment, made if it is new and taken out of MLflow's trash if it lies there."""
    title = safe_name(card.name, LONGEST_EXPERIMENT_NAME)
    found = client.get_experiment_by_name(title)
    if found is None:
        place = None if artifacts is None else (artifacts.absolute() / folder_name(card.name)).as_uri()
        tags = {VIEW: trial_view(card.numbers, card.log_scaled)}
        return str(client.create_experiment(title, artifact_location=place, tags=tags))
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)


def _runs(client: Any, experiment: str, uid: str) -> Iterator[Any]:
    """Every run of this study, oldest first."""
    token = None
    while True:
        query = f"tags.study_uid = '{uid}'"
        page = client.search_runs([experiment], query, 1, RUNS_A_PAGE, ["attributes.start_time ASC"], token)
        yield from page
        token = page.token
        if not token:
            return


def _new_parent(client: Any, experiment: str, card: StudyCard) -> Any:
    name = safe_name(card.name, LONGEST_RUN_NAME)
    return client.create_run(experiment, tags={"study_uid": card.uid}, run_name=name)


def reason(error: BaseException) -> str:
    """What went wrong underneath, in one short line without credentials."""
    while (inner := error.__cause__ or (None if error.__suppress_context__ else error.__context__)) is not None:
        error = inner
    lines = str(error).strip().splitlines() or [type(error).__name__]
    text = masked(lines[0])
    return text if len(text) <= 200 else f"{text[:197]}..."
