"""A real MLflow server on this machine, which can be killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path

from experiments.benchmark.fault_rows.waiting import wait_until


class MLflowServer:
    """A server over a database in a folder; a context manager.

    Args:
        folder:   where mlflow.db is or will be.
        niceness: of its processes; at 19 it takes no time from a study that is timed, as one on another machine.
    """

    def __init__(self, folder: Path, niceness: int):
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
        """Start it; it answers some seconds later."""
        words = ["nice", "-n", str(self._niceness), sys.executable, "-m", "mlflow", "server"]
        words += ["--backend-store-uri", f"sqlite:///{self.folder}/mlflow.db"]
        words += ["--artifacts-destination", f"{self.folder}/artifacts"]
        words += ["--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        self._process = subprocess.Popen(
            words,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"},
            process_group=0,  # and not a session, within which a priority would be one among its own
        )

    def wait(self) -> None:
        """Wait until it answers."""
        wait_until(self._answers, "an answer of the MLflow server")

    def _answers(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"{self.uri}/health", timeout=2):  # noqa: S310
            return True
        return False

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it, if it runs."""
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):  # macOS permits no signal to a group that has ended
                os.killpg(self._process.pid, how)
            self._process.wait()
            self._process = None
