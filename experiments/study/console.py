"""The terminal of a command that goes on when its output is no longer read."""

from __future__ import annotations

import os
import sys

from rich.console import Console


class StudyConsole(Console):
    """A console whose reader may leave, as in `... | head`: later lines are dropped, and the command goes on."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
