"""Worker processes on this machine.

Each worker is a pool with a single process, so a crash belongs to exactly one task. That task runs again in a new
process. A worker that has a task and uses no processor time for `worker_timeout` seconds is restarted, too.
"""

from __future__ import annotations

import math
import mmap
import os
import resource
import signal
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any
from uuid import uuid4

import psutil
from loky import ProcessPoolExecutor, cpu_count
from loky.backend import resource_tracker as loky_tracker
from loky.backend.context import LokyContext

from experiments.errors import ExecutorError
from experiments.search.executors.base import ATTEMPTS, Executor, T, WorkerDied, WorkerInfo, WorkerLost, WorkerTimeout
from experiments.search.executors.shared_data import open_folds
from experiments.search.executors.worker import hello, prepare
from experiments.search.stop_signals import STOPPING, stopping_waits
from experiments.search.trial import Shared

WORKER_TIMEOUT = 120.0  # seconds without processor time after which a worker is restarted
# a process that starts as `python -m` or `-c` runs no module of the working folder
SAFE_PATH = {"PYTHONSAFEPATH": "1"}
LIMIT = "LOKY_MAX_CPU_COUNT"  # of the cores, by which other programs limit theirs, too
CHECKS = 10  # of a worker's processor time, within its timeout
BUSY_SHARE = 1e-3  # least processor time of a busy worker, as a share of the timeout; an idle worker uses a tenth of it
FILES, FILES_OF_A_WORKER = 256, 10  # that a process of a study has open at once, and those that each worker takes
BUSY_SECONDS = 0.03  # least processor time of a busy worker; systems count processor time in hundredths


