"""Worker processes on this machine.

Each worker is a pool of one process, so that a death is known to be the death of exactly one task: the task is run
again in a new process. A worker that has a task and uses no processor time gives no sign of life, and is replaced too.
"""

from __future__ import annotations

import math
import mmap
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from multiprocessing import resource_tracker
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from types import TracebackType
from typing import Any, TypeVar

import psutil
from loky import ProcessPoolExecutor
from loky.backend import get_context

from experiments.errors import ExecutorError
from experiments.search.executors.base import ATTEMPTS, WorkerDied, WorkerInfo, WorkerLost, WorkerTimeout
from experiments.search.executors.worker import hello, prepare

T = TypeVar("T")
SILENCE = 120.0  # seconds
LOOKS = 10  # at a worker, in the time that it may be silent
LIVING = 1e-3  # share of its time that a worker computes at least; waiting for its parent's end takes a tenth of that
LEAST = 0.03  # seconds; systems count processor time in hundredths


class LocalExecutor:
    """A fixed number of worker processes.

    Args:
        workers:     how many.
        environment: variables that are set before a worker loads NumPy.
        work:        folder for shared content, made when it is needed; without one nothing can be shared.
        silence:     seconds without a sign of life after which a worker that has a task is replaced.
    """

    def __init__(
        self, workers: int, environment: Mapping[str, str], work: Path | None = None, silence: float = SILENCE
    ):
        self._environment, self._work, self._silence = dict(environment), work, silence
        self._closing, self._closed = Lock(), False
        self._numbers = count()
        self._free: SimpleQueue[_Worker] = SimpleQueue()
        self._workers = [_Worker(self._environment) for _ in range(workers)]
        self._threads = ThreadPoolExecutor(workers, "worker", _leave_interrupts_to_the_main_thread)
        self._greetings = [self._threads.submit(self._greet, worker) for worker in self._workers]
        for worker in self._workers:
            self._free.put(worker)

    def wait_for_workers(self) -> list[WorkerInfo]:
        """What each worker says of itself; waits until all have started. One that was lost meanwhile is left out."""
        found: list[WorkerInfo] = []
        for greeting in self._greetings:
            with suppress(WorkerLost):
                found.append(greeting.result())
        return found

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Run a pure function in the next free worker."""
        return self._threads.submit(self._run, function, arguments)

    def share(self, content: memoryview | bytes) -> SharedFile:
        """Write content into a file that the workers map into their memory."""
        if self._work is None:
            raise ValueError("share needs the folder `work`, but it was not given.")
        path = self._work.absolute() / f"shared_{next(self._numbers)}"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise ExecutorError(f"{path}: cannot be written: {error.strerror}.") from None
        return SharedFile(path)

    def close(self) -> None:
        """Stop every worker at once, whatever it is doing."""
        with self._closing:
            self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.kill()
        self._threads.shutdown(wait=True)

    def __enter__(self) -> LocalExecutor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _greet(self, worker: _Worker) -> WorkerInfo:
        start = time.perf_counter()
        greeting = worker.run(hello, (), self._silence)
        return replace(greeting, seconds=time.perf_counter() - start)

    def _run(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        worker = self._free.get()
        try:
            lost = 0
            while True:
                try:
                    return worker.run(function, arguments, self._silence)
                except WorkerLost:
                    lost += 1
                    worker = self._replaced(worker)
                    if self._closed or lost == ATTEMPTS:
                        raise
        finally:
            self._free.put(worker)

    def _replaced(self, lost: _Worker) -> _Worker:
        with self._closing:
            if self._closed:
                return lost
            worker = _Worker(self._environment)
            self._workers[self._workers.index(lost)] = worker
        lost.kill()
        return worker


def _leave_interrupts_to_the_main_thread() -> None:
    """A process that this thread starts never hears Ctrl-C, from which Python would print a traceback as it starts."""
    resource_tracker.ensure_running()  # its start, before the first worker's, would make this thread hear again
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


@dataclass(frozen=True)
class SharedFile:
    """Content in a file of this machine."""

    path: Path

    def open(self) -> memoryview:
        """The file, mapped."""
        with self.path.open("rb") as file:
            if not os.fstat(file.fileno()).st_size:
                return memoryview(b"")
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


class _Worker:
    """One process."""

    def __init__(self, environment: Mapping[str, str]):
        self._pool = ProcessPoolExecutor(
            1,
            context=get_context("loky"),
            # loky would restart, with a warning, a worker that has mapped more than 300 MB of data
            env={**environment, "LOKY_MAX_MEMORY_LEAK_SIZE": "1e18"},
            initializer=prepare,
            initargs=(os.getpid(),),
        )

    def run(self, function: Callable[..., T], arguments: tuple[Any, ...], silence: float) -> T:
        """Run the function, once.

        Silence is counted in looks, not on a clock: a machine that slept and a command that was stopped prove nothing.

        Raises:
            WorkerDied, WorkerSilent: this worker is lost.
            ExecutorError:            there is no room for its process.
        """
        enough = max(LEAST, LIVING * silence)
        try:
            future = self._submitted(function, arguments)
            marks = deque([self._processor_seconds()], maxlen=LOOKS + 1)
            while not wait([future], timeout=silence / LOOKS).done:
                marks.append(self._processor_seconds())
                if len(marks) > LOOKS and marks[-1] - marks[0] < enough:
                    raise WorkerTimeout
            result: T = future.result()
            return result
        except (BrokenProcessPool, MemoryError):
            raise WorkerDied from None

    def _submitted(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> Future[T]:
        try:
            future: Future[T] = self._pool.submit(function, *arguments)  # starts the process where there is none
        except OSError as error:
            raise ExecutorError(f"a worker cannot be started: {error.strerror}; try fewer --workers.") from None
        return future

    def kill(self) -> None:
        """End the process, whatever it is doing."""
        self._pool.shutdown(wait=True, kill_workers=True)

    def _processor_seconds(self) -> float:
        """What the process has used; infinite when it is gone, which its pool will notice."""
        try:
            times = [psutil.Process(pid).cpu_times() for pid in list(self._pool._processes)]
        except psutil.NoSuchProcess:
            return math.inf
        return sum(one.user + one.system for one in times) if times else math.inf
