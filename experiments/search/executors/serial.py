"""An executor that computes at once and here: for studies so small that many of them run beside each other."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Any, TypeVar

from experiments.search.executors.base import WorkerInfo, blas_kernel
from experiments.search.pruning_history import Inline

T = TypeVar("T")


class SerialExecutor:
    """Computes a task when it is submitted; what it shares is its own name."""

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Run it now."""
        future: Future[T] = Future()
        future.set_result(function(*arguments))
        return future

    def share(self, content: memoryview | bytes) -> Inline:
        """A copy of the content."""
        return Inline(bytes(content))

    def wait_for_workers(self) -> list[WorkerInfo]:
        """This process alone."""
        return [WorkerInfo(os.getpid(), platform.node(), blas_kernel())]

    def close(self) -> None:
        """Nothing is left open."""

    def __enter__(self) -> SerialExecutor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
