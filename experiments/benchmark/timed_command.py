"""The tune command and its peers as a user meets them: whole processes, from start to exit."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path
from tempfile import TemporaryFile
from threading import Thread

from experiments.benchmark.fault_rows.processes import processes_in
from experiments.errors import SearchError
from experiments.search.arithmetic import processor
from experiments.search.executors.local import usable_cores

WHOLE = "whole"
ENDS = "start and exit of the processes"  # what the study's own clock does not see
STAGE = re.compile(r"  ((?:  )?\S.*?) +(\d+\.\d+) s +\d+\.\d+%")
Seconds = dict[str, float]


def time_study(arguments: Sequence[str], folder: Path, terminal: bool) -> Seconds:
    """Run the tune command in an empty folder; return its seconds, whole and by stage.

    A stage within another one begins with two spaces. The folder is removed.

    Args:
        arguments: of the command, beside --out.
        terminal:  run it at a terminal, where it may leave the rest of MLflow's records to a process of its own.

    Raises:
        SearchError: the command failed.
    """
    folder.mkdir()
    try:
        whole = time_module("experiments.tune", [*arguments, "--out", "study", "--profile"], folder, terminal)
        stages = {match[1]: float(match[2]) for match in STAGE.finditer((folder / "study" / "profile.txt").read_text())}
    finally:
        shutil.rmtree(folder)
    known = sum(seconds for stage, seconds in stages.items() if not stage.startswith(" "))
    return {WHOLE: whole, **stages, ENDS: max(0.0, whole - known)}


def time_module(module: str, arguments: Sequence[str], folder: Path, terminal: bool = False) -> float:
    """Run a module in a folder as a process; return its seconds from start to exit.

    No process that it left running works in the folder any more.

    Raises:
        SearchError: the process failed; the message has its last line.
    """
    command = [sys.executable, "-m", module, *arguments]
    start = time.perf_counter()
    code, said = (_at_terminal if terminal else _without_terminal)(command, folder)
    seconds = time.perf_counter() - start
    while processes_in(folder.resolve()):  # so that nothing disturbs the next measurement, or the folder's removal
        time.sleep(0.1)
    if code:
        raise SearchError(f"{module} ended with exit code {code}: {said.splitlines()[-1] if said else 'no message'}")
    return seconds


def machine() -> str:
    """Return the processor and the number of usable cores, for the end of a table."""
    return f"{processor().model or 'Unknown processor'}, {usable_cores()} cores."


def _without_terminal(command: Sequence[str], folder: Path) -> tuple[int, str]:
    """Run a command as a job does; return its exit code and its errors."""
    nothing = subprocess.DEVNULL
    with TemporaryFile() as errors:  # a pipe would make this wait for processes that the command leaves running
        code = subprocess.run(command, cwd=folder, stdin=nothing, stdout=nothing, stderr=errors).returncode
        errors.seek(0)
        return code, errors.read().decode(errors="replace").strip()


def _at_terminal(command: Sequence[str], folder: Path) -> tuple[int, str]:
    """Run a command at a pseudo-terminal; return its exit code and the end of what it shows."""
    screen, terminal = pty.openpty()
    shown = bytearray()

    def read() -> None:
        with FileIO(screen) as stream, suppress(OSError):  # nobody has the terminal open any more
            while chunk := stream.read(1 << 16):
                shown[:] = (shown + chunk)[-10_000:]

    reader = Thread(target=read, daemon=True)
    reader.start()
    try:
        code = subprocess.run(command, cwd=folder, stdin=terminal, stdout=terminal, stderr=terminal).returncode
    finally:
        os.close(terminal)
    if code:
        reader.join(10.0)  # its last line is read
    return code, shown.decode(errors="replace").strip()
