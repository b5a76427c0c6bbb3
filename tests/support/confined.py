"""A function in a forked process: its exit code, its words, its memory, and the files that it left."""

from __future__ import annotations

import os
import re
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SECONDS = 600  # of the clock, within which the smallest file is read or refused, whatever else the machine does


@dataclass(frozen=True)
class Ended:
    """The end of a process.

    code:   its exit code, or minus the signal that ended it.
    memory: MiB that it took beyond what it began with.
    """

    code: int
    out: str
    error: str
    memory: float


def confined(work: Callable[[], int], folder: Path) -> Ended:
    """Do the work in a fork of this process, in that folder, with warnings as errors."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
        sys.stdout.flush()
        sys.stderr.flush()
        anonymous = re.search(r"^RssAnon:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
        before = 1024 * int(anonymous[1]) if anonymous else 0  # what a fork has at once; files are mapped later
        child = os.fork()
        if child == 0:
            _be(work, folder, out.fileno(), error.fileno())
        _, status, usage = os.wait4(child, 0)
        said = []
        for file in (out, error):
            file.seek(0)
            said.append(file.read().decode(errors="replace"))
    return Ended(os.waitstatus_to_exitcode(status), *said, max(0.0, usage.ru_maxrss * 1024 - before) / 2**20)


def _be(work: Callable[[], int], folder: Path, out: int, error: int) -> None:
    code = 1
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(SECONDS)
        os.chdir(folder)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, stream in ((nothing, 0), (out, 1), (error, 2)):
            os.dup2(source, stream)
        sys.stdin = sys.__stdin__
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        warnings.simplefilter("error")
        try:
            code = work()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)
