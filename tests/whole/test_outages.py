"""MLflow in trouble is no trouble of the study's: one warning, exit code 0, and everything there afterwards.

Nothing is timed here; `benchmark --faults 7,8` does that.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from experiments.benchmark.fault_rows.gate import FlakyServer
from experiments.benchmark.fault_rows.mlflow_runs import lacking
from experiments.benchmark.fault_rows.mlflow_server import MLflowServer
from experiments.tracking.process import GRACE
from support.desk import STUDY, CommandRunner, desk_in, kill
from support.outages import WARNING, Ran, locked, results, synced, told, tuned, uid_of
from support.waiting import PATIENCE, wait_until

TRIALS = 6

pytestmark = pytest.mark.usefixtures("tracked")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, database: Path) -> Iterator[MLflowServer]:
    folder = tmp_path_factory.mktemp("server")
    (folder / "mlflow.db").write_bytes(database.read_bytes())
    with MLflowServer(folder, 0) as server:
        yield server


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "moons.toml"
    path.write_text(STUDY.replace("trials = 14", f"trials = {TRIALS}"))
    return path


def check(ran: Ran) -> None:
    assert ran.code == 0, ran.said
    assert ran.warnings <= 1, ran.said
    assert "Traceback" not in ran.said


def arrives(folder: Path, uri: str, ran: Ran) -> None:
    """All of a study is there, or it was said that something is not, and the command for it sends it."""
    if "is missing" in ran.said:  # on a slow machine
        with patch.dict(os.environ, MLFLOW_HTTP_REQUEST_TIMEOUT=f"{PATIENCE:.0f}"):
            sent = synced(folder, uri)
        assert sent.code == 0, sent.said
    assert not lacking(uri, uid_of(folder), results(folder))


@pytest.mark.long
def test_what_is_not_over_by_the_end_is_said_and_the_same_command_sends_it(
    study: Path, tmp_path: Path, server: MLflowServer
) -> None:
    with FlakyServer(server.port, "answers 404") as gate:

        def hold_until_met(process: subprocess.Popen[str]) -> None:
            if told(tmp_path) and not gate.met:
                process.send_signal(signal.SIGSTOP)
                wait_until(lambda: gate.met)
                process.send_signal(signal.SIGCONT)

        first = tuned(study, tmp_path, gate.uri, hold_until_met)
        check(first)
        said = first.said.replace("\n", " ")
        assert "it answers 404 Not Found: there is no MLflow server at this address" in said
        assert said.count("MLflow at ") == first.warnings + 1
        assert re.search(rf"is missing ({TRIALS} of {TRIALS} trials|a part of the study, or all of it)", said)
        before = results(tmp_path)["digest"]
        gate.set("open")
        again = tuned(study, tmp_path, gate.uri)
        check(again)
        assert (again.warnings, results(tmp_path)["digest"]) == (0, before)
        arrives(tmp_path, gate.uri, again)


@pytest.mark.long
def test_a_database_that_another_program_has_for_itself_is_waited_for(desk: CommandRunner) -> None:
    study = desk.folder / "studies" / "moons.toml"
    with locked(desk.folder / "mlruns" / "mlflow.db", PATIENCE) as release:

        def release_at_the_end(_: object) -> None:
            if told(desk.folder) == 14:
                release()

        ran = tuned(study, desk.folder, None, release_at_the_end)
    check(ran)
    arrives(desk.folder, desk.store, ran)


def test_an_interrupt_does_not_wait_for_a_server_that_never_answers(desk: CommandRunner) -> None:
    with FlakyServer(0, "silent") as gate:
        process = desk.start("moons", "--tracking-uri", gate.uri, "--set", "training.epochs=400")
        wait_until(lambda: desk.told() >= 2)
        start = time.monotonic()
        done = kill(process, signal.SIGINT)
        assert time.monotonic() - start < GRACE  # for which the writer goes on
        assert (done.code, done.out.count(WARNING) <= 1) == (130, True)


@pytest.mark.long
def test_a_server_that_is_killed_and_started_again_has_everything(
    study: Path, tmp_path: Path, server: MLflowServer
) -> None:
    server.kill()
    server.start()  # which takes longer than the study, whose calls meet nobody until then
    ran = tuned(study, tmp_path, server.uri)
    check(ran)
    server.wait()
    arrives(tmp_path, server.uri, ran)


def test_nothing_is_written_where_tracking_is_off(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    done = desk.tune("moons", "--tracking-uri", "none", "--set", f"search.trials={TRIALS}")
    assert (done.code, done.error, "MLflow at" in done.out) == (0, "", False)
    assert not (tmp_path / "mlruns").exists()


@pytest.mark.long
def test_a_kill_between_the_telling_and_the_tracking_loses_nothing(desk: CommandRunner) -> None:
    done = desk.run_until("experiments.search.journal:Journal.append", "moons")
    assert (done.code, desk.told()) == (-signal.SIGKILL, 1)
    desk.tuned("moons")
    desk.sync()
    assert not lacking(desk.store, uid_of(desk.folder), desk.results())
