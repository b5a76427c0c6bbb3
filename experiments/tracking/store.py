"""One study's runs in MLflow, recognised and brought up to date, each exactly once.

The client gets every run's id. MLflow's fluent interface keeps a global stack of runs and is not used.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from experiments.tracking.comparable import METRIC
from experiments.tracking.experiment import NOTE, PARENT, find_experiment, own_run
from experiments.tracking.mlflow_setup import make_database, prepare_mlflow, reason
from experiments.tracking.moved_store import follow_artifacts, refusal_or_note
from experiments.tracking.outbox import DatasetMetadata, EndStatus, RunMetadata, StudyOutcome
from experiments.tracking.refusals import ArtifactsRefusedError, RefusedError, artifact_upload
from experiments.tracking.runs import (
    LONGEST_RUN_NAME,
    SINGLE,
    Point,
    Run,
    finite,
    safe_key,
    safe_name,
    score_name,
    shown_params,
    shown_tags,
)
from experiments.tracking.uris import artifacts_of, database_of

LONGEST_DIGEST = 36  # of a dataset
EARLIER = "earlier_test"  # a tag that names metrics of an earlier test: MLflow cannot remove a metric
OF_A_TEST = frozenset(  # tags that results without a test do not have
    {"verdict", "final_model", "test_rows_scored", "test_rows_again", "test_score_of", EARLIER}
)
REFUSALS = ("INVALID_PARAMETER_VALUE", "BAD_REQUEST")


@dataclass
class Store:
    """The runs of one study.

    name:    the study's, which its trials have as a tag, so that trials of several studies can be told apart.
    trials:  trial -> its run, for each trial that is completely written.
    ranks:   trial -> its rank as MLflow has it.
    final:   the run of the refit.
    final_digest: digest of the results that `final` shows.
    final_metrics: names of its metrics.
    metrics: metrics of the study's own run.
    tags: tags of the study's own run that an outcome may no longer have.
    digest: of the outcome that the study's own run shows.
    refusal: why no files may be written to the experiment's place; empty if they may.
    notes: lines for the user about what was found.
    """

    mlflow: Any
    client: Any
    experiment: str
    parent: str
    uid: str
    name: str = ""
    trials: dict[int, str] = field(default_factory=dict)
    ranks: dict[int, float | None] = field(default_factory=dict)
    final: str | None = None
    final_digest: str = ""
    final_metrics: frozenset[str] = frozenset()
    metrics: dict[str, float] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    digest: str = ""
    refusal: str = ""
    notes: list[str] = field(default_factory=list)

    @classmethod
    def connect(cls, uri: str, metadata: RunMetadata, begun: float) -> Store:
        """Read the study's runs, or make its parent run; half-written runs and duplicates are deleted.

        A run counts as written if it has its final status, which is sent last, and is a child of the parent. Others
        are what a kill or a lost answer left; they are written anew. Trials of earlier versions get their score by the
        name of its metric. Artifacts of a local store that was moved or copied are followed.
        """
        notes: list[str] = []
        mlflow = prepare_mlflow(os.environ)
        database = database_of(uri)
        if database is not None:
            make_database(database)
            notes += follow_artifacts(database)
        mlflow.set_tracking_uri(uri)  # a model is registered there, whatever the client's own address is
        client = mlflow.MlflowClient(uri)
        found = find_experiment(client, metadata, None if database is None else artifacts_of(database), begun)
        notes += found.notes
        experiment, runs = found.identity, found.runs
        parent = own_run(runs) or _new_parent(client, experiment, metadata, begun)
        store = cls(mlflow, client, experiment, parent.info.run_id, metadata.uid, metadata.name, notes=notes)
        if database is not None:
            store.refusal, note = refusal_or_note(experiment, database)
            notes += [note] if note else []
        store.metrics, store.tags = dict(parent.data.metrics), OF_A_TEST & set(parent.data.tags)
        store.digest = parent.data.tags.get("digest", "")
        for run in runs:
            if run.info.run_id == store.parent:
                continue
            if store._take(run):
                store._name_score(run, metadata.params.get(METRIC, ""))
            else:
                client.delete_run(run.info.run_id)
        store._describe(parent, metadata)
        return store

    def _take(self, run: Any) -> bool:
        """Keep a run of the study that is whole and no duplicate; return whether it was kept."""
        tags, identity = run.data.tags, str(run.info.run_id)
        if run.info.status == "RUNNING" or tags.get(PARENT) != self.parent:
            return False
        if "trial" not in tags:
            if self.final is None:
                self.final, self.final_digest = identity, tags.get("digest", "")
                self.final_metrics = frozenset(run.data.metrics)
            return self.final == identity
        number = int(tags["trial"])
        if number in self.trials:
            return False
        self.trials[number] = identity
        self.ranks[number] = run.data.metrics.get("rank")
        return True

    def _name_score(self, run: Any, metric: str) -> None:
        """Write the score of a trial by the name of its metric, if it has it without that name only."""
        score, name = run.data.metrics.get("cv_mean"), safe_key(score_name("cv_mean", metric))
        if score is not None and name not in run.data.metrics:
            self._log(run.info.run_id, (Point(name, score, SINGLE, run.info.end_time),))

    def _describe(self, parent: Any, metadata: RunMetadata) -> None:
        """Write to the parent what it lacks. Parameters of a study never change, and a description may be edited."""
        new = {key: value for key, value in shown_params(metadata.params).items() if key not in parent.data.params}
        note = {} if NOTE in parent.data.tags else {NOTE: metadata.description}
        self._log(self.parent, params=new, tags=shown_tags({**metadata.tags, **note}))
        inputs = getattr(parent, "inputs", None)
        if metadata.datasets and not (inputs and inputs.dataset_inputs):
            self.client.log_inputs(self.parent, datasets=[self._dataset(dataset) for dataset in metadata.datasets])

    def _dataset(self, metadata: DatasetMetadata) -> Any:
        entities = self.mlflow.entities
        dataset = entities.Dataset(
            name=safe_name(metadata.name, 500),
            digest=metadata.fingerprint[:LONGEST_DIGEST],
            source_type="local",
            source=json.dumps({"uri": metadata.source, "fingerprint": metadata.fingerprint}),
            profile=json.dumps({"num_rows": metadata.rows, "num_features": metadata.features}),
        )
        return entities.DatasetInput(dataset, tags=[entities.InputTag("mlflow.data.context", metadata.context)])

    def newer(self, trials: Collection[int], outcome: StudyOutcome | None) -> str:
        """Say what MLflow has of the study that its folder lacks, where a copy of the folder went on; else nothing.

        Args:
            trials:  numbers of the folder's finished trials.
            outcome: the last of the folder; None if it has none.
        """
        if not self.trials.keys() <= set(trials):
            return f"{len(self.trials)} trials, this folder {len(trials)}"
        untested = outcome is None or (outcome.refitted is None and outcome.digest != self.digest)
        if untested and "verdict" in self.tags and self.metrics.get("trials") == len(trials):
            return "its test, which this folder lacks"
        return ""

    def show(self, status: EndStatus | Literal["RUNNING"], at: float) -> None:
        """Show the study's status, and, if it has stopped, when: `at` is in seconds since the epoch."""
        if status == "RUNNING":
            self.client.update_run(self.parent, status=status)
        else:
            self.client.set_terminated(self.parent, status, int(1000 * at))

    def write_trial(self, number: int, run: Run) -> None:
        """Write the run of one trial; it counts as written when the last call has been answered.

        Raises:
            RefusedError: MLflow does not take the run; nothing of it is left.
        """
        self.trials[number] = self._write(run, {"trial": str(number)})

    def write_final(self, run: Run, digest: str) -> None:
        """Write the run of the refit, in place of that of another outcome; one of this outcome gets what it lacks.

        Raises:
            RefusedError: MLflow does not take the run; nothing of it is left.
        """
        if self.final is not None and self.final_digest == digest:
            points = tuple(point for point in run.points if safe_key(point.key) not in self.final_metrics)
            if points:  # it is of an earlier version
                self._log(self.final, points, tags=run.tags)
            return
        if self.final is not None:
            self.client.delete_run(self.final)
            self.final = None
        self.final, self.final_digest = self._write(run, {"digest": digest}), digest

    def _write(self, run: Run, known_by: Mapping[str, str]) -> str:
        named = shown_tags({"study": self.name})
        tags = {PARENT: self.parent, "study_uid": self.uid, **named, **run.tags, **known_by}
        identity = None
        try:
            made = self.client.create_run(self.experiment, start_time=run.started, tags=tags, run_name=run.name)
            identity = str(made.info.run_id)
            self._log(identity, run.points, run.params)
        except Exception as error:
            if getattr(error, "error_code", "") not in REFUSALS:
                raise
            if identity is not None:
                self.client.delete_run(identity)
            raise RefusedError(reason(error)) from error
        self.client.set_terminated(identity, run.status, run.ended)
        return identity

    def write_ranks(self, ranks: Mapping[int, int], at: int) -> None:
        """Write each trial's rank; MLflow shows the one with the latest `at`, in milliseconds."""
        for number, rank in ranks.items():
            if number in self.trials and self.ranks.get(number) != rank:
                self._log(self.trials[number], (Point("rank", rank, SINGLE, at),))
                self.ranks[number] = rank

    def end(self, outcome: StudyOutcome) -> None:
        """Write the parent's final metrics and tags, and its status; what it has already is not sent twice.

        What it has of an earlier test is taken back, or named as such.
        """
        at = int(1000 * outcome.at)
        points, lost = finite(Point(key, value, SINGLE, at) for key, value in outcome.metrics.items())
        points = tuple(point for point in points if self.metrics.get(safe_key(point.key)) != point.value)
        tags = {**outcome.tags, "digest": outcome.digest, **lost, **self._earlier_test(outcome)}
        self._log(self.parent, points, tags=shown_tags(tags))
        for name in self.tags - set(tags):
            self.client.delete_tag(self.parent, name)
        if outcome.refitted is None and self.final is not None:
            self.client.delete_run(self.final)
            self.final = None
        self.client.set_terminated(self.parent, "FINISHED", at)

    def _earlier_test(self, outcome: StudyOutcome) -> dict[str, str]:
        """Return a tag that names the metrics of tests that the outcome does not have; none where there are none."""
        gone = set(self.metrics) - set(map(safe_key, outcome.metrics))
        old = sorted(name for name in gone if name.startswith("test_"))
        return {EARLIER: f"{', '.join(old)}: of an earlier test of this study, not of these results"} if old else {}

    def check_place(self) -> None:
        """Refuse to write files where the experiment's artifacts do not belong to this store.

        Raises:
            ArtifactsRefusedError: they do not.
        """
        if self.refusal:
            raise ArtifactsRefusedError(self.refusal)

    def upload(self, name: str, content: Path | str) -> None:
        """Upload a file, a folder or a text as an artifact of the study's run.

        Raises:
            ArtifactsRefusedError: the place for artifacts is another store's, see `check_place`, or cannot be used.
            RefusedError: the file is not there, it is or holds a symbolic link, which may lead to anything on this
                machine, or a pipe or a device, which may never end.
        """
        self.check_place()
        inside = [] if isinstance(content, str) else [content, *content.rglob("*")]
        if any(path.is_symlink() for path in inside):
            raise RefusedError("symbolic links are not sent")
        if any(path.exists() and not (path.is_file() or path.is_dir()) for path in inside):
            raise RefusedError("pipes and devices are not sent")
        if not isinstance(content, str) and not content.exists():
            raise RefusedError(f"there is no file {content}")
        with artifact_upload():
            if isinstance(content, str):
                self.client.log_text(self.parent, content, name)
            else:
                self.client.log_artifact(self.parent, str(content))

    def _log(
        self,
        run: str,
        points: tuple[Point, ...] = (),
        params: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Log one batch; the client splits it at MLflow's limits (1,000 values in all, 100 params, 100 tags)."""
        entities = self.mlflow.entities
        self.client.log_batch(
            run,
            metrics=[entities.Metric(safe_key(p.key), p.value, p.at, p.step) for p in points],
            params=[entities.Param(key, value) for key, value in (params or {}).items()],
            tags=[entities.RunTag(key, value) for key, value in (tags or {}).items()],
        )


def _new_parent(client: Any, experiment: str, metadata: RunMetadata, begun: float) -> Any:
    name = safe_name(metadata.name, LONGEST_RUN_NAME)
    return client.create_run(experiment, int(1000 * begun), {"study_uid": metadata.uid}, name)
