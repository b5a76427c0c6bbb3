"""Worker processes on this machine, behind one method: submit(function, *arguments) -> Future.

Each worker is a pool of one process, so that a death is known to be the death of exactly one task: the task is run
again in a new process, and after three deaths its future raises WorkerDied.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

from loky import ProcessPoolExecutor
from loky.backend import get_context

from experiments.search.executor import WorkerDied
from experiments.search.worker import Hello, hello, prepare

T = TypeVar("T")
DEATHS = 3


class Processes:
    """A fixed number of worker processes.

    Args:
        workers:     how many.
        environment: variables that are set before a worker loads NumPy.
    """

    def __init__(self, workers: int, environment: Mapping[str, str]):
        self.workers = workers
        self._environment = dict(environment)
        self._closed = False
        self._slots: SimpleQueue[ProcessPoolExecutor] = SimpleQueue()
        self._pools = [self._start() for _ in range(workers)]
        self._greetings: list[Future[Hello]] = [pool.submit(hello) for pool in self._pools]
        for pool in self._pools:
            self._slots.put(pool)
        self._waiting = ThreadPoolExecutor(workers, thread_name_prefix="worker")

    def greetings(self) -> list[Hello]:
        """What each worker says of itself; waits until all have started. One that died meanwhile is left out."""
        found: list[Hello] = []
        for greeting in self._greetings:
            with suppress(BrokenProcessPool):
                found.append(greeting.result())
        return found

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Run a pure function in the next free worker."""
        return self._waiting.submit(self._run, function, arguments)

    def close(self) -> None:
        """Stop every worker at once, whatever it is doing."""
        self._closed = True
        self._waiting.shutdown(wait=False, cancel_futures=True)
        for pool in self._pools:
            pool.shutdown(wait=True, kill_workers=True)
        self._waiting.shutdown(wait=True)

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            1, context=get_context("loky"), env=self._environment, initializer=prepare, initargs=(os.getpid(),)
        )

    def _run(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        pool = self._slots.get()
        try:
            for _ in range(DEATHS):
                try:
                    result: T = pool.submit(function, *arguments).result()
                    return result
                except BrokenProcessPool:
                    if self._closed:
                        raise
                    dead, pool = pool, self._start()
                    self._pools[self._pools.index(dead)] = pool
                    dead.shutdown(wait=True, kill_workers=True)
            raise WorkerDied(f"the worker process died {DEATHS} times")
        finally:
            self._slots.put(pool)
