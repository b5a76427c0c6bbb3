"""Waiting for what must come, however slow the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable

from experiments.benchmark.fault_rows.outcome import Broken

PATIENCE = 300.0  # seconds after which something that has not come counts as broken


def wait_until(happened: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Wait until a condition holds.

    Args:
        what: what is waited for, as in "a trial".

    Raises:
        Broken: it does not hold in time.
    """
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise Broken(f"{what} has not come within {seconds:.0f} s")
        time.sleep(0.02)
