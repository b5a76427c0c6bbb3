from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments.errors import DataError
from experiments.study.cli import add_study_argument, between_imports, command_parser, run_command
from support.waiting import PATIENCE


@pytest.fixture(autouse=True)
def handler() -> object:
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)  # Ray, in an earlier test, has one of its own
    yield
    signal.signal(signal.SIGTERM, before)


NOTHING = command_parser("nothing", "A command without arguments.")


def test_a_command_that_is_done_says_its_own_code() -> None:
    parser = command_parser("tune", "A command.")
    add_study_argument(parser)
    assert [run_command(parser, lambda chosen: int(chosen.study), [code]) for code in ("0", "1")] == [0, 1]


def test_an_error_is_one_printable_line(capsys: pytest.CaptureFixture[str]) -> None:
    def work(_: object) -> int:
        raise DataError("two\nlines and \x1b[31m red")

    assert run_command(NOTHING, work, []) == 2
    assert capsys.readouterr().err == "error: two lines and \\x1b[31m red\n"


def test_the_system_and_a_person_end_it_alike(capsys: pytest.CaptureFixture[str]) -> None:
    for end in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        assert run_command(NOTHING, lambda _, end=end: os.kill(os.getpid(), end) or 0, [], "nothing was changed") == 130
        assert capsys.readouterr().err == "\nnothing was changed\n"


SIGNALS = (signal.SIGINT, signal.SIGTERM)


def signalled(how: signal.Signals) -> None:
    os.kill(os.getpid(), how)
    time.sleep(PATIENCE)


def imported(module: str) -> None:
    importlib.import_module(module)
    time.sleep(PATIENCE)


@pytest.mark.parametrize("how", SIGNALS)
def test_a_signal_is_a_keyboard_interrupt(how: signal.Signals) -> None:
    before = [signal.getsignal(one) for one in SIGNALS]
    with pytest.raises(KeyboardInterrupt), between_imports(signal.SIGTERM):
        signalled(how)
    assert [signal.getsignal(one) for one in SIGNALS] == before


def test_amid_an_import_it_waits_for_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["import os, signal, time", "os.kill(os.getpid(), signal.SIGTERM)", "time.sleep(0.3)", "DONE = True", ""]
    (tmp_path / "interrupted_module.py").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(KeyboardInterrupt), between_imports(signal.SIGTERM):
        imported("interrupted_module")
    assert sys.modules["interrupted_module"].DONE
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_what_is_ignored_stays_ignored() -> None:
    script = (
        "import os, signal; from experiments.study.cli import between_imports\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "with between_imports(): os.kill(os.getpid(), signal.SIGINT)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
