"""A failing server is no failure of the study."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from experiments.benchmark.fault_rows.gate import FlakyServer
from experiments.tracking.tracker import Tracking
from support.tracking import end, end_writer, metadata, result, tell
from support.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture(params=["silent", "answers 500"])
def bad_port(request: pytest.FixtureRequest) -> Iterator[int]:
    with FlakyServer(0, request.param) as server:
        yield server.port


@contextmanager
def stopped(tracking: Tracking) -> Iterator[None]:
    """Stop the writer for a block: what waits for it there waits in vain, and fails."""
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


def test_a_failing_server_neither_blocks_nor_floods_the_study(bad_port: int, tmp_path: Path, environment: None) -> None:
    warnings: list[str] = []
    uri = f"http://ann:s3cret@127.0.0.1:{bad_port}/mlflow?token=t0ken"
    tracking = Tracking(tmp_path, uri, warnings.append)
    tracking.start(metadata())
    with stopped(tracking):
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
    end_writer(tracking)


@pytest.mark.long
def test_trials_after_the_last_attempt_are_missing_too(
    tmp_path: Path, environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", f"{PATIENCE:.0f}")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        listener.settimeout(PATIENCE)
        uri = f"http://127.0.0.1:{listener.getsockname()[1]}"
        tracking = Tracking(tmp_path, uri, print)
        tracking.start(metadata())
        with listener.accept()[0]:  # and never answer
            tell(tmp_path, result(0), result(1))
            tracking.conclude(end(2))
            line = tracking.finish(timeout=1.0)
            assert line is not None
            assert "is missing a part of the study, or all of it (not written in time)" in line
            assert tracking.goes_on
            end_writer(tracking)
    tracking = Tracking(tmp_path, uri, print)
    tracking.start(metadata())
    wait_until(lambda: bool(tracking._read().trouble))  # the port is closed
    line = tracking.finish(timeout=5.0)
    assert line is not None
    assert "is missing 2 of 2 trials" in line
    end_writer(tracking)
