"""A Ray cluster: this command starts a cluster on the loopback interface and ends it, or joins a running cluster.

A task whose worker dies runs again, ATTEMPTS times in all. A task whose node is lost runs again on another node,
however often that happens, because the task did not cause it. Without the head no task can run any more.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import platform
import re
import secrets
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, InvalidStateError, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Thread, current_thread, main_thread
from typing import Any

import numpy as np
import psutil

from experiments.errors import ExecutorError, first_line
from experiments.search.arithmetic import blas_kernel
from experiments.search.executors.base import ATTEMPTS, Executor, T, WorkerDied, WorkerInfo, WorkerLost
from experiments.search.executors.worker import hello
from experiments.search.pruning import quiet_optuna

CONNECT_TIMEOUT = 5.0  # seconds to reach a head
CHECK_INTERVAL = 0.5  # seconds between two checks of the head
REMOTE_HEAD_CHECKS = 4  # failed checks in a row after which a remote head is lost; on this machine one is enough
SHUTDOWN_TIMEOUT = 2.0  # seconds that Ray has to end or leave a cluster

# Ray reads these from the environment only, some of them at its import
SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # else it warns that a later version will do this
    "RAY_BACKEND_LOG_LEVEL": "fatal",  # else it writes events of tasks and nodes to the terminal
}
OWN_HEAD = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # every part of Ray listens on 127.0.0.1 alone
    "RAY_AUTH_MODE": "token",  # else other users of this machine could submit tasks
}


class RayExecutor(Executor):
    """The nodes of a Ray cluster.

    Args:
        workers:     number of tasks computed at once, and of processors of a cluster that is started here.
        environment: variables that are set before a worker loads NumPy.
        address:     host:port of a running cluster that this machine belongs to; None starts a cluster.

    Raises:
        ExecutorError: Ray is not installed, does not start, or cannot be reached.
    """

    def __init__(self, workers: int, environment: Mapping[str, str], address: str | None):
        before = set(psutil.Process().children())
        self._ray = _connected(workers, address)
        self._started = set(psutil.Process().children()) - before
        here = self._ray.get_runtime_context()
        self._head, self._again = here.gcs_address, "" if address is None else " when the cluster is back"
        self._kernel: str | None = None
        self._closed = Event()
        self._ended: Future[None] = Future()
        self._call = self._ray.remote(num_cpus=1, max_retries=0, runtime_env={"env_vars": dict(environment)})(_call)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="worker")
        nodes = [node for node in self._ray.nodes() if node["Alive"]]
        slots = [node for node in nodes for _ in range(min(workers, int(node["Resources"].get("CPU", 0))))]
        self._greeters = ThreadPoolExecutor(max(1, len(slots)))
        self._greetings = [self._greeters.submit(self._greet, node["NodeID"], node["NodeName"]) for node in slots]
        own = next(node for node in nodes if node["NodeID"] == here.get_node_id())
        own_address = f"{own['NodeManagerAddress']}:{own['NodeManagerPort']}"
        watched = (
            ("head of the Ray cluster", self._head, REMOTE_HEAD_CHECKS if address else 1),
            ("Ray node of this machine", own_address, 1),
        )
        for arguments in watched:
            Thread(target=self._watch, args=arguments, daemon=True).start()

    def wait_for_workers(self) -> list[WorkerInfo]:
        """Return the reports of all workers once they have started; lost nodes are left out."""
        reports = [greeting.result() for greeting in self._greetings]
        workers = [report for report in reports if report is not None]
        self._kernel = workers[0].kernel if workers else None
        return workers

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Run a pure function on any node."""
        return self._threads.submit(self._run, function, arguments)

    def share(self, content: memoryview | bytes) -> SharedObject:
        """Put content into the object store, from which each node fetches it once."""
        try:
            return SharedObject(self._ray.put(np.frombuffer(content, np.uint8)))
        except self._ray.exceptions.RayError as error:
            raise ExecutorError(
                f"Ray's object store has no room for {len(content)} bytes: {first_line(error)}"
            ) from None

    def close(self) -> None:
        """Leave the cluster; end a cluster that was started here."""
        self._closed.set()
        self._end("the executor was closed.")
        for pool in (self._threads, self._greeters):
            pool.shutdown(wait=False, cancel_futures=True)
        processes: list[psutil.Process] = []
        for process in self._started:
            with suppress(psutil.NoSuchProcess):
                processes += [*process.children(recursive=True), process]
        shutdown = Thread(target=self._ray.shutdown, daemon=True)
        shutdown.start()
        shutdown.join(SHUTDOWN_TIMEOUT)
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, SHUTDOWN_TIMEOUT)

    def _greet(self, node: str, name: str) -> WorkerInfo | None:
        on_node = self._ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(node, soft=False)
        try:
            greeting = self._once(self._call.options(scheduling_strategy=on_node).remote, hello, ())
        except WorkerLost:
            raise ExecutorError(
                f"node {name}: a worker died while it started. If its processor lacks AVX2, or with native "
                "arithmetic the BLAS kernel of this machine, take that node out of the cluster."
            ) from None
        except _NodeLost:
            return None
        except ExecutorError:
            raise
        except Exception as error:  # of any kind, such as a missing package
            raise ExecutorError(
                f"node {name} cannot compute: {first_line(error)} This package must be installed on every node."
            ) from None
        return replace(greeting, node=name)

    def _run(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        died = 0
        while True:
            try:
                return self._once(self._call.remote, function, arguments)
            except WorkerLost:
                died += 1
                if died == ATTEMPTS:
                    raise
            except _NodeLost:
                continue

    def _once(self, call: Any, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        errors = self._ray.exceptions
        try:
            future: Future[T] = call(function, arguments, self._kernel).future()
            either: list[Future[Any]] = [future, self._ended]
            wait(either, return_when=FIRST_COMPLETED)
            if not future.done():
                self._ended.result()
            return future.result()
        except (errors.WorkerCrashedError, errors.OutOfMemoryError, MemoryError):
            raise WorkerDied from None
        except (errors.NodeDiedError, errors.ObjectLostError, errors.TaskUnschedulableError):
            raise _NodeLost from None
        except errors.RayError as error:
            if isinstance(error, errors.RayTaskError) and not isinstance(error.cause, errors.RayError):
                raise error.cause from None  # an error of the function itself
            self._end(
                f"the Ray cluster at {self._head} cannot compute any more: {first_line(error)} The journal has every "
                f"finished trial: the same command resumes the study{self._again}."
            )
            raise ExecutorError(str(self._ended.exception())) from None

    def _watch(self, name: str, address: str, enough: int) -> None:
        """End when the address is lost: Ray would wait for it for up to a minute, and then end this process."""
        failures = 0
        while failures < enough:
            if self._closed.wait(CHECK_INTERVAL):
                return
            failures = 0 if _reachable(address) else failures + 1
        self._end(
            f"the {name} at {address} is lost. The journal has every finished trial: the same command resumes the "
            f"study{self._again}."
        )

    def _end(self, message: str) -> None:
        with suppress(InvalidStateError):
            self._ended.set_exception(ExecutorError(message))


@dataclass(frozen=True)
class SharedObject:
    """Shared content in the cluster's object store."""

    reference: Any

    def open(self) -> memoryview:
        """Return the content, in memory that all processes of the node share."""
        import ray

        return memoryview(ray.get(self.reference))


class _NodeLost(Exception):
    """The loss of the node that computed a task."""


def _call(function: Callable[..., T], arguments: tuple[Any, ...], kernel: str | None) -> T:
    """Run a function on a node, which may have joined after the BLAS kernels were compared."""
    quiet_optuna()
    if kernel is not None and blas_kernel() != kernel:
        raise ExecutorError(
            f"node {platform.node()} computes with BLAS kernel {blas_kernel()}, the others with {kernel}: last bits "
            "would differ. Take that node out of the cluster; the same command then resumes the study."
        )
    return function(*arguments)


def _connected(workers: int, address: str | None) -> Any:
    """Connect to a cluster, and return the module `ray`."""
    if importlib.util.find_spec("ray") is None:
        raise ExecutorError("--executor ray: needs Ray, which is not installed. Type pip install ray.")
    if address is not None:
        _check_address(address)
    os.environ.update(SETTINGS if address else {**SETTINGS, **OWN_HEAD})
    if address is None:  # Ray remembers the token with which this process started its first head
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    ray = importlib.import_module("ray")
    importlib.import_module("ray.util.scheduling_strategies")
    quiet = {"log_to_driver": False, "logging_level": logging.CRITICAL}
    try:
        with _own_terminal_and_signals():
            if address is None:
                ray.init(address="local", num_cpus=workers, include_dashboard=False, **quiet)
            else:
                ray.init(address=address, **quiet)
    except Exception as error:  # Ray raises errors of any kind
        where = "Ray does not start" if address is None else f"--ray-address: cannot join the cluster at {address}"
        raise ExecutorError(f"{where}: {first_line(error)}") from None
    if address is None and not ray.get_runtime_context().gcs_address.startswith("127.0.0.1:"):
        ray.shutdown()
        raise ExecutorError("Ray was imported before the study began, so its head would listen beyond this machine.")
    return ray


def _check_address(address: str) -> None:
    if not re.fullmatch(r"[^/\s]+:\d{1,5}", address):
        raise ExecutorError(
            f"--ray-address: must be host:port of a cluster that this machine belongs to, but got {address!r}."
        )
    if not _reachable(address):
        raise ExecutorError(f"--ray-address: no Ray cluster answers at {address}.")


def _reachable(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), CONNECT_TIMEOUT):
            return True
    except (OSError, OverflowError):
        return False


@contextmanager
def _own_terminal_and_signals() -> Iterator[None]:
    """Keep Ray, while it starts, from the terminal and from the handler of SIGTERM."""
    handler, terminal = signal.getsignal(signal.SIGTERM), os.dup(2)
    try:
        with Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), 2)
        yield
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
        if current_thread() is main_thread():
            signal.signal(signal.SIGTERM, handler)
