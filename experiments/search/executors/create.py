"""Who computes for a study, and that all of them compute alike."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from experiments.errors import ExecutorError, StudyStateError
from experiments.search.executors.base import Executor, WorkerInfo
from experiments.search.executors.local import LocalExecutor
from experiments.search.trial import FinishedTrial

ExecutorKind = Literal["local", "ray"]


def open_executor(
    kind: ExecutorKind,
    workers: int,
    environment: Mapping[str, str],
    work: Path | None,
    silence: float,
    address: str | None,
) -> Executor:
    """The executor of that kind; its workers start while the caller goes on.

    Args:
        workers:     tasks computed at once.
        environment: variables that are set before a worker loads NumPy.
        work:        folder for what local workers share.
        silence:     seconds without a sign of life after which a local worker is replaced.
        address:     of a running Ray cluster; None starts one on this machine.

    Raises:
        ExecutorError: Ray is not installed, does not start, or cannot be reached.
    """
    if kind == "local":
        return LocalExecutor(workers, environment, work, silence)
    from experiments.search.executors.ray_cluster import RayExecutor

    return RayExecutor(workers, environment, address)


def one_kernel(greetings: Sequence[WorkerInfo], told: Sequence[FinishedTrial]) -> str:
    """The BLAS kernel of every process that computes for the study, now and before: another differs in last bits.

    Raises:
        ExecutorError:   nobody computes, or two of them differ.
        StudyStateError: the trials told before were computed with another kernel.
    """
    if not greetings:
        raise ExecutorError("no worker came up: each died or fell silent while it started.")
    first = greetings[0]
    for other in greetings:
        if other.kernel != first.kernel:
            raise ExecutorError(
                f"node {other.node} computes with BLAS kernel {other.kernel}, node {first.node} with {first.kernel}: "
                "last bits would differ. Leave one out, or set OPENBLAS_CORETYPE to a kernel that every node has."
            )
    before = {one.result.kernel for one in told} - {"", first.kernel}
    if before:
        raise StudyStateError(
            f"the study was computed with BLAS kernel {', '.join(sorted(before))}, this machine offers "
            f"{first.kernel}: last bits would differ. Go on where it began, or start anew with --fresh."
        )
    return first.kernel


def described(greetings: Sequence[WorkerInfo]) -> str:
    """The workers in a few words.

    >>> described([WorkerInfo(11, "desk", "Haswell", 0.8), WorkerInfo(12, "desk", "Haswell", 0.9)])
    '2 workers on desk, BLAS Haswell, up after 0.90 s'
    """
    nodes, kernels = ({getattr(one, name) for one in greetings} for name in ("node", "kernel"))
    return (
        f"{len(greetings)} workers on {', '.join(sorted(nodes))}, BLAS {', '.join(sorted(kernels))}, "
        f"up after {max(one.seconds for one in greetings):.2f} s"
    )


def usable_cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
