"""A command in a process of its own."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from experiments.benchmark.fault_rows.outcome import Broken, demand
from experiments.benchmark.fault_rows.waiting import PATIENCE


@dataclass(frozen=True)
class Done:
    """The end of a command."""

    code: int
    out: str
    error: str

    @property
    def ending(self) -> str:
        """Return the end of what it said, in one line."""
        return " ".join((self.out + self.error).split())[-400:]


class Started:
    """A command that was started.

    Its output goes to a file: a pipe would make `done` wait for whatever it leaves behind.

    Args:
        terminal: its standard output is a terminal, which nobody reads: it must print less than 4 kB.
    """

    def __init__(self, words: Sequence[str], folder: Path, environment: Mapping[str, str], terminal: bool):
        self._out, self._error = (tempfile.TemporaryFile("w+") for _ in range(2))  # noqa: SIM115  # closed in `done`
        self._words = words
        self._done: Done | None = None
        self._terminal = pty.openpty() if terminal else ()
        self.process = subprocess.Popen(
            words,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=self._terminal[1] if self._terminal else self._out,
            stderr=self._error,
            start_new_session=True,
        )

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    def done(self) -> Done:
        """Wait for its end.

        Raises:
            Broken: it does not end in time; it is killed.
        """
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Broken(f"the command did not end within {PATIENCE:.0f} s") from None
        if self._done is None:
            self._done = Done(code, _content(self._out), _content(self._error))
            self._out.close()
            self._error.close()
            for number in self._terminal:
                os.close(number)
        return self._done

    def succeeded(self) -> Done:
        """Wait for its end.

        Raises:
            Broken: it does not end in time, or fails.
        """
        done = self.done()
        demand(done.code == 0, f"{' '.join(self._words[2:])} ended with exit code {done.code}: {done.ending}")
        return done

    def kill(self, how: signal.Signals = signal.SIGKILL) -> Done:
        """Send its own process a signal, not its children, and wait for its end."""
        self.process.send_signal(how)
        return self.done()


def _content(file: IO[str]) -> str:
    file.flush()
    return os.pread(file.fileno(), 1 << 24, 0).decode(errors="replace")
