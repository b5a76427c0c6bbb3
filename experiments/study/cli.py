"""How a command ends: 0 done, 1 where it compares and finds a difference, 2 bad input, 130 interrupted."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


def run_command(work: Callable[[], int], interrupted: str = "interrupted") -> int:
    """Do what a command does and return its exit code; an error that a user can mend is one line on standard error.

    Args:
        interrupted: what is said when a person or the system ends it.
    """
    from experiments.errors import ExperimentError

    try:
        with between_imports(signal.SIGTERM):
            return work()
    except ExperimentError as error:
        line = " ".join(str(error).split())
        print("error:", "".join(one if one.isprintable() else repr(one)[1:-1] for one in line), file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print(f"\n{interrupted}", file=sys.stderr)
        return 130


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
