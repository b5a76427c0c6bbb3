"""Interruptions: what ends a command is a KeyboardInterrupt, and comes at a moment that leaves Python sound."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

RETRY = 0.02  # seconds after which an interruption amid an import is tried again
SAME = 1.0  # seconds; a terminal interrupts a command and its process at once, and the command tells its process again


@contextmanager
def between_imports(*signals: signal.Signals) -> Iterator[None]:
    """Within the block, these signals raise KeyboardInterrupt between imports; those within a second count as one.

    A signal that is ignored or handled otherwise is left alone, and so is everything outside the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours = (signal.SIG_DFL, signal.default_int_handler)
    wanted = [number for number in signals if signal.getsignal(number) in ours]
    interrupt = _Interrupt()
    before = {number: signal.signal(number, interrupt) for number in (*wanted, signal.SIGALRM)}
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)  # None: it was no handler of Python's


class _Interrupt:
    """A handler of signals."""

    def __init__(self) -> None:
        self._last = -SAME

    def __call__(self, _signal: int, frame: FrameType | None) -> None:
        if time.monotonic() < self._last + SAME:
            return
        while frame is not None:
            if frame.f_code.co_filename.startswith("<frozen importlib"):
                signal.setitimer(signal.ITIMER_REAL, RETRY)
                return
            frame = frame.f_back
        self._last = time.monotonic()
        raise KeyboardInterrupt
