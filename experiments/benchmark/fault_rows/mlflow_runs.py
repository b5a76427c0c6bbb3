"""The runs that an MLflow store has of a study, beside the study's own results."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Mapping
from typing import Any

from experiments.tracking.experiment import PARENT, study_runs
from experiments.tracking.mlflow_setup import prepare_mlflow


def runs_of(uri: str, uid: str) -> list[Any]:
    """Return all runs of a study that a store has."""
    client = prepare_mlflow(os.environ).MlflowClient(uri)
    return study_runs(client, [one.experiment_id for one in client.search_experiments()], uid)


def lacking(uri: str, uid: str, results: Mapping[str, Any]) -> list[str]:
    """Return what a store has not, has twice or has otherwise of a study, given its results.json.

    Nothing, if all is right: each trial must be there once, with its parent, its parameters, its score and its curve.
    """
    client = prepare_mlflow(os.environ).MlflowClient(uri)
    runs = runs_of(uri, uid)
    parents = [run.info.run_id for run in runs if PARENT not in run.data.tags]
    children = [run for run in runs if "trial" in run.data.tags and PARENT in run.data.tags]
    times = Counter(int(run.data.tags["trial"]) for run in children)
    expected = {trial["number"]: trial for trial in results["trials"]}
    found = [f"{len(parents)} runs of the study"] if len(parents) != 1 else []
    found += [f"trial {n} is there {times[n]} times" for n in {*expected, *times} if times[n] != (n in expected)]
    for run in children:
        number, metrics = int(run.data.tags["trial"]), run.data.metrics
        trial = expected.get(number)
        if trial is None:
            continue
        same = {
            "parent": run.data.tags[PARENT] in parents,
            "status": run.info.status == ("FAILED" if trial["state"] == "FAIL" else "FINISHED"),
            "cv_mean": metrics.get("cv_mean") == trial["value"],
            "epochs": metrics.get("epochs") == trial["epochs"],
            "parameters": {str(trial["params"][key]) for key in trial["params"] if not key.startswith("hidden_units")}
            <= set(run.data.params.values()),
        }
        if trial["value"] is not None:
            curve = {one.step: one.value for one in client.get_metric_history(run.info.run_id, "val_score")}
            same["curve"] = math.isclose(curve.get(trial["epochs"], math.nan), trial["value"])
        found += [f"trial {number} has another {key}" for key, right in same.items() if not right]
    return found
