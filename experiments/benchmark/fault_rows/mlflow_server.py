"""A real MLflow server on this machine, which can be killed and started again, and what it has of a study."""

from __future__ import annotations

import math
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from experiments.tracking.mlflow_setup import prepare_mlflow
from support.waiting import wait_until

PARENT = "mlflow.parentRunId"


class MLflowServer:
    """A server over a database in a folder; a context manager.

    Args:
        folder:   where mlflow.db is or will be.
        niceness: of its processes; at 19 it takes no time from a study that is timed, as one on another machine.
    """

    def __init__(self, folder: Path, niceness: int = 0):
        self.folder, self._niceness = folder, niceness
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> MLflowServer:
        self.start()
        try:
            self.wait()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill(signal.SIGTERM)

    def start(self) -> None:
        stores = ["--backend-store-uri", f"sqlite:///{self.folder}/mlflow.db"]
        stores += ["--artifacts-destination", f"{self.folder}/artifacts"]
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        self._process = subprocess.Popen(
            ["nice", "-n", str(self._niceness), sys.executable, "-m", "mlflow", "server", *stores, *where],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"},
            process_group=0,  # and not a session, within which a priority would be one among its own
        )

    def wait(self) -> None:
        """Wait until it answers."""
        wait_until(self._answers)

    def _answers(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"{self.uri}/health", timeout=2):
            return True
        return False

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, how)
            self._process.wait()
            self._process = None


def runs_of(uri: str, uid: str) -> list[Any]:
    """All runs of a study that a store has."""
    client = prepare_mlflow(os.environ).MlflowClient(uri)
    experiments = [one.experiment_id for one in client.search_experiments()]
    return list(client.search_runs(experiments, f"tags.study_uid = '{uid}'", max_results=10_000))


def lacking(uri: str, uid: str, results: Mapping[str, Any]) -> list[str]:
    """What a store has not, has twice or has otherwise of a study, given its results.json; empty if all is right.

    Each trial must be there once, with its parent, its parameters, its score and its curve.
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
        number, metrics, trial = (
            int(run.data.tags["trial"]),
            run.data.metrics,
            expected.get(int(run.data.tags["trial"])),
        )
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
