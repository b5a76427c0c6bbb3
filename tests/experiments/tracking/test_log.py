"""The log of the writer holds what a library prints, without credentials and not without end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.tracking import log
from experiments.tracking.log import LOG, LONGEST, MaskedLog

PROGRAM = """
import os, sys
from pathlib import Path
from experiments.tracking.log import keep_log, note
keep_log(Path(sys.argv[1]))
note("writes to http://ann:s3cret@host/?token=t0ken")
os.write(2, b"from a library in C\\n")
raise SystemExit("no host postgresql://ann:s3cret@db/mlflow")
"""


def test_all_that_the_process_prints_is_in_the_log_of_its_last_run_without_credentials(tmp_path: Path) -> None:
    (tmp_path / LOG).write_text("of the run before\n")
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "")
    text = (tmp_path / LOG).read_text()
    lines = text.splitlines()
    assert lines[0].endswith("  writes to http://***@host/?token=***")
    assert lines[1:] == ["from a library in C", "no host postgresql://***@db/mlflow"]


def test_without_a_place_for_the_log_nothing_is_printed(tmp_path: Path) -> None:
    words = [sys.executable, "-c", PROGRAM.replace("raise", "#"), str(tmp_path / "gone")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert not (tmp_path / "gone").exists()


@pytest.mark.slow
def test_the_log_does_not_grow_without_end_and_a_password_is_not_cut_in_two(tmp_path: Path) -> None:
    path = tmp_path / "log"
    number = os.open(path, os.O_WRONLY | os.O_CREAT)
    stream = MaskedLog(number)
    print("http://ann:s3", file=stream, end="")
    print("cret@host", file=stream)
    for _ in range(3):
        print("x" * log.LONGEST_LINE * 2, file=stream)
    for _ in range(2 * LONGEST // 1000):
        print("y" * 999, file=stream)
    os.close(number)
    text = path.read_text()
    assert text.startswith(f"http://***@host\n{'x' * log.LONGEST_LINE}\n")
    assert LONGEST - 2000 < len(text) <= LONGEST


def test_a_link_in_its_place_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("somebody's")
    (tmp_path / LOG).symlink_to(tmp_path / "file")
    subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, check=False)
    assert (tmp_path / "file").read_text() == "somebody's"
    assert "from a library in C" in (tmp_path / LOG).read_text()
