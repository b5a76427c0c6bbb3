"""The logged model behind a real HTTP address gives the predictions of the command."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, suppress
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation.final_model.model import read_model
from experiments.predict import main as predict
from experiments.tracking.mlflow_setup import SETTINGS, prepare_mlflow
from support.desk import CommandRunner
from support.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.usefixtures("tracked")


def logged_model(desk: CommandRunner) -> str:
    """The address of the study's model among the artifacts of the local store."""
    client = prepare_mlflow(os.environ | SETTINGS).MlflowClient(f"sqlite:///{desk.folder}/mlruns/mlflow.db")
    experiment = client.get_experiment_by_name("moons")
    models = client.search_logged_models([experiment.experiment_id])
    if not models:
        pytest.skip("the study logs no model")
    return str(models[0].artifact_location)


def answers(address: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(address, timeout=2):
        return True
    return False


def post(port: int, request: dict[str, Any]) -> pd.DataFrame:
    """The predictions that the server answers with."""
    sent = urllib.request.Request(
        f"http://127.0.0.1:{port}/invocations", json.dumps(request).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(sent, timeout=PATIENCE) as answer:
        return pd.DataFrame(json.load(answer)["predictions"])


def test_a_request_gives_what_predict_gives(desk: CommandRunner) -> None:
    desk.tuned("moons")
    desk.sync()
    where = logged_model(desk)
    model = read_model(desk.study / "model")
    names = model.rows.names
    rows = pd.DataFrame([[0.1 * n - 1, 0.5 - 0.07 * n] for n in range(20)], columns=names)
    rows.to_csv(desk.folder / "new.csv", index=False)
    with chdir(desk.folder):
        assert predict([str(desk.study), "new.csv", "--set-coverage", "0.9", "--out", "predicted.csv"]) == 0
    expected = pd.read_csv(desk.folder / "predicted.csv")

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    shim = desk.folder / "bin" / "uvicorn"  # which MLflow looks for on the path, where a venv that is not active is not
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m uvicorn "$@"\n')
    shim.chmod(0o755)
    words = ["-m", where, "--env-manager", "local", "-h", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "models", "serve", *words],
        cwd=desk.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "PATH": f"{shim.parent}:{os.environ['PATH']}"},
        start_new_session=True,
    )
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/ping") or server.poll() is not None)
        assert server.poll() is None, "the server ended"
        split = rows.to_dict(orient="split", index=False)
        found = post(port, {"dataframe_split": split, "params": {"set_coverage": 0.9}})
        texts = {**split, "data": [[repr(cell) for cell in row] for row in split["data"]]}
        of_texts = post(port, {"dataframe_split": texts})
        parts = [{**split, "data": split["data"][at:] + split["data"][:at]} for at in range(len(rows))] * 4
        with ThreadPoolExecutor(8) as clients:
            at_once = list(clients.map(lambda part: post(port, {"dataframe_split": part}), parts))
        with pytest.raises(urllib.error.HTTPError) as refused:
            post(port, {"dataframe_split": split, "params": {"set_coverage": 2}})
        refusal = json.load(refused.value)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait()
    assert (refused.value.code, refusal["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert "set_coverage: must be a share of 0.5 to 0.99 in steps of 0.01" in refusal["message"]
    assert "stack_trace" not in refusal
    assert of_texts.equals(found.drop(columns="prediction_set"))
    for part, answer in enumerate(at_once):
        turned = of_texts.iloc[np.roll(np.arange(len(rows)), -part)].reset_index(drop=True)
        assert answer.equals(turned), "requests at once disturb each other"
    assert list(found) == list(expected)
    assert found["prediction"].astype(str).tolist() == expected["prediction"].astype(str).tolist()
    assert found["prediction_set"].tolist() == expected["prediction_set"].tolist()
    for name in list(found)[2:]:
        assert found[name].to_numpy() == pytest.approx(expected[name].to_numpy(), rel=1e-12)
