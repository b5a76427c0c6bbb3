from __future__ import annotations

import pytest

from experiments.errors import ExecutorError, StudyStateError
from experiments.search.executors.base import WorkerInfo
from experiments.search.executors.one_kernel import one_kernel
from experiments.search.trial import Curves, FinishedTrial, TrialResult


def finished(kernel: str) -> FinishedTrial:
    return FinishedTrial(
        {}, TrialResult(0, "COMPLETE", "", 0.5, 0.5, 1, 0.1, (0.5,), Curves((), (), (), ()), 1.0, kernel)
    )


HERE, ALIKE, OTHER = (
    WorkerInfo(1, "here", "SkylakeX"),
    WorkerInfo(2, "there", "SkylakeX"),
    WorkerInfo(3, "yonder", "Haswell"),
)
PORTABLE = WorkerInfo(4, "here", "Haswell", "X86_V3")


def test_a_study_has_a_single_kernel() -> None:
    assert one_kernel([HERE, ALIKE], [finished("SkylakeX"), finished("")], "native") == "SkylakeX"
    words = "node yonder computes with BLAS kernel Haswell, node here with SkylakeX"
    with pytest.raises(ExecutorError, match=words):
        one_kernel([HERE, ALIKE, OTHER], [], "native")
    with pytest.raises(ExecutorError, match=r"Leave a node out, or set study\.arithmetic=portable\.$"):
        one_kernel([HERE, OTHER], [], "native")
    with pytest.raises(ExecutorError, match=r"last bits would differ\. Leave a node out\.$"):  # ARM has no portable
        one_kernel([WorkerInfo(1, "one", "neoversen1"), WorkerInfo(2, "two", "armv8")], [], "native")
    with pytest.raises(StudyStateError, match="was computed with BLAS kernel Haswell, this machine's is SkylakeX"):
        one_kernel([HERE], [finished("Haswell"), finished("SkylakeX")], "native")
    with pytest.raises(StudyStateError, match="this machine's is unknown: last bits would differ"):
        one_kernel([WorkerInfo(1, "apple", "")], [finished("SkylakeX")], "native")


def test_a_portable_study_takes_no_other_worker() -> None:
    assert one_kernel([PORTABLE, PORTABLE], [finished("Haswell")], "portable") == "Haswell"
    for other in (WorkerInfo(5, "yonder", "Haswell", "X86_V4"), WorkerInfo(5, "yonder", "SkylakeX", "X86_V3"), OTHER):
        with pytest.raises(ExecutorError, match=r"^node yonder has no portable arithmetic: it has BLAS kernel "):
            one_kernel([PORTABLE, other], [], "portable")


def test_without_workers_there_is_no_study() -> None:
    with pytest.raises(ExecutorError, match="no worker could be started: each one crashed or timed out"):
        one_kernel([], [], "portable")
