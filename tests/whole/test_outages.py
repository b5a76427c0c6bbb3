"""MLflow in trouble is no trouble of the study's: one warning, exit code 0, and everything there afterwards.

Nothing is timed here; `python tests/whole/outages.py` does that with the digits study.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.desk import STUDY, Desk, kill
from support.gate import PAGE, Gate, Mode
from support.mlflow_server import MLflowServer, lacking
from whole.outages import WARNING, Ran, locked, results, told, tuned, uid_of

TRIALS = 14

pytestmark = pytest.mark.usefixtures("tracked")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, database: Path) -> Iterator[MLflowServer]:
    folder = tmp_path_factory.mktemp("server")
    (folder / "mlflow.db").write_bytes(database.read_bytes())
    with MLflowServer(folder) as server:
        yield server


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "2")
    path = tmp_path / "moons.toml"
    path.write_text(STUDY)
    return path


def check(ran: Ran) -> None:
    assert ran.code == 0, ran.said
    assert ran.warnings <= 1, ran.said
    assert "Traceback" not in ran.said


def arrives(study: Path, folder: Path, uri: str, ran: Ran) -> None:
    """All of a study is there, or it was said that something is not, and the same command sends it."""
    if "is missing" in ran.said:  # on a slow machine
        check(tuned(study, folder, uri))
    assert not lacking(uri, uid_of(folder), results(folder))


@pytest.mark.parametrize("trouble", ["silent", "answers half a JSON"])
def test_what_is_over_before_the_end_is_made_up_for(
    study: Path, tmp_path: Path, server: MLflowServer, trouble: Mode
) -> None:
    with Gate(server.port, trouble) as gate:

        def open_at_the_end() -> None:
            if gate.mode != "open" and told(tmp_path) == TRIALS:
                gate.set("open")

        ran = tuned(study, tmp_path, gate.uri, open_at_the_end)
        check(ran)
        arrives(study, tmp_path, gate.uri, ran)


def test_what_is_not_over_by_the_end_is_said_and_the_same_command_sends_it(
    study: Path, tmp_path: Path, server: MLflowServer
) -> None:
    with Gate(server.port, "answers 404") as gate:
        first = tuned(study, tmp_path, gate.uri)
        check(first)
        assert PAGE.decode() in first.said.replace("\n", " ")
        assert first.said.count("MLflow at ") == first.warnings + 1
        assert f"is missing {TRIALS} of {TRIALS} trials" in first.said.replace("\n", " ")
        before = results(tmp_path)["digest"]
        gate.set("open")
        again = tuned(study, tmp_path, gate.uri)
        check(again)
        assert (again.warnings, results(tmp_path)["digest"]) == (0, before)
        assert not lacking(gate.uri, uid_of(tmp_path), results(tmp_path))


def test_a_database_that_another_program_has_for_itself_is_waited_for(desk: Desk) -> None:
    with locked(desk.folder / "mlruns" / "mlflow.db", 60) as release:

        def release_at_the_end() -> None:
            if told(desk.folder) == TRIALS:
                release()

        ran = tuned(desk.folder / "studies" / "moons.toml", desk.folder, None, release_at_the_end)
    check(ran)
    assert not lacking(f"sqlite:///{desk.folder}/mlruns/mlflow.db", uid_of(desk.folder), results(desk.folder))


def test_an_interrupt_does_not_wait_for_a_server_that_never_answers(desk: Desk, server: MLflowServer) -> None:
    with Gate(server.port, "silent") as gate:
        process = desk.start("moons", "--tracking-uri", gate.uri, "--set", "training.epochs=400")
        while desk.told() < 2:
            assert process.poll() is None
            time.sleep(0.05)
        done = kill(process, signal.SIGINT)
        assert (done.code, done.out.count(WARNING) <= 1) == (130, True)


def test_a_server_that_is_killed_and_started_again_has_everything(
    study: Path, tmp_path: Path, server: MLflowServer
) -> None:
    server.kill()
    server.start()  # which takes longer than the study, whose calls meet nobody until then
    ran = tuned(study, tmp_path, server.uri)
    check(ran)
    server.wait()
    arrives(study, tmp_path, server.uri, ran)


def test_nothing_is_written_where_tracking_is_off(study: Path, tmp_path: Path) -> None:
    ran = tuned(study, tmp_path, "none")
    check(ran)
    assert "MLflow at" not in ran.said
    assert not (tmp_path / "mlruns" / "mlflow.db").exists()
    assert not (tmp_path / "mlruns" / "artifacts").exists()


def test_a_kill_between_the_telling_and_the_tracking_loses_nothing(desk: Desk) -> None:
    done = desk.run_until("experiments.search.journal:Journal.append", "moons")
    assert (done.code, desk.told()) == (-signal.SIGKILL, 1)
    desk.tuned("moons")
    assert not lacking(f"sqlite:///{desk.folder}/mlruns/mlflow.db", uid_of(desk.folder), desk.results())
