"""The user's browser, opened where there is a screen to show it."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Mapping
from contextlib import suppress


def has_screen(terminal: bool, environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Tell whether a person at this machine's screen started the command.

    That needs a terminal, no CI, no SSH (whose user's browser is on another machine), and on Linux a display.

    Args:
        terminal: whether the command prints to one.
    """
    if not terminal or any(environ.get(name) for name in ("CI", "SSH_CONNECTION", "SSH_TTY")):
        return False
    return not platform.startswith("linux") or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def open_page(address: str) -> None:
    """Open an address in the user's browser; a browser that does not start is no matter, as the address is printed."""
    with suppress(webbrowser.Error, OSError):
        webbrowser.open(address)
