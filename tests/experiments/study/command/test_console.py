from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from experiments.study.command.console import print_facts, print_sentence, study_console
from experiments.study.command.progress import StudyProgress
from support.waiting import PATIENCE

SCRIPT = """
import time
from experiments.study.command.console import StudyConsole
console = StudyConsole()
console.print("first")
time.sleep(1)
for _ in range(3):
    console.print("more " * 20_000)
open("done", "w").close()
"""


def test_a_place_with_colours_that_is_no_terminal_gets_lines_and_nothing_live(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # as a notebook and build servers set it
    console = study_console()
    assert console.is_terminal
    with StudyProgress(console) as progress:
        progress.stage("loading the data")
        progress.stage("writing the report")
    assert capsys.readouterr().out == "loading the data\nwriting the report\n"


def test_a_notebook_gets_text(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    study_console().print("a line")
    assert capsys.readouterr().out == "a line\n"


class Terminal(io.StringIO):
    """A terminal, dumb or not."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_breaks_lines_between_words_and_leaves_commands_and_files_whole() -> None:
    fact = "accuracy 0.8167, learning rate 0.0194, L2 strength 3.61e-06"
    broken = ["  best     accuracy 0.8167,", "           learning rate 0.0194,", "           L2 strength 3.61e-06"]
    for file, shown in ((Terminal(), broken), (io.StringIO(), [f"  best     {fact}"])):
        print_facts(Console(file=file, width=34, force_terminal=False), [("best", fact)], width=9)
        assert file.getvalue().splitlines() == shown
    file = Terminal()
    console = Console(file=file, width=34, force_terminal=False)
    command = "it lacks one of four trials; python -m experiments.sync studies/one sends it"
    print_sentence(console, command)
    print_sentence(console, "it lacks one of four trials of studies/one")
    assert file.getvalue().splitlines() == [command, "it lacks one of four trials of", "studies/one"]


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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_full_disk_of_the_output_is_said_and_ends_nothing(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE)
    said = b"standard output: cannot be written: No space left on device; its later lines are dropped.\n"
    assert (done.returncode, done.stderr) == (0, said)
    assert (tmp_path / "done").exists()


def test_a_terminal_may_be_closed(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], cwd=tmp_path, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    assert os.read(ours, 5) == b"first"
    os.close(ours)
    assert program.wait(PATIENCE) == 0
    assert (tmp_path / "done").exists()
