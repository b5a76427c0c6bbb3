"""What the search asks of whoever computes: processes on this machine, or a Ray cluster. The answer is the same.

WorkerLost                 a task was given up
├── WorkerDied             its workers died: killed, out of memory, crashed
└── WorkerTimeout          its workers gave no sign of life
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType
from typing import Any, ClassVar, Protocol, TypeVar

from experiments.errors import ExecutorError
from experiments.search.trial import InterventionKind, Shared

T = TypeVar("T")
U = TypeVar("U")
ATTEMPTS = 3  # of a task whose worker is lost; a fourth would hardly end otherwise


class WorkerLost(ExecutorError):
    """A task that was tried ATTEMPTS times and given up, because its worker was lost every time."""

    kind: ClassVar[InterventionKind]

    def __str__(self) -> str:
        return (
            f"a task was tried {ATTEMPTS} times and given up: {self.kind}. The same command tries again; with fewer "
            "--workers each has more memory."
        )


class WorkerDied(WorkerLost):
    """The last worker died: killed, out of memory or crashed."""

    kind = "worker died"


class WorkerTimeout(WorkerLost):
    """The last worker gave no sign of life."""

    kind = "worker silent"


@dataclass(frozen=True)
class WorkerInfo:
    """What a worker says of itself.

    node:    the machine it runs on.
    kernel:  its BLAS kernel.
    seconds: from its start to its greeting; 0 where only the worker speaks.
    """

    pid: int
    node: str
    kernel: str
    seconds: float = 0.0


class Executor(Protocol):
    """Runs pure functions elsewhere."""

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Run it in the next free worker, and again in another when that one is lost.

        The future raises WorkerLost when it was given up, and ExecutorError when nobody is left who could compute.
        """
        ...

    def share(self, content: memoryview | bytes) -> Shared:
        """Put content where every worker can open it; once, however many tasks name it.

        Raises:
            ExecutorError: there is no room for it.
        """
        ...

    def wait_for_workers(self) -> list[WorkerInfo]:
        """Who computes; waits until all have started. Workers that were lost meanwhile are left out.

        Raises:
            ExecutorError: somebody cannot compute for this study.
        """
        ...

    def close(self) -> None:
        """Stop every worker at once, whatever it is doing; a second time does nothing."""
        ...

    def __enter__(self) -> Executor: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        ...


def map_future(future: Future[T], function: Callable[[T], U]) -> Future[U]:
    """What a function makes of a future's result, made in the thread in which that arrives.

    >>> sent: Future[int] = Future()
    >>> made = map_future(sent, str)
    >>> sent.set_result(2)
    >>> made.result()
    '2'
    """
    made: Future[U] = Future()

    def arrived(sent: Future[T]) -> None:
        if not made.set_running_or_notify_cancel():
            return
        try:
            made.set_result(function(sent.result()))
        except BaseException as error:
            made.set_exception(error)

    future.add_done_callback(arrived)
    made.add_done_callback(lambda one: future.cancel() if one.cancelled() else None)
    return made


def blas_kernel() -> str:
    """The kernel that NumPy's BLAS uses in this process, such as SkylakeX; empty where it does not say."""
    from threadpoolctl import threadpool_info

    kernels = [info.get("architecture") or "" for info in threadpool_info() if info["user_api"] == "blas"]
    return str(kernels[0]) if kernels else ""
