"""Ctrl-C and SIGTERM as KeyboardInterrupt, but never in the middle of an import.

An exception that a signal raises while Python imports can leave a module's lock held, so that another thread waits for
it for ever, or be lost in a callback. Such a signal waits until the import is done.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN = 0.02  # seconds until it is tried again


@contextmanager
def between_imports(*others: signal.Signals) -> Iterator[None]:
    """Within the block, SIGINT and these others raise KeyboardInterrupt between imports.

    SIGINT is left alone where it is ignored or handled otherwise, and so is everything outside the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    wanted = [*others, *([signal.SIGINT] if signal.getsignal(signal.SIGINT) is signal.default_int_handler else [])]
    before = {one: signal.signal(one, _interrupt) for one in (*wanted, signal.SIGALRM)}
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for one, handler in before.items():
            signal.signal(one, signal.SIG_DFL if handler is None else handler)  # None: it was no handler of Python's


def _interrupt(_signal: int, frame: FrameType | None) -> None:
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            signal.setitimer(signal.ITIMER_REAL, AGAIN)
            return
        frame = frame.f_back
    raise KeyboardInterrupt
