"""The page is one line away, on this machine only, and leaves nothing behind when it is closed."""

from __future__ import annotations

import errno
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, nullcontext
from pathlib import Path

import psutil
import pytest

from experiments import ui
from experiments.errors import TrackingError
from experiments.study.folders.folder import StudyFolder
from experiments.tracking.uris import tracking_store
from experiments.tracking.writer_lock import lock_of
from experiments.tracking.writer_state import new_state, write_state
from support.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.slow

# A server as MLflow's is, in milliseconds: one process that watches another, which answers.
SERVER = """
import os, subprocess, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
if len(sys.argv) == 2:
    sys.exit(subprocess.run([sys.executable, __file__, sys.argv[1], "child"]).returncode)
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        if self.path == "/end":
            print("no more pages, sqlite://ann:secret@host", flush=True)
            os._exit(1)
HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
COMMAND = """
import sys
from experiments import ui
ui.command = lambda database, port: [sys.executable, sys.argv[1], str(port)]
sys.exit(ui.main(sys.argv[2:]))
"""


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database that has MLflow's tables, as far as anyone looks, in the place of the local store."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    Path("mlruns").mkdir()
    path = Path("mlruns", "mlflow.db")
    with closing(sqlite3.connect(path)) as connection:
        for table in ("alembic_version", "experiments", "runs"):
            connection.execute(f"CREATE TABLE {table} (id)")
    return path


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    (folder / "server.py").write_text(SERVER)
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", COMMAND, str(folder / "server.py"), *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_page_answers_when_its_address_is_said_and_ends_with_its_processes(
    database: Path, tmp_path: Path, how: signal.Signals
) -> None:
    process = start(tmp_path)
    assert process.stdout is not None
    line = process.stdout.readline()
    said = re.fullmatch(r"MLflow's page on experiments: http://127\.0\.0\.1:(\d+)/#/\S+ \(Ctrl-C ends it\)\n", line)
    assert said is not None
    port = int(said[1])
    socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
    servers = psutil.Process(process.pid).children(recursive=True)
    assert len(servers) == 2
    process.send_signal(how)
    out, error = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out.strip(), error) == (0, "", "")
    assert not psutil.wait_procs(servers, timeout=PATIENCE)[1]


@pytest.mark.parametrize(
    ("arguments", "screen", "opened"),
    [([], True, ["http://127.0.0.1:5/#/newest"]), (["--no-browser"], True, []), ([], False, [])],
)
def test_the_browser_opens_on_the_address_that_is_printed_first(
    database: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    screen: bool,
    opened: list[str],
) -> None:
    addresses: list[str] = []

    class Server:
        def wait(self) -> None:
            raise KeyboardInterrupt

    links = [("newest", "http://127.0.0.1:5/#/newest"), ("older", "http://127.0.0.1:5/#/older")]
    monkeypatch.setattr(ui, "serving", lambda words, log: nullcontext(Server()))
    monkeypatch.setattr(ui, "wait_for_answer", lambda server, port, log: None)
    monkeypatch.setattr("experiments.tracking.page_links.page_links", lambda host, port: links)
    monkeypatch.setattr("experiments.tracking.browser.has_screen", lambda terminal, environ: screen)
    monkeypatch.setattr("experiments.tracking.browser.open_page", addresses.append)
    assert ui.main(arguments) == 0
    assert addresses == opened
    assert capsys.readouterr().out.splitlines() == [
        "MLflow's page on newest: http://127.0.0.1:5/#/newest (Ctrl-C ends it)",
        "  older: http://127.0.0.1:5/#/older",
        "",
    ]


def test_a_moved_store_is_followed_before_its_page_is_served(
    database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("experiments.tracking.moved_store.follow_artifacts", lambda database: [f"moved: {database}"])
    monkeypatch.setattr(ui, "serving", lambda words, log: nullcontext(print("served")))
    monkeypatch.setattr(ui, "wait_for_answer", lambda server, port, log: (_ for _ in ()).throw(KeyboardInterrupt))
    assert ui.main(["--no-browser"]) == 0
    assert capsys.readouterr().out.splitlines() == [f"moved: {database.absolute()}", "served", ""]


def test_mlflow_sends_no_reports_and_starts_no_gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("MLFLOW_DISABLE_TELEMETRY", "MLFLOW_ENABLE_AI_GATEWAY", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(names[2], "true")  # a wish of the user's stays
    words = [sys.executable, "-c", f"import os; print(*(os.environ.get(name) for name in {names}))"]
    with tempfile.TemporaryFile("w+") as log:
        with ui.serving(words, log) as server:
            server.wait()
        log.seek(0)
        assert log.read() == "true false true\n"


def test_a_page_that_ends_by_itself_is_an_error_in_one_line(database: Path, tmp_path: Path) -> None:
    port = ui.free_port(None)
    process = start(tmp_path, "--port", str(port))
    assert process.stdout is not None
    process.stdout.readline()
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(b"GET /end HTTP/1.0\r\n\r\n")
        connection.recv(1)
    out, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert error.startswith("error: MLflow's page has ended: no more pages, sqlite://***@host.")
    assert (error.count("\n"), out) == (1, "")


def test_the_page_opens_when_what_is_on_its_way_is_there_or_says_what_is_not(
    database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ui, "WRITER_TIMEOUT", 0.1)
    uri = tracking_store(None, None)
    for name, store in (("late", uri), ("killed", uri), ("elsewhere", "http://127.0.0.1:9"), ("runs", uri)):
        Path("studies", name).mkdir(parents=True)
        write_state(Path("studies", name), new_state("run", store))
    running = StudyFolder(Path("studies/runs"))
    running.claim()
    with lock_of(Path("studies/late"), uri), lock_of(Path("studies/runs"), uri):
        ui._wait_for_writers(uri)
    running.release()
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith(f"MLflow at {uri} is missing a part of the study, or all of it")
    assert first.endswith("; python -m experiments.sync studies/killed sends it")
    assert second == "studies/late: waiting until what is on its way to MLflow is there, 0 s at most"
    assert third == "studies/late: not all of it is in MLflow yet; load the page again in a minute"


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "print('one\\ntables are out of date.'); raise SystemExit(1)"]
    with (
        tempfile.TemporaryFile("w+") as log,
        ui.serving(words, log) as server,
        pytest.raises(TrackingError, match=r"^MLflow's page does not start: tables are out of date\.$"),
    ):
        ui.wait_for_answer(server, 1, log)


def test_a_server_that_does_not_want_to_end_is_made_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "END_TIMEOUT", 0.2)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
    with tempfile.TemporaryFile("w+") as log, ui.serving([sys.executable, "-c", deaf], log) as server:
        wait_until(lambda: os.fstat(log.fileno()).st_size)
    assert server.returncode == -signal.SIGKILL


def test_a_server_that_ends_meanwhile_is_no_error_on_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    def killpg(group: int, how: int) -> None:
        server.send_signal(signal.SIGKILL)
        os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)
        raise PermissionError(errno.EPERM, "Operation not permitted")  # macOS, of a group whose processes all ended

    monkeypatch.setattr(os, "killpg", killpg)
    with tempfile.TemporaryFile("w+") as log, ui.serving(["sleep", "600"], log) as server:
        pass
    assert server.returncode == -signal.SIGKILL


def test_mlflow_serves_this_machine_only(tmp_path: Path) -> None:
    words = ui.command(tmp_path / "mlflow.db", 5000)
    assert words[words.index("--host") + 1] == "127.0.0.1"


def test_without_a_wish_a_taken_port_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        monkeypatch.setattr(ui, "PORT", taken)
        assert ui.free_port(None) not in (0, taken)
        with pytest.raises(TrackingError, match=f"--port: {taken} is taken"):
            ui.free_port(taken)
    with pytest.raises(TrackingError, match=r"--port: `1 <= port <= 65535` must hold, but got 70000\."):
        ui.free_port(70000)


def test_a_server_has_its_own_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert ui.main(["--tracking-uri", "https://ann:secret@host/mlflow"]) == 0
    assert capsys.readouterr().out == "this MLflow is a server with a page of its own: https://***@host/mlflow\n"


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("sqlite:///none.db", "none.db: there is no MLflow database here"),
        ("sqlite:///broken.db", "broken.db: MLflow's database cannot be read: file is not a database"),
        ("sqlite:///other.db", "other.db: this is no database of MLflow's, or one that was never completed"),
        ("postgresql://ann:secret@host/db", "sqlite:///FILE, but got postgresql://***@host/db"),
        ("none", "sqlite:///FILE, but got none"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_one_line(
    database: Path, uri: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("broken.db").write_bytes(b"no database" * 100)
    Path("other.db").touch()
    assert ui.main(["--tracking-uri", uri]) == 2
    found = capsys.readouterr()
    assert found.err.startswith("error: ")
    assert (said in found.err, found.err.count("\n"), found.out) == (True, 1, "")
