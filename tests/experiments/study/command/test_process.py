"""A function in a process of its own: its answer, its errors, its output, and how the two end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Timer

import psutil
import pytest

from experiments.errors import ExecutorError, StudyStateError
from experiments.study.command.process import call
from support.waiting import PATIENCE, wait_until

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(HERE)


def variables(*names: str) -> tuple[int, list[str | None]]:
    return os.getpid(), [os.environ.get(name) for name in names]


def refuse() -> None:
    raise StudyStateError("it is so.")


def fail() -> None:
    raise ZeroDivisionError("never")


def speak(line: str) -> None:
    print(line)


def lose_the_reader() -> None:
    raise BrokenPipeError("gone")


def fail_oddly() -> None:
    error = ValueError("odd")
    error.held = lambda: None  # type: ignore[attr-defined]
    raise error


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def wait_for_an_interrupt(file: Path) -> str:
    file.write_text(str(os.getpid()))
    try:
        time.sleep(PATIENCE)
    except KeyboardInterrupt:
        file.write_text("interrupted")
        raise
    return "not interrupted"


def test_it_is_another_process_with_these_variables() -> None:
    pid, values = call({"A_VARIABLE": "seen", "EMPTY": ""}, variables, "A_VARIABLE", "EMPTY", "NONE")
    assert pid != os.getpid()
    assert values == ["seen", "", None]


def test_its_errors_are_raised_here() -> None:
    with pytest.raises(StudyStateError, match=r"^it is so\.$") as refused:
        call({}, refuse)
    assert not hasattr(refused.value, "__notes__")
    with pytest.raises(ZeroDivisionError) as failed:
        call({}, fail)
    assert "in fail" in failed.value.__notes__[0]


def test_errors_of_the_system_and_errors_that_cannot_travel_are_raised_too() -> None:
    with pytest.raises(BrokenPipeError, match="gone"):
        call({}, lose_the_reader)
    with pytest.raises(RuntimeError, match="ValueError: odd"):
        call({}, fail_oddly)


def test_its_output_is_ours(capsys: pytest.CaptureFixture[str]) -> None:
    call({}, speak, "a line")
    assert capsys.readouterr().out == "a line\n"


def test_it_is_told_if_it_was_killed() -> None:
    words = r"^the study's process was killed by signal 9, .* data.rows need less.*; the same command goes"
    with pytest.raises(ExecutorError, match=words):
        call({}, die)


def test_what_cannot_be_sent_starts_nothing() -> None:
    before = psutil.Process().children()
    with pytest.raises((AttributeError, TypeError)):
        call({}, speak, lambda: None)
    assert psutil.Process().children() == before


def test_an_interruption_is_passed_on(tmp_path: Path) -> None:
    file = tmp_path / "file"

    def interrupt() -> None:
        wait_until(lambda: file.exists() and file.read_text().isdigit())
        os.kill(os.getpid(), signal.SIGINT)

    Timer(0.0, interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        call({}, wait_for_an_interrupt, file)
    assert file.read_text() == "interrupted"


def test_an_interruption_reaches_a_command_behind_an_ampersand_which_ignores_ctrl_c(tmp_path: Path) -> None:
    file = tmp_path / "file"
    program = (
        "import signal, sys, test_process, pathlib; from experiments.study.command.process import call\n"
        "from experiments.search.stop_signals import STOPPING\n"
        "from experiments.study.command.interrupts import between_imports\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "with between_imports(*STOPPING):\n"
        "    call({}, test_process.wait_for_an_interrupt, pathlib.Path(sys.argv[1]))"
    )
    paths = os.pathsep.join([str(HERE), *filter(None, sys.path)])
    caller = subprocess.Popen(
        [sys.executable, "-c", program, str(file)], env={**os.environ, "PYTHONPATH": paths}, stderr=subprocess.PIPE
    )
    wait_until(lambda: file.exists() and file.read_text().isdigit())
    caller.terminate()
    wait_until(lambda: file.read_text() == "interrupted")
    _, error = caller.communicate(timeout=PATIENCE)
    assert b"KeyboardInterrupt" in error


def test_it_ends_with_the_process_that_called_it(tmp_path: Path) -> None:
    file = tmp_path / "file"
    program = (
        "import sys, test_process, pathlib; from experiments.study.command.process import call\n"
        "call({}, test_process.wait_for_an_interrupt, pathlib.Path(sys.argv[1]))"
    )
    paths = os.pathsep.join([str(HERE), *filter(None, sys.path)])
    caller = subprocess.Popen([sys.executable, "-c", program, str(file)], env={**os.environ, "PYTHONPATH": paths})
    wait_until(lambda: file.exists() and file.read_text().isdigit())
    called = int(file.read_text())
    caller.kill()
    caller.wait()
    wait_until(lambda: not psutil.pid_exists(called) or psutil.Process(called).status() == psutil.STATUS_ZOMBIE)
    assert file.read_text() == str(called)
