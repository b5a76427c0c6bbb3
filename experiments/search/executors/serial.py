"""An executor that computes in this process: for studies so small that many of them run side by side."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from experiments.search.executors.base import Executor, T, WorkerInfo, future_of
from experiments.search.executors.worker import hello


@dataclass(frozen=True)
class Inline:
    """Shared content that travels with its reference."""

    content: bytes

    def open(self) -> memoryview:
        return memoryview(self.content)


class SerialExecutor(Executor):
    """An executor that computes a task when it is submitted."""

    computes_alike = True

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        return future_of(function(*arguments))

    def share(self, content: memoryview | bytes) -> Inline:
        return Inline(bytes(content))

    def wait_for_workers(self) -> list[WorkerInfo]:
        """Return the report of this process."""
        return [hello()]

    def close(self) -> None:
        """Do nothing: there is no worker to stop."""
