"""The log of the writer to MLflow, DIR/tracking.log: the last run's, of bounded length, without credentials."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from experiments.tracking.uris import masked

LOG = "tracking.log"
LONGEST, LONGEST_LINE = 1 << 20, 1 << 14  # characters


class MaskedLog(io.TextIOBase):
    """A text stream that masks addresses, line by line, and drops what would make the file too long.

    Args:
        number: descriptor of the file.
    """

    def __init__(self, number: int):
        self._number, self._left, self._rest = number, LONGEST, ""

    def write(self, text: str) -> int:
        """Write the whole lines of a text, and keep the rest for the next."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            content = f"{masked(line[:LONGEST_LINE])}\n"
            self._left -= len(content)
            if self._left >= 0:
                with suppress(OSError):
                    os.write(self._number, content.encode(errors="backslashreplace"))
        self._rest = self._rest[:LONGEST_LINE]
        return len(text)


def keep_log(folder: Path) -> None:
    """Send what this process prints to the log, in place of the log before; without a place for it, nowhere."""
    with suppress(OSError):
        (folder / LOG).unlink(missing_ok=True)  # which may be somebody's link
        number = os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o666)
        for stream in (1, 2):  # for what no stream of Python's prints
            os.dup2(number, stream)
        sys.stdout = sys.stderr = MaskedLog(number)


def note(line: str) -> None:
    """Print a line with the time before it."""
    print(f"{datetime.now().astimezone().isoformat(timespec='milliseconds')}  {line}")
