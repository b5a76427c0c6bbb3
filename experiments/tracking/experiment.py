"""The experiment of a study in MLflow: found by the study's runs, which a new name on MLflow's page leaves there.

Studies of one name share an experiment: one that --fresh cleared and its successor, and those of two folders. Its view
and its description are the newest one's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.config.readable import readable
from experiments.tracking.chart_view import TAG as VIEW
from experiments.tracking.chart_view import trial_view
from experiments.tracking.comparable import METRIC
from experiments.tracking.mlflow_setup import pages
from experiments.tracking.outbox import RunMetadata
from experiments.tracking.runs import LONGEST_EXPERIMENT_NAME, folder_name, safe_name, shown_tags

PARENT, NOTE = "mlflow.parentRunId", "mlflow.note.content"
# what MLflow's pages show of an experiment first: runs, not traces, and the score that runs are compared by
PAGES = {
    "mlflow.experimentKind": "custom_model_development",
    "mlflow.experiment.primaryMetric.name": "cv_mean",
    "mlflow.experiment.primaryMetric.greaterIsBetter": "True",
}


@dataclass(frozen=True)
class Found:
    """An experiment that was found or made.

    runs:   the study's runs in it, the earliest first.
    notes:  lines for the user.
    """

    identity: str
    runs: list[Any]
    notes: list[str]


def find_experiment(client: Any, metadata: RunMetadata, artifacts: Path | None, begun: float) -> Found:
    """Find the study's experiment, and give it what it lacks.

    It is the one with the study's own run. Where there is no such run, it is that of the study's name, which is made if
    it is new and taken out of MLflow's trash if it lies there.

    Args:
        artifacts: where the artifacts of a new experiment go; None leaves that to the server.
        begun:     time of the study's beginning, in seconds since the epoch.
    """
    title = safe_name(metadata.name, LONGEST_EXPERIMENT_NAME)
    named = client.get_experiment_by_name(title)
    if named is not None and named.lifecycle_stage == "active":  # asked first: a store may have many others
        runs = study_runs(client, [named.experiment_id], metadata.uid)
        if own_run(runs) is not None:
            return _described(client, named, runs, metadata, begun)
    everywhere = [experiment.experiment_id for experiment in pages(client.search_experiments)]
    own = own_run(study_runs(client, everywhere, metadata.uid))
    if own is not None:
        experiment = client.get_experiment(own.info.experiment_id)
    else:
        experiment = named or _made(client, title, metadata, artifacts)
        if experiment.lifecycle_stage == "deleted":
            client.restore_experiment(experiment.experiment_id)
    runs = study_runs(client, [experiment.experiment_id], metadata.uid)
    return _described(client, experiment, runs, metadata, begun)


def study_runs(client: Any, experiments: list[str], uid: str) -> list[Any]:
    """Return a study's runs in some experiments, the earliest first."""
    if not experiments:
        return []
    query = {"experiment_ids": experiments, "filter_string": f"tags.study_uid = '{uid}'"}
    return list(pages(client.search_runs, **query, order_by=["attributes.start_time ASC"]))


def own_run(runs: list[Any]) -> Any:
    """Return the study's own run, the parent of its trials; None if it is not among these."""
    return next((run for run in runs if PARENT not in run.data.tags), None)


def other_studies(client: Any, experiment: str, uid: str) -> list[Any]:
    """Return the own runs of other studies in an experiment, the newest first."""
    query = f"tags.study_uid != '{uid}' AND params.`{METRIC}` LIKE '%'"  # which trials do not have
    order = ["attributes.start_time DESC"]
    found = pages(client.search_runs, experiment_ids=[experiment], filter_string=query, order_by=order)
    return [run for run in found if PARENT not in run.data.tags]


def _made(client: Any, title: str, metadata: RunMetadata, artifacts: Path | None) -> Any:
    place = None if artifacts is None else (artifacts / folder_name(metadata.name)).as_uri()
    try:
        return client.get_experiment(client.create_experiment(title, place, _tags(metadata)))
    except Exception:  # whatever a store raises when another writer has made it at this moment
        experiment = client.get_experiment_by_name(title)
        if experiment is None:
            raise
        return experiment


def _described(client: Any, experiment: Any, runs: list[Any], metadata: RunMetadata, begun: float) -> Found:
    """Give an experiment what it lacks; the newest of several studies gives it its view and its description.

    A description that a person has written stays.
    """
    identity, known = str(experiment.experiment_id), experiment.tags
    others = other_studies(client, identity, metadata.uid)
    own = own_run(runs)
    since = int(1000 * begun) if own is None else own.info.start_time
    is_newest = all(other.info.start_time <= since for other in others)
    theirs = {other.data.tags.get(NOTE) for other in others}
    for key, value in _tags(metadata).items():
        news = is_newest and (key == VIEW or (key == NOTE and known.get(key) in theirs))
        if key not in known or (news and known[key] != value):
            client.set_experiment_tag(identity, key, value)
    if own is not None or not others:
        return Found(identity, runs, [])
    line = f"MLflow's experiment {readable(experiment.name, 100)} holds another study of this name, too"
    whose = "this one's" if is_newest else "the other's, which is newer"
    note = f"{line}; its view and description are {whose}; tune with --name NAME gives a study an experiment of its own"
    return Found(identity, runs, [note])


def _tags(metadata: RunMetadata) -> dict[str, str]:
    view = trial_view(metadata.searched or metadata.numbers, metadata.log_scaled, metadata.params.get(METRIC, ""))
    return {**PAGES, **shown_tags({NOTE: metadata.description}), VIEW: view}
