"""Wait for what must come, not for a number of seconds: a slow or busy machine keeps none."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 300.0  # seconds after which a test gives up what has not come; no machine that works takes so long


def wait_until(happened: Callable[[], object]) -> None:
    """Wait until a condition holds; fail the test when it does not hold in time."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"what a test waits for has not come within {PATIENCE:.0f} s"
        time.sleep(0.05)
