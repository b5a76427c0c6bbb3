"""Standard output and standard error, which may be closed, and whose encoding may lack characters."""

from __future__ import annotations

import io
import os
import sys


def print_what_can_be() -> None:
    """Write characters that a terminal's encoding lacks by their codes, as \\u2212; they must not end a study."""
    open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def open_what_is_closed() -> None:
    """Open the standard streams that are closed, as `>&-` does it, so that nothing else gets their numbers."""
    if None not in (sys.__stdin__, sys.__stdout__, sys.__stderr__):
        return
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
        for name in ({}, {"stdout", "__stdout__"}, {"stderr", "__stderr__"})[number]:
            if getattr(sys, name) is None:  # else a notebook or a test has put its own there
                setattr(sys, name, os.fdopen(number, "w", closefd=False))
    os.close(number)
