from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support.waiting import PATIENCE

SCRIPT = """
import time
from experiments.study.console import StudyConsole
console = StudyConsole()
console.print("first")
time.sleep(1)
for _ in range(3):
    console.print("more " * 20_000)
open("done", "w").close()
"""


@pytest.mark.slow
def test_a_reader_may_leave(tmp_path: Path) -> None:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    program = subprocess.Popen([sys.executable, "-c", SCRIPT], cwd=tmp_path, **pipes)
    assert program.stdout is not None
    assert program.stdout.readline() == b"first\n"
    program.stdout.close()
    assert program.stderr is not None
    assert (program.stderr.read(), program.wait(PATIENCE)) == (b"", 0)
    program.stderr.close()
    assert (tmp_path / "done").exists()
