"""At a terminal the command ends at once, and MLflow gets the rest, whatever is closed or killed then."""

from __future__ import annotations

import os
import pty
import re
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from experiments.benchmark.fault_rows.injected import instead_of
from experiments.benchmark.fault_rows.mlflow_runs import lacking
from experiments.tracking.writer_state import read_state
from support.desk import STUDY, CommandRunner, desk_in
from support.outages import uid_of
from support.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.usefixtures("tracked")

BACKGROUND = "MLflow gets the rest in the background, within a minute"
WRITER = "support.patient_writer"  # in place of the real one, which ends a minute after its study, however busy all is
PATIENT = f"""\
import experiments.tracking.tracker as module
module.PROGRAM = {WRITER!r}
return function(*a, **k)"""
MISSING = "is missing a part of the study, or all of it (its writer ended before it was done)"


TRIALS = 3


@pytest.fixture
def desk(tmp_path: Path, database: Path) -> CommandRunner:
    """With few trials for MLflow to get."""
    return desk_in(tmp_path / "desk", database, STUDY.replace("trials = 14", f"trials = {TRIALS}"))


@dataclass(frozen=True)
class AtTerminal:
    """A command that has ended: its exit code and what the terminal showed, until nobody had it open."""

    code: int
    said: str


def at_terminal(desk: CommandRunner, *arguments: str, meanwhile: Callable[[], None] = lambda: None) -> AtTerminal:
    """Run the command on a terminal of its own, which is closed when the command has ended."""
    words = desk.command(*arguments)
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(desk.folder)
        os.environ.pop("CI", None)
        os.execv(words[0], words)
    said = b""
    os.set_blocking(terminal, False)
    deadline = time.monotonic() + PATIENCE
    try:
        while time.monotonic() < deadline:
            meanwhile()
            try:
                said += os.read(terminal, 1 << 16)
            except BlockingIOError:
                time.sleep(0.02)
            except OSError:  # no process has it open any more
                break
        else:
            os.kill(pid, signal.SIGKILL)
    finally:
        os.close(terminal)
        _, status = os.waitpid(pid, 0)
    text = re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", said.decode(errors="replace")).replace("\r", "")
    return AtTerminal(os.waitstatus_to_exitcode(status), text)


class StoppedWriter:
    """The writer of the desk's study, which is stopped when it has its lock: it comes to nothing else.

    The system lets it go on, with a hang-up, when its study ends; so it is stopped once more then.
    """

    def __init__(self, desk: CommandRunner):
        self._desk = desk
        self._process: psutil.Process | None = None

    @property
    def process(self) -> psutil.Process:
        assert self._process is not None
        return self._process

    def stop(self) -> None:
        """Stop it if it has begun."""
        if self._process is None and (self._desk.study / "tracking.log").exists():
            for process in psutil.process_iter(["cmdline"]):
                words = process.info["cmdline"] or []
                if WRITER in words and process.cwd() == str(self._desk.folder):
                    process.suspend()
                    self._process = process

    def outlives(self, *arguments: str) -> AtTerminal:
        """Run a study at a terminal, and keep its writer."""
        done = at_terminal(self._desk, *arguments, meanwhile=self.stop)
        self.process.suspend()
        assert done.code == 0, done.said
        return done

    def kill(self) -> None:
        self.process.kill()
        wait_until(self.gone)

    def gone(self) -> bool:
        """Tell whether it has ended."""
        return not self.process.is_running()


@pytest.fixture
def writer(desk: CommandRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StoppedWriter:
    folder = instead_of(tmp_path / "patient", "experiments.tracking.tracker:Tracking._start_process", PATIENT)
    tests = Path(__file__).parents[1]  # after the program, as it has a folder `experiments`, too
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([folder["PYTHONPATH"], str(tests.parent), str(tests)]))
    return StoppedWriter(desk)


