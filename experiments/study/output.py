"""Standard output and standard error, whose encoding may lack characters that a command prints."""

from __future__ import annotations

import io
import sys


def print_what_can_be() -> None:
    """Write characters that a terminal's encoding lacks by their codes, as \\u2212; they must not end a study."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
