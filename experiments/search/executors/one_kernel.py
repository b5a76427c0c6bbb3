"""The check that all workers of a run have one BLAS kernel, and a line about them."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.errors import ExecutorError, StudyStateError
from experiments.search.arithmetic import KERNEL, LOOPS, NEEDS, UNKNOWN, Arithmetic
from experiments.search.executors.base import WorkerInfo
from experiments.search.trial import FinishedTrial


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
