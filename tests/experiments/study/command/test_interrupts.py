from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments.study.command.interrupts import SAME, between_imports
from support.waiting import PATIENCE

pytestmark = pytest.mark.usefixtures("plain_signals")
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
    with pytest.raises(KeyboardInterrupt), between_imports(*SIGNALS):
        signalled(how)
    assert [signal.getsignal(one) for one in SIGNALS] == before


def test_amid_an_import_it_waits_for_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["import os, signal, time", "os.kill(os.getpid(), signal.SIGTERM)", "time.sleep(0.3)", "DONE = True", ""]
    (tmp_path / "interrupted_module.py").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(KeyboardInterrupt), between_imports(*SIGNALS):
        imported("interrupted_module")
    assert sys.modules["interrupted_module"].DONE
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_what_is_ignored_stays_ignored() -> None:
    script = (
        "import os, signal; from experiments.study.command.interrupts import between_imports\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "with between_imports(signal.SIGINT): os.kill(os.getpid(), signal.SIGINT)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.slow
def test_signals_within_a_second_are_one() -> None:
    caught = 0
    with between_imports(*SIGNALS):
        for wait in (0.0, 0.0, SAME):
            try:
                time.sleep(wait)
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.1)
            except KeyboardInterrupt:
                caught += 1
    assert caught == 2