def everything_is_there(desk: CommandRunner) -> bool:
    (parent,) = [run for run in desk.runs() if "mlflow.parentRunId" not in run.data.tags]
    root = Path(parent.info.artifact_uri.removeprefix("file://"))
    files = {path.name for path in root.iterdir()}
    whole = {"results.json", "report.html", "report.md", "trials.csv", "curves.csv", "report_files"} <= files
    return parent.info.status == "FINISHED" and whole and not lacking(desk.store, uid_of(desk.folder), desk.results())


def test_the_command_ends_before_its_writer_which_hears_no_hang_up(desk: CommandRunner, writer: StoppedWriter) -> None:
    said = writer.outlives("moons").said  # and the terminal was closed nevertheless
    assert (said.count(BACKGROUND), "MLflow at" in said) == (1, False), said
    assert re.fullmatch(r"moons +done .* on its way", desk.tune("--list").out.splitlines()[2])
    assert "the rest is on its way" in desk.tune("moons", "--status").out
    writer.process.send_signal(signal.SIGHUP)
    writer.process.resume()
    wait_until(writer.gone)
    assert everything_is_there(desk)
    assert "MLflow" not in desk.tune("moons", "--status").out + desk.tune("--list").out
    again = at_terminal(desk, "moons")
    assert (again.code, BACKGROUND in again.said) == (0, False), again.said
    writers = {WRITER, "experiments.tracking.process"}
    assert not any(writers & set(one.cmdline() or []) for one in psutil.Process().children(recursive=True))


@pytest.mark.long
def test_killed_in_the_last_moment_with_its_writer_it_is_told_until_sync_has_sent_it(
    desk: CommandRunner, writer: StoppedWriter
) -> None:
    writer.outlives("moons")
    writer.kill()
    sends = "python -m experiments.sync studies/moons sends it"
    listed = desk.tune("--list").out
    assert re.fullmatch(r"moons +done .* incomplete", listed.splitlines()[2])
    for said in (listed, desk.tune("moons", "--status").out):
        assert (said.count(MISSING), said.count(sends)) == (1, 1)
    desk.sync()
    assert everything_is_there(desk)
    assert "MLflow" not in desk.tune("moons", "--status").out + desk.tune("--list").out


@pytest.mark.long
def test_the_next_run_says_that_something_was_left_and_sends_it(desk: CommandRunner, writer: StoppedWriter) -> None:
    writer.outlives("moons")
    writer.kill()
    done = desk.tune("moons")
    assert (done.code, done.complaints) == (0, "")
    assert f"{MISSING}; this run sends it" in done.out
    desk.sync()  # on a busy machine
    assert everything_is_there(desk)


@pytest.mark.parametrize("moment", ["results", pytest.param("report", marks=pytest.mark.long)])
def test_killed_at_its_very_end_sync_sends_all_that_there_is(desk: CommandRunner, moment: str) -> None:
    assert desk.run_until(f"experiments.study.folders.finished_files:write_{moment}", "moons").code == -signal.SIGKILL
    desk.sync()
    names = {run.info.run_name for run in desk.runs()}
    assert {f"trial-{number:03d}" for number in range(TRIALS)} | {"moons", "final"} == names
    if moment == "report":  # the results were not written yet: the study goes on
        desk.tuned("moons")
        desk.sync()
    assert everything_is_there(desk)


@pytest.mark.long
def test_a_study_that_starts_anew_waits_for_the_writer_of_the_old_one(
    desk: CommandRunner, writer: StoppedWriter
) -> None:
    writer.outlives("moons")
    waits = 0
    with desk.start("moons", "--fresh", "--trials", "2") as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "waiting until what is on its way to MLflow is there" in line:
                waits += 1
                writer.process.resume()
    assert (process.returncode, waits) == (0, 1)
    desk.sync()
    assert len([run for run in desk.runs() if "trial" in run.data.tags]) == TRIALS + 2


@pytest.mark.long
def test_with_wait_the_command_waits_at_a_terminal_too(desk: CommandRunner) -> None:
    done = at_terminal(desk, "moons", "--wait")
    assert (done.code, BACKGROUND in done.said) == (0, False), done.said
    state = read_state(desk.study)
    assert state is not None
    assert state.complete or "is missing" in done.said
