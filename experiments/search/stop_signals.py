"""The signals that end a command, and a block in which they wait."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows lacks the last; a command says there that it cannot run
STOPPING = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))


@contextmanager
def stopping_waits() -> Iterator[None]:
    """Let the signals that end a command wait until the block is left.

    A thread or a process that is started within the block has them blocked, too.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
