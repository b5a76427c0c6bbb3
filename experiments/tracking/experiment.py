"""The experiment of a study in MLflow: found by the study's runs, which a new name on MLflow's page leaves there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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


def find_experiment(client: Any, metadata: RunMetadata, artifacts: Path | None) -> tuple[str, list[Any]]:
    """Return the id of the study's experiment, and the study's runs in it, the earliest first.

    It is the one with the study's own run. Where there is no such run, it is that of the study's name, which is made if
    it is new and taken out of MLflow's trash if it lies there.

    Args:
        artifacts: where the artifacts of a new experiment go; None leaves that to the server.
    """
    title = safe_name(metadata.name, LONGEST_EXPERIMENT_NAME)
    named = client.get_experiment_by_name(title)
    if named is not None and named.lifecycle_stage == "active":  # asked first: a store may have many others
        runs = study_runs(client, [named.experiment_id], metadata.uid)
        if own_run(runs) is not None:
            return _described(client, named, metadata), runs
    everywhere = [experiment.experiment_id for experiment in pages(client.search_experiments)]
    own = own_run(study_runs(client, everywhere, metadata.uid) if everywhere else [])
    if own is not None:
        experiment = client.get_experiment(own.info.experiment_id)
    else:
        experiment = named or _made(client, title, metadata, artifacts)
        if experiment.lifecycle_stage == "deleted":
            client.restore_experiment(experiment.experiment_id)
    identity = _described(client, experiment, metadata)
    return identity, study_runs(client, [identity], metadata.uid)


def study_runs(client: Any, experiments: list[str], uid: str) -> list[Any]:
    """Return a study's runs in some experiments, the earliest first."""
    query = {"experiment_ids": experiments, "filter_string": f"tags.study_uid = '{uid}'"}
    return list(pages(client.search_runs, **query, order_by=["attributes.start_time ASC"]))


def own_run(runs: list[Any]) -> Any:
    """Return the study's own run, the parent of its trials; None if it is not among these."""
    return next((run for run in runs if PARENT not in run.data.tags), None)


def _made(client: Any, title: str, metadata: RunMetadata, artifacts: Path | None) -> Any:
    place = None if artifacts is None else (artifacts.absolute() / folder_name(metadata.name)).as_uri()
    try:
        return client.get_experiment(client.create_experiment(title, place, _tags(metadata)))
    except Exception:  # whatever a store raises when another writer has made it at this moment
        experiment = client.get_experiment_by_name(title)
        if experiment is None:
            raise
        return experiment


def _described(client: Any, experiment: Any, metadata: RunMetadata) -> str:
    """Give an experiment what it lacks, and return its id."""
    for key, value in _tags(metadata).items():
        if key not in experiment.tags or (key == VIEW and experiment.tags[key] != value):  # of another version
            client.set_experiment_tag(experiment.experiment_id, key, value)
    return str(experiment.experiment_id)


def _tags(metadata: RunMetadata) -> dict[str, str]:
    view = trial_view(metadata.searched or metadata.numbers, metadata.log_scaled, metadata.params.get(METRIC, ""))
    return {**PAGES, **shown_tags({NOTE: metadata.description}), VIEW: view}
