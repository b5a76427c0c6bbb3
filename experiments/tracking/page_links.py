"""The addresses on MLflow's page that are worth a visit: the trials of the newest studies, and these studies compared.

The server is asked, which has the database open anyway: MLflow is not imported.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import Any
from urllib.parse import quote, urlencode

from experiments.config.readable import readable
from experiments.tracking.chart_view import MODEL_TRAINING, trials_address

NEWEST = 5  # studies that are named
MOST_EXPERIMENTS = 50  # of which the newest with runs are named
MOST_RUNS = 100  # finished runs of these studies, the newest of which are compared
LONGEST = 60  # letters of a name
TIMEOUT = 120.0  # seconds for an answer
ERRORS = (OSError, http.client.HTTPException, ValueError, LookupError, TypeError, AttributeError)


def page_links(host: str, port: int) -> list[tuple[str, str]]:
    """Return names and addresses, the best to begin with first: that of the newest study, or MLflow's list of none.

    That list is last where it has more studies than are named.
    """
    page = f"http://{host}:{port}"
    everything = f"{page}/#/experiments?{urlencode(MODEL_TRAINING)}"
    rest: list[tuple[str, str]] = []
    try:
        query = {"order_by": ["last_update_time DESC"], "filter": "name != 'Default'"}
        found = _with_runs(host, port, _ask(host, port, "experiments", MOST_EXPERIMENTS, **query))
        studies = {
            str(one["experiment_id"]): (
                readable(one["name"], LONGEST),
                trials_address(
                    page, str(one["experiment_id"]), {tag["key"]: tag["value"] for tag in one.get("tags", [])}
                ),
            )
            for one in islice(found, NEWEST)
        }
        rest = [("all studies", everything) for _ in islice(found, 1)]
    except ERRORS:
        studies = {}
    if not studies:
        return [("experiments", everything)]
    return [*studies.values(), *_comparison(host, port, {key: name for key, (name, _) in studies.items()}), *rest]


def _with_runs(host: str, port: int, found: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the experiments that have a run: that of a deleted study stays, while its runs lie in MLflow's trash."""
    for one in found:
        try:
            runs = _ask(host, port, "runs", 1, experiment_ids=[one["experiment_id"]])
        except ERRORS:
            yield one
        else:
            if runs:
                yield one


def _comparison(host: str, port: int, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the address that compares the studies; nothing if fewer than two of them are finished.

    Args:
        names: experiment -> name of the study.
    """
    query = {"filter": "tags.study_uid LIKE '%' AND metrics.trials > 0", "order_by": ["attributes.start_time DESC"]}
    try:
        found = _ask(host, port, "runs", MOST_RUNS, experiment_ids=list(names), **query)
        newest = {one["info"]["experiment_id"]: one["info"]["run_id"] for one in reversed(found)}
    except ERRORS:
        return []
    finished = [experiment for experiment in names if experiment in newest]
    if len(finished) < 2:
        return []
    runs = [newest[experiment] for experiment in finished]
    query_of = {"runs": json.dumps(runs), "experiments": json.dumps(finished), **MODEL_TRAINING}
    address = f"http://{host}:{port}/#/compare-runs?{urlencode(query_of, quote_via=quote)}"
    return [(f"{', '.join(names[one] for one in finished)} compared", address)]


def _ask(host: str, port: int, what: str, most: int, **query: object) -> Sequence[Mapping[str, Any]]:
    body = json.dumps({"max_results": most, **query})
    with closing(http.client.HTTPConnection(host, port, timeout=TIMEOUT)) as connection:
        connection.request("POST", f"/api/2.0/mlflow/{what}/search", body, {"Content-Type": "application/json"})
        answer: Sequence[Mapping[str, Any]] = json.loads(connection.getresponse().read()).get(what, [])
    return answer
