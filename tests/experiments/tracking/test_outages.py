"""A server in trouble is none of the study's."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from experiments.tracking import tracker as module
from experiments.tracking.tracker import Tracking
from support.tracking import StandingClock, card, end, result, tell
from support.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.slow


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


@contextmanager
def stopped(tracking: Tracking) -> Iterator[None]:
    """A block in which the writer does nothing: what waits for it there waits in vain, and fails."""
    assert tracking._process is not None
    pid = tracking._process.pid
    os.kill(pid, signal.SIGSTOP)
    goes_on = threading.Timer(PATIENCE, os.kill, (pid, signal.SIGCONT))
    goes_on.start()
    try:
        yield
        assert goes_on.is_alive()
    finally:
        goes_on.cancel()
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def test_a_server_in_trouble_neither_blocks_nor_floods_the_study(
    bad_port: int, tmp_path: Path, environment: None
) -> None:
    warnings: list[str] = []
    uri = f"http://ann:s3cret@127.0.0.1:{bad_port}/mlflow?token=t0ken"
    tracking = Tracking(tmp_path, uri, None, warnings.append)
    tracking.load()
    with stopped(tracking):
        tracking.start(card())
    tell(tmp_path, *map(result, range(50)))
    wait_until(lambda: bool(warnings))
    tracking.conclude(end(50, files=("report.md",)))
    start = time.monotonic()
    line = tracking.finish(timeout=1.0)
    assert time.monotonic() - start < PATIENCE / 2  # the writer would go on for all of it
    assert line is not None
    assert line.startswith(f"MLflow at http://***@127.0.0.1:{bad_port}/mlflow?token=*** is missing ")
    assert not any(secret in text for secret in ("s3cret", "t0ken", "Traceback", "\n") for text in [line, *warnings])
    assert len(warnings) == 1


def test_what_was_told_after_the_last_attempt_is_missing_too(
    tmp_path: Path, environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", f"{PATIENCE:.0f}")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        listener.settimeout(PATIENCE)
        uri = f"http://127.0.0.1:{listener.getsockname()[1]}"
        tracking = Tracking(tmp_path, uri, None, print)
        tracking.load()
        tracking.start(card())
        with listener.accept()[0]:  # and never answer
            tell(tmp_path, result(0), result(1))
            tracking.conclude(end(2))
            line = tracking.finish(timeout=1.0)
    assert line is not None
    assert "is missing a part of the study, or all of it (its writer gave no answer)" in line
    tracking = Tracking(tmp_path, uri, None, print)
    tracking.load()
    tracking.start(card())
    wait_until(lambda: bool(tracking._trouble))  # nobody listens there any more
    monkeypatch.setattr(module, "time", StandingClock(tracking, late=module.PATIENCE))
    line = tracking.finish(timeout=5.0)
    assert line is not None
    assert "is missing 2 of 2 trials" in line
