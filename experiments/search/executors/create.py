"""The executor that a run's options name, and the check that all its workers have the same BLAS kernel."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from loky import cpu_count

from experiments.errors import ExecutorError, StudyStateError
from experiments.search.arithmetic import KERNEL, LOOPS, NEEDS, UNKNOWN, Arithmetic
from experiments.search.executors.base import Executor, WorkerInfo
from experiments.search.executors.local import LocalExecutor
from experiments.search.trial import FinishedTrial

ExecutorKind = Literal["local", "ray"]
LIMIT = "LOKY_MAX_CPU_COUNT"  # of the cores, by which other programs limit theirs, too


def open_executor(
    kind: ExecutorKind,
    workers: int,
    environment: Mapping[str, str],
    work: Path | None,
    worker_timeout: float,
    address: str | None,
) -> Executor:
    """Open the executor that the options name; its workers start while the caller continues.

    Args:
        workers:        number of tasks computed at once.
        environment:    variables that are set before a worker loads NumPy.
        work:           folder for content that local workers share.
        worker_timeout: seconds without processor time after which a local worker is restarted.
        address:        address of a running Ray cluster; None starts a cluster on this machine.

    Raises:
        ExecutorError: Ray is not installed, does not start, or cannot be reached.
    """
    if kind == "local":
        return LocalExecutor(workers, environment, work, worker_timeout)
    from experiments.search.executors.ray_cluster import RayExecutor

    return RayExecutor(workers, environment, address)


def one_kernel(workers: Sequence[WorkerInfo], finished: Sequence[FinishedTrial], arithmetic: Arithmetic) -> str:
    """Return the BLAS kernel of all workers and all finished trials: other kernels differ in the last bits.

    Raises:
        ExecutorError:   there is no worker, two workers differ, or one lacks the arithmetic of the study.
        StudyStateError: the finished trials were computed with another kernel.
    """
    if not workers:
        raise ExecutorError("no worker could be started: each one crashed or timed out.")
    first = workers[0]
    for worker in workers:
        if arithmetic == "portable" and (worker.kernel, worker.loops) != (KERNEL, LOOPS):
            raise ExecutorError(
                f"node {worker.node} has no portable arithmetic: it has BLAS kernel {worker.kernel} and NumPy's "
                f"loops for {worker.loops or 'no known processor'}. Leave it out, or set study.arithmetic=native."
            )
        if worker.kernel != first.kernel:
            instead = ", or set study.arithmetic=portable" if NEEDS.keys() >= {worker.kernel, first.kernel} else ""
            raise ExecutorError(
                f"node {worker.node} computes with BLAS kernel {worker.kernel}, node {first.node} with {first.kernel}: "
                f"last bits would differ. Leave a node out{instead}."
            )
    others = {trial.result.kernel for trial in finished} - {"", first.kernel}
    if others:
        raise StudyStateError(
            f"the study was computed with BLAS kernel {', '.join(sorted(others))}, this machine's is "
            f"{first.kernel or UNKNOWN}: last bits would differ. "
            "Continue where the study began, or start anew with --fresh."
        )
    return first.kernel


def described(workers: Sequence[WorkerInfo]) -> str:
    """Describe the workers in a line.

    >>> described([WorkerInfo(11, "desk", "Haswell"), WorkerInfo(12, "desk", "Haswell")])
    '2 workers on desk, BLAS Haswell, compiled training steps'
    >>> described([WorkerInfo(11, "desk", "", numpy="NNET_COMPILED=0")])
    '1 workers on desk, BLAS unknown, training steps in NumPy (NNET_COMPILED=0)'
    """
    nodes, kernels, reasons = ({getattr(worker, name) for worker in workers} for name in ("node", "kernel", "numpy"))
    why = sorted(reasons - {""})
    kernels = {kernel or UNKNOWN for kernel in kernels}
    steps = f"training steps in NumPy ({'; '.join(why)})" if why else "compiled training steps"
    return f"{len(workers)} workers on {', '.join(sorted(nodes))}, BLAS {', '.join(sorted(kernels))}, {steps}"


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
