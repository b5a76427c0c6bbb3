"""A server in trouble is none of the study's."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from experiments.records import tracking_store
from experiments.records.tracking import Tracking
from support.tracking import PARAMS, card, result, wait_for


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings that the writer makes in the environment, made here so that they are taken back."""
    for name, value in tracking_store.SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "2")


class Server:
    """Answers every request in one bad way."""

    def __init__(self, status: int, body: bytes) -> None:
        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(params=["refuses", "never answers", "answers 500", "answers half a JSON"])
def bad_port(request: pytest.FixtureRequest) -> Iterator[int]:
    if request.param.startswith("answers"):
        server = Server(500, b"{}") if "500" in request.param else Server(200, b'{"experiment": {"experiment_id": ')
        yield server.port
        server.close()
        return
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if request.param == "never answers":
            listener.listen(8)
        yield listener.getsockname()[1]


def test_a_server_in_trouble_neither_blocks_nor_floods_the_study(bad_port: int, tmp_path: Path) -> None:
    warnings: list[str] = []
    uri = f"http://ann:s3cret@127.0.0.1:{bad_port}/mlflow?token=t0ken"
    tracking = Tracking(uri, None, card(), warnings.append)
    tracking.start()
    slowest = 0.0
    for number in range(50):
        start = time.perf_counter()
        tracking.trial(result(number), PARAMS)
        slowest = max(slowest, time.perf_counter() - start)
    wait_for(lambda: bool(warnings))
    start = time.perf_counter()
    line = tracking.finish("FINISHED", {"best_cv_mean": 0.9}, {}, (tmp_path,), timeout=1.0)
    assert time.perf_counter() - start < 1.5
    assert slowest < 0.5
    assert line is not None
    assert line.startswith(f"MLflow at http://***@127.0.0.1:{bad_port}/mlflow?token=*** is missing 50 of 50 trials, ")
    assert "the results of the study, 1 file (" in line
    assert not any(secret in text for secret in ("s3cret", "t0ken", "Traceback", "\n") for text in [line, *warnings])
    assert len(warnings) == 1
