"""The runs that a study has in MLflow, and how they are deleted."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from experiments.errors import TrackingError
from experiments.tracking.experiment import PARENT, study_runs
from experiments.tracking.mlflow_setup import pages, prepare_mlflow, reason
from experiments.tracking.uris import OFF, check_database, database_of, is_there, masked


@dataclass(frozen=True)
class StudyRuns:
    """The runs of one study at one store; `client` is MLflow's; None without a store to ask.

    runs:   their ids, those of trials before that of the study.
    models: ids of the models logged by them.
    versions: addresses of the registered versions of these models, such as models:/NAME/1; deleting leaves them.
    """

    where: str
    client: Any
    runs: Sequence[str]
    models: Sequence[str]
    versions: Sequence[str] = ()

    def delete(self) -> None:
        """Put the runs into MLflow's trash: it shows them no longer, and `mlflow gc` removes them for good.

        Raises:
            TrackingError: MLflow failed; what is deleted by then stays deleted, and the next search returns the rest.
        """
        with _one_line(self.where):
            for model in self.models:
                self.client.delete_logged_model(model)
            for run in self.runs:
                self.client.delete_run(run)


def find_runs(uri: str, uid: str | None, environ: MutableMapping[str, str]) -> StudyRuns:
    """Return the runs that have the study's uid as a tag, in whatever experiment they lie.

    Args:
        uid:     of the study's journal; None where it has none, and therefore no runs.
        environ: receives MLflow's settings, see `prepare_mlflow`.

    Raises:
        TrackingError: the store is away or broken.
    """
    where, database = masked(uri), database_of(uri)
    if uid is None or uri == OFF or (database is not None and not is_there(database)):
        return StudyRuns(where, None, (), ())
    if database is not None:
        check_database(database)
    with _one_line(where):
        client = prepare_mlflow(environ).MlflowClient(uri)
        experiments = [experiment.experiment_id for experiment in pages(client.search_experiments)]
        runs = study_runs(client, experiments, uid)
        trials_first = sorted(runs, key=lambda run: PARENT not in run.data.tags)
        models = [model for run in runs for model in _models(client, run.info)]
        studies = [run.info.run_id for run in runs if PARENT not in run.data.tags]
        versions = _versions(client, studies, models)
        return StudyRuns(where, client, [run.info.run_id for run in trials_first], models, versions)


def _models(client: Any, run: Any) -> list[str]:
    query = f"source_run_id = '{run.run_id}'"
    models = pages(client.search_logged_models, experiment_ids=[run.experiment_id], filter_string=query)
    return [model.model_id for model in models]


def _versions(client: Any, studies: Sequence[str], models: Sequence[str]) -> list[str]:
    """Return the addresses of the registered versions of models, or of other artifacts of the runs of studies."""
    queries = [f"source_path = 'models:/{model}'" for model in models] + [f"run_id = '{run}'" for run in studies]
    versions = [one for query in queries for one in pages(client.search_model_versions, filter_string=query)]
    return list(dict.fromkeys(f"models:/{version.name}/{version.version}" for version in versions))


@contextmanager
def _one_line(where: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise TrackingError(f"MLflow at {where}: {reason(error)}.") from None
