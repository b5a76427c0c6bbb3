"""The interface of executors: worker processes on this machine, or a Ray cluster. The results are the same.

WorkerLost                 a task was given up
├── WorkerDied             its workers crashed, were killed or ran out of memory
└── WorkerTimeout          its workers used no processor time
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar

from experiments.errors import ExecutorError
from experiments.search.trial import InterventionKind, Shared

T = TypeVar("T")
U = TypeVar("U")
ATTEMPTS = 3  # at a task whose worker is lost; a fourth attempt would hardly end otherwise


class WorkerLost(ExecutorError):
    """A task that was given up after ATTEMPTS attempts, because its worker was lost in each of them."""

    kind: ClassVar[InterventionKind]

    def __str__(self) -> str:
        return (
            f"a task was tried {ATTEMPTS} times and given up: {self.kind}. The same command tries again; with fewer "
            "--workers each worker has more memory."
        )


class WorkerDied(WorkerLost):
    """A task whose last worker crashed, was killed or ran out of memory."""

    kind = "worker died"


class WorkerTimeout(WorkerLost):
    """A task whose last worker used no processor time for too long."""

    kind = "worker silent"


@dataclass(frozen=True)
class WorkerInfo:
    """A worker's report about itself.

    node:   name of its machine.
    kernel: its BLAS kernel.
    loops:  the newest instruction sets of NumPy's loops in it.
    numpy:  the reason why NumPy makes all passes of its training steps; empty if compiled ones are there.
    """

    pid: int
    node: str
    kernel: str
    loops: str = ""
    numpy: str = ""


class Executor(ABC):
    """A context in which workers compute pure functions. Its end stops them.

    Attributes:
        computes_alike: whether this process has the workers' arithmetic, so that it computes the same bits.
    """

    computes_alike = False

    @abstractmethod
    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Run a function in the next free worker, and again in another worker if the first is lost.

        The future raises WorkerLost if the task is given up, and ExecutorError if no worker is left.
        """

    @abstractmethod
    def share(self, content: memoryview | bytes) -> Shared:
        """Put content where every worker can open it; once, however many tasks refer to it.

        Raises:
            ExecutorError: there is no room for the content.
        """

    def forget(self, shared: Shared) -> None:  # noqa: B027 - an executor whose content goes with its references
        """Give back the room of shared content that no task to come opens."""

    @abstractmethod
    def wait_for_workers(self) -> list[WorkerInfo]:
        """Return the reports of all workers once they have started; lost workers are left out.

        Raises:
            ExecutorError: a worker cannot compute for this study.
        """

    @abstractmethod
    def close(self) -> None:
        """Stop every worker at once, even a busy one; a second call does nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def future_of(result: T) -> Future[T]:
    """Return a future that has its result already."""
    future: Future[T] = Future()
    future.set_result(result)
    return future


def map_future(future: Future[T], function: Callable[[T], U]) -> Future[U]:
    """Return the future of a function's result, computed in the thread in which the argument arrives.

    >>> map_future(future_of(2), str).result()
    '2'
    """
    mapped: Future[U] = Future()

    def apply(done: Future[T]) -> None:
        if not mapped.set_running_or_notify_cancel():
            return
        try:
            mapped.set_result(function(done.result()))
        except BaseException as error:
            mapped.set_exception(error)

    future.add_done_callback(apply)
    mapped.add_done_callback(lambda done: future.cancel() if done.cancelled() else None)
    return mapped
