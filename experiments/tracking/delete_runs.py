"""The runs that a study has in MLflow, found to be deleted."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from experiments.errors import TrackingError
from experiments.tracking.mlflow_setup import prepare_mlflow, reason
from experiments.tracking.store import PARENT
from experiments.tracking.uris import OFF, check_database, database_of, masked

PAGE = 1000


@dataclass(frozen=True)
class StudyRuns:
    """Runs of one study at one store. `client` is MLflow's; None where there is no store to ask.

    runs:   their ids, those of trials before that of the study.
    models: ids of the models logged by them.
    """

    where: str
    client: Any
    runs: Sequence[str]
    models: Sequence[str]

    def delete(self) -> None:
        """Put them into MLflow's trash: it shows them no longer, and `mlflow gc` removes them for good.

        Raises:
            TrackingError: MLflow did not take it; what is deleted by then stays so, the rest is found again.
        """
        with _one_line(self.where):
            for model in self.models:
                self.client.delete_logged_model(model)
            for run in self.runs:
                self.client.delete_run(run)


def find_runs(uri: str, uid: str | None, environ: MutableMapping[str, str]) -> StudyRuns:
    """The runs that have the study's uid as a tag, in whatever experiment they lie.

    Args:
        uid:     of the study's journal; None where it has none, and therefore no runs.
        environ: where MLflow's settings are made, see `prepare_mlflow`.

    Raises:
        TrackingError: the store is away or broken.
    """
    where, database = masked(uri), database_of(uri)
    if uid is None or uri == OFF or (database is not None and not database.exists()):
        return StudyRuns(where, None, (), ())
    if database is not None:
        check_database(database)
    with _one_line(where):
        client = prepare_mlflow(environ).MlflowClient(uri)
        experiments = [one.experiment_id for one in _pages(client.search_experiments, {})]
        query = {"experiment_ids": experiments, "filter_string": f"tags.study_uid = '{uid}'"}
        runs = list(_pages(client.search_runs, query)) if experiments else []
        trials_first = sorted(runs, key=lambda run: PARENT not in run.data.tags)
        models = [model for run in runs for model in _models(client, run.info)]
        return StudyRuns(where, client, [run.info.run_id for run in trials_first], models)


def _models(client: Any, run: Any) -> list[str]:
    query = {"experiment_ids": [run.experiment_id], "filter_string": f"source_run_id = '{run.run_id}'"}
    return [model.model_id for model in _pages(client.search_logged_models, query)]


def _pages(search: Any, query: dict[str, Any]) -> Iterator[Any]:
    token = None
    while True:
        page = search(**query, max_results=PAGE, page_token=token)
        yield from page
        token = page.token
        if not token:
            return


@contextmanager
def _one_line(where: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise TrackingError(f"MLflow at {where}: {reason(error)}.") from None
