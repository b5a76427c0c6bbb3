"""What the search asks of whoever computes: one method."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class WorkerDied(Exception):
    """A task whose workers died as often as is tried."""


class Executor(Protocol):
    """Runs pure functions elsewhere."""

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Run it in the next free worker; the future raises WorkerDied when its workers died too often."""
        ...
