"""The view of a study on MLflow's page: charts that compare the trials, best first, instead of a table without scores.

MLflow keeps a shared view as JSON in a tag of the experiment and opens it by its key in the address. The format is that
of its own page (3.17); a version that does not know the format shows its usual table.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import quote, urlencode

from experiments.tracking.runs import score_name

KEY = "trials"
TAG = f"mlflow.sharedViewState.{KEY}"
SHOWN = 20  # trials in the charts, the best ones
MODEL_TRAINING = {"workflowType": "machine_learning"}  # in an address; else MLflow's pages are about language models
MOST = 24  # parameters; MLflow takes 5,000 characters


def trial_view(params: Iterable[str], log_scaled: Collection[str], metric: str = "") -> str:
    """Return the view as the text of the tag: the table's columns, and parallel coordinates of the best trials.

    The study, with its score on the test rows, stands beside its best trial, whose score it has.

    Args:
        params:     names of the searched parameters.
        log_scaled: names of those on a log scale, which trials have as log10_NAME, too. The units of a layer are shown
                    as they are: a trial without the layer has no logarithm, and would be missing in the plot.
        metric:     name of the metric; empty if it is not known.
    """
    names = list(params)[:MOST]
    logs = {name for name in log_scaled if not name.startswith("hidden_units")}
    axes = [f"log10_{name}" if name in logs else name for name in names]
    score, tested = score_name("cv_mean", metric), score_name("test", metric or "score")
    charts = [
        {"type": "PARALLEL", "selectedMetrics": [score], "selectedParams": axes, "showAllRuns": False},
        _lines("val_score"),
        _lines("train_loss"),
    ]
    section = {"uuid": "search", "name": "Search", "display": True, "isGenerated": False, "columns": 1}
    view = {
        "orderByKey": f"metrics.`{score}`",
        "orderByAsc": False,
        "searchFilter": "",
        "startTime": "ALL",
        "lifecycleFilter": "Active",
        "modelVersionFilter": "All Runs",
        "datasetsFilter": [],
        "selectedColumns": [
            *(f"metrics.`{name}`" for name in (score, tested, "cv_std", "epochs")),
            *(f"params.`{name}`" for name in names),
        ],
        "runsHiddenMode": f"FIRST_{SHOWN}_RUNS",
        "runsExpanded": {},
        "runsPinned": [],
        "runsHidden": [],
        "runsVisibilityMap": {},
        "hideEmptyCharts": True,
        "compareRunSections": [{**section, "cardHeight": 420}],
        "compareRunCharts": [
            {
                **{"uuid": f"chart-{number}", "runsCountToCompare": SHOWN, "metricSectionId": section["uuid"]},
                **{"deleted": False, "isGenerated": False, **chart},
            }
            for number, chart in enumerate(charts)
        ],
    }
    return json.dumps(view)


def trials_address(page: str, experiment: str, tags: Mapping[str, str]) -> str:
    """Return the address of an experiment's trials on MLflow's page: in the view of its tag, or in MLflow's charts.

    >>> trials_address("http://127.0.0.1:5000", "1", {TAG: "{}"})
    'http://127.0.0.1:5000/#/experiments/1/runs?workflowType=machine_learning&compareRunsMode=CHART&viewStateShareKey=trials'
    """
    query = {**MODEL_TRAINING, "compareRunsMode": "CHART"}
    query |= {"viewStateShareKey": KEY} if TAG in tags else {"orderByKey": "metrics.`cv_mean`", "orderByAsc": "false"}
    return f"{page}/#/experiments/{quote(experiment, safe='')}/runs?{urlencode(query)}"


def _lines(metric: str) -> dict[str, object]:
    axis = {"xAxisKey": "step", "selectedXAxisMetricKey": "", "xAxisScaleType": "linear", "scaleType": "linear"}
    values = {"yAxisKey": "metric", "yAxisExpressions": [], "selectedMetricKeys": [metric], "metricKey": metric}
    return {"type": "LINE", "lineSmoothness": 0, "ignoreOutliers": False, "range": {}, **axis, **values}
