"""MLflow's page on the local store: python -m experiments.ui [--port N] [--no-browser] [--tracking-uri URI]."""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from experiments.errors import StudyStateError, TrackingError
from experiments.study.command.cli import add_tracking_argument, command_parser, run_command

HOST, PORT = "127.0.0.1", 5000  # MLflow's page has no login: it is shown on this machine only
START_TIMEOUT = 120.0  # seconds until the page answers
END_TIMEOUT = 5.0  # seconds for its processes to end
WRITER_TIMEOUT = 10.0  # seconds for what is on its way from a study that has just ended
# MLflow's jobs evaluate language models, for which it would start more processes; its gateway leads to such models
SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "MLFLOW_ENABLE_AI_GATEWAY": "false",
}


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    it = command_parser(
        "ui",
        "Open MLflow's page on the trials of the newest study in your browser, on this machine only, and print the "
        "addresses of the others. Ctrl-C ends it.",
    )
    it.add_argument(
        "--port", type=int, metavar="N", help=f"port of the page (default: {PORT}, or a free one if that is taken)"
    )
    it.add_argument("--no-browser", action="store_true", help="print the addresses only")
    add_tracking_argument(it)
    return it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    return run_command(parser(), _show, arguments)


def _show(chosen: argparse.Namespace) -> int:
    from experiments.tracking.browser import has_screen, open_page
    from experiments.tracking.moved_store import follow_artifacts
    from experiments.tracking.page_links import page_links
    from experiments.tracking.uris import check_database, database_of, masked, tracking_store

    uri = tracking_store(chosen.tracking_uri, os.environ.get("MLFLOW_TRACKING_URI"))
    if uri.startswith(("http://", "https://")):
        print(f"this MLflow is a server with a page of its own: {masked(uri)}")
        return 0
    database = database_of(uri)
    if database is None:
        raise TrackingError(f"--tracking-uri: a page is opened on a sqlite:///FILE, but got {masked(uri)}.")
    check_database(database)
    with suppress(sqlite3.Error):  # the page itself can do without
        for line in follow_artifacts(database):
            print(line)
    _wait_for_writers(uri)
    port = free_port(chosen.port)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        try:
            with serving(command(database, port), log) as server:
                wait_for_answer(server, port, log)
                (name, address), *others = page_links(HOST, port)
                lines = [f"MLflow's page on {name}: {address} (Ctrl-C ends it)"]
                print("\n".join([*lines, *(f"  {name}: {address}" for name, address in others)]), flush=True)
                if not chosen.no_browser and has_screen(sys.stdout.isatty(), os.environ):
                    open_page(address)
                server.wait()
        except KeyboardInterrupt:  # which is how a page is closed
            print()
            return 0
        raise TrackingError(f"MLflow's page has ended: {last_line(log)}.")


def _wait_for_writers(uri: str) -> None:
    """Wait a little for what is on its way to the store from this folder's studies; say what it lacks then."""
    from experiments.study.folders.folder import STUDIES, StudyFolder
    from experiments.tracking.writer_lock import lock_of, without_writers
    from experiments.tracking.writer_state import STATE, read_state, shortfall

    deadline = time.monotonic() + WRITER_TIMEOUT
    for folder in sorted(path.parent for path in STUDIES.glob(f"*/{STATE}")):
        state = read_state(folder)
        if state is None or state.complete or not state.is_of(uri) or StudyFolder(folder).is_running():
            continue
        try:
            with without_writers(folder, [lock_of(folder, uri)], max(0.0, deadline - time.monotonic()), print):
                pass
        except StudyStateError:
            print(f"{folder}: not all of it is in MLflow yet; load the page again in a minute")
        if (line := shortfall(folder)) is not None:
            print(line)


def command(database: Path, port: int) -> list[str]:
    """Return the command that serves the page of a database by one process, beside the process that watches it."""
    from experiments.tracking.uris import artifacts_of

    stores = ["--backend-store-uri", f"sqlite:///{database.absolute()}"]
    stores += ["--artifacts-destination", str(artifacts_of(database))]
    where = ["--host", HOST, "--port", str(port), "--workers", "1"]
    return [sys.executable, "-P", "-m", "mlflow", "ui", *stores, *where]  # -P: no module of the working folder


def free_port(wanted: int | None) -> int:
    """Return the port that was asked for; without one MLflow's own, or another if that is taken.

    Raises:
        TrackingError: there is no such port, or it is taken.
    """
    if wanted is not None and not 1 <= wanted <= 65535:
        raise TrackingError(f"--port: `1 <= port <= 65535` must hold, but got {wanted}.")
    for port in (PORT, 0) if wanted is None else (wanted,):
        with suppress(OSError), socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server will
            listener.bind((HOST, port))
            return int(listener.getsockname()[1])
    raise TrackingError(f"--port: {wanted} is taken or not allowed; without --port a free one is found.")


@contextmanager
def serving(words: Sequence[str], log: IO[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run the server within the block, in a session of its own, so that its children end with it.

    It works in an empty folder: MLflow's server loads any module of its working folder, whatever -P says.
    """
    with tempfile.TemporaryDirectory(prefix="ui-") as empty:
        server = subprocess.Popen(
            words,
            cwd=empty,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**SETTINGS, **os.environ},
            start_new_session=True,
        )
        try:
            yield server
        finally:
            _end(server)


def _end(server: subprocess.Popen[bytes]) -> None:
    """Ask a server and its children to end, and make them."""
    deadline = time.monotonic() + END_TIMEOUT
    with suppress(ProcessLookupError, PermissionError):  # macOS permits no signal to a group that has ended
        os.killpg(server.pid, signal.SIGTERM)
        while time.monotonic() < deadline:
            server.poll()  # a process that has ended belongs to its group until it is polled
            os.killpg(server.pid, 0)
            time.sleep(0.05)
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def wait_for_answer(server: subprocess.Popen[bytes], port: int, log: IO[str]) -> None:
    """Wait until the server answers.

    Raises:
        TrackingError: it ends, or does not answer in time.
    """
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise TrackingError(f"MLflow's page does not start: {last_line(log)}.")
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(HOST, port, timeout=2)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise TrackingError(f"MLflow's page does not answer after {START_TIMEOUT:.0f} s: {last_line(log)}.")


def last_line(log: IO[str]) -> str:
    """Return the last line of a server's log, in words and without credentials."""
    from experiments.tracking.answers import in_words
    from experiments.tracking.uris import masked

    log.seek(0)
    lines = [line.strip() for line in log if line.strip()]
    return in_words(masked(lines[-1]))[:300].rstrip(".") if lines else "it says nothing"


if __name__ == "__main__":
    sys.exit(main())