class LocalExecutor(Executor):
    """A fixed number of worker processes.

    Args:
        workers:        number of processes.
        environment:    variables that are set before a worker loads NumPy.
        work:           folder for shared content, created when it is needed; nothing can be shared without it.
        worker_timeout: seconds without processor time after which a worker that has a task is restarted.
    """

    computes_alike = True  # the environment's variables are those of this process: see `open_executor_of`

    def __init__(
        self,
        workers: int,
        environment: Mapping[str, str],
        work: Path | None = None,
        worker_timeout: float = WORKER_TIMEOUT,
    ):
        self._environment, self._work, self._timeout = dict(environment), work, worker_timeout
        _allow_files(FILES + FILES_OF_A_WORKER * workers)
        _start_trackers()
        self._closing, self._closed, self._turn = Lock(), False, Lock()
        self._free: SimpleQueue[_Worker] = SimpleQueue()
        self._tasks: SimpleQueue[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = SimpleQueue()
        self._workers = [_Worker(self._environment) for _ in range(workers)]
        # two threads a worker: one that is still busy with what a finished task leads to holds up no worker
        self._threads = ThreadPoolExecutor(2 * workers, "worker", _leave_interrupts_to_the_main_thread)
        for worker in self._workers:
            self._free.put(worker)
        try:
            with stopping_waits():  # a thread whose start is interrupted is known to nobody, and never ends
                self._greetings = [
                    self._threads.submit(worker.run, hello, (), worker_timeout) for worker in self._workers
                ]
        except BaseException:
            self.close()
            raise

    def wait_for_workers(self) -> list[WorkerInfo]:
        """Return the reports of all workers once they have started; lost workers are left out.

        Where all are lost and not for their silence, one is started anew.
        """
        workers, died = list[WorkerInfo](), False
        for greeting in self._greetings:
            try:
                workers.append(greeting.result())
            except WorkerLost as error:
                died = died or isinstance(error, WorkerDied)
        if died and not workers:
            with suppress(WorkerLost):
                workers.append(self.submit(hello).result())
        return workers

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Run a pure function in the next free worker; tasks begin in their order."""
        future: Future[T] = Future()
        self._tasks.put((future, function, arguments))
        self._threads.submit(self._run_next)
        return future

    def share(self, content: memoryview | bytes) -> SharedFile:
        """Write content into a file that the workers map into their memory."""
        if self._work is None:
            raise ValueError("share needs the folder `work`, but it was not given.")
        path = self._work.absolute() / f"shared_{uuid4().hex}"  # a later study's rows are no earlier one's
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise ExecutorError(f"{path}: cannot be written: {error.strerror}.") from None
        return SharedFile(path)

    def forget(self, shared: Shared) -> None:
        """Remove the file; a worker that has mapped it keeps its rows until it opens others."""
        if isinstance(shared, SharedFile):
            shared.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Stop every worker at once, even a busy one, and let go of the rows that this process has opened."""
        with self._closing:
            self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        with suppress(Empty):
            while True:
                self._tasks.get_nowait()[0].cancel()
        for worker in self._workers:
            worker.kill()
        self._threads.shutdown(wait=True)
        open_folds.cache_clear()

    def _run_next(self) -> None:
        with self._turn:  # else another thread could take a later task to an earlier worker
            worker = self._free.get()
            try:
                future, function, arguments = self._tasks.get_nowait()
            except Empty:  # closed meanwhile
                self._free.put(worker)
                return
        if not future.set_running_or_notify_cancel():
            self._free.put(worker)
            return
        try:
            result = self._run(worker, function, arguments)
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)

    def _run(self, worker: _Worker, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        lost = 0
        try:
            while True:
                try:
                    return worker.run(function, arguments, self._timeout)
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


def usable_cores() -> int:
    """Return the number of cores that this process may use, by its affinity and its container's share of time.

    Raises:
        ExecutorError: the variable that limits them holds no number.
    """
    try:
        return int(cpu_count())
    except ValueError:
        given = os.environ.get(LIMIT)
        raise ExecutorError(f"{LIMIT}: must be a whole number, but got {given!r}; type unset {LIMIT}.") from None


def _allow_files(number: int) -> None:
    """Let this process have so many files open, or as many as it may: macOS allows 256 unless it is asked for more."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = number if most == resource.RLIM_INFINITY else min(number, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        with suppress(OSError, ValueError):  # where a worker then cannot be started, that is said
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _start_trackers() -> None:
    """Start the processes that clean up after a kill, before a thread would start them.

    In a thread that blocks Ctrl-C they would unblock it.
    """
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ.update(SAFE_PATH)
    try:
        resource_tracker.ensure_running()
        loky_tracker.ensure_running()
    finally:
        del os.environ["PYTHONSAFEPATH"]
        os.environ.update({} if before is None else {"PYTHONSAFEPATH": before})


def _leave_interrupts_to_the_main_thread() -> None:
    """Block Ctrl-C in this thread and in the processes that it starts; Python would print a traceback in them."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    signal.pthread_sigmask(signal.SIG_UNBLOCK, set(STOPPING) - {signal.SIGINT})


@dataclass(frozen=True)
class SharedFile:
    """Shared content in a file of this machine, which is not empty."""

    path: Path

    def open(self) -> memoryview:
        """Map the file into memory."""
        with self.path.open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


class _Worker:
    """A worker process."""

    def __init__(self, environment: Mapping[str, str]):
        try:
            self._pool = ProcessPoolExecutor(
                1,
                context=LokyContext(),  # by its name it is that of joblib, once scikit-learn is imported
                # loky would restart, with a warning, a worker that has mapped more than 300 MB of data
                env={**SAFE_PATH, **environment, "LOKY_MAX_MEMORY_LEAK_SIZE": "1e18"},
                initializer=prepare,
                initargs=(os.getpid(),),
            )
        except OSError as error:
            raise ExecutorError(
                f"a worker cannot be started: {error.strerror}; it needs room in /dev/shm, or try fewer --workers."
            ) from None

    def run(self, function: Callable[..., T], arguments: tuple[Any, ...], timeout: float) -> T:
        """Run the function once.

        The timeout is counted in checks and not on a clock, so a suspended machine or a stopped command does not count.

        Raises:
            WorkerDied, WorkerTimeout: this worker is lost.
            ExecutorError:             its process cannot be started.
        """
        enough = max(BUSY_SECONDS, BUSY_SHARE * timeout)
        try:
            try:
                future: Future[T] = self._pool.submit(function, *arguments)  # starts the process if there is none
            except OSError as error:
                raise ExecutorError(f"a worker cannot be started: {error.strerror}; try fewer --workers.") from None
            used = deque([self._processor_seconds()], maxlen=CHECKS + 1)
            while not wait([future], timeout=timeout / CHECKS).done:
                used.append(self._processor_seconds())
                if len(used) > CHECKS and used[-1] - used[0] < enough:
                    raise WorkerTimeout
            return future.result()
        except (BrokenProcessPool, MemoryError):
            raise WorkerDied from None

    def kill(self) -> None:
        """End the process, even a busy one."""
        self._pool.shutdown(wait=True, kill_workers=True)

    def _processor_seconds(self) -> float:
        """Return the processor time of the process; infinite if it is gone, which its pool will notice."""
        try:
            times = [psutil.Process(pid).cpu_times() for pid in list(self._pool._processes)]
        except psutil.Error:  # on macOS one that has just ended may be no process, or one that is not ours
            return math.inf
        return sum(each.user + each.system for each in times) if times else math.inf
