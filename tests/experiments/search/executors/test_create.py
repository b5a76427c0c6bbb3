from __future__ import annotations

import sys

import pytest

from experiments.errors import ExecutorError, StudyStateError
from experiments.search.executors.base import WorkerInfo
from experiments.search.executors.create import one_kernel, open_executor
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


def test_a_study_has_a_single_kernel() -> None:
    assert one_kernel([HERE, ALIKE], [finished("SkylakeX"), finished("")]) == "SkylakeX"
    words = "node yonder computes with BLAS kernel Haswell, node here with SkylakeX"
    with pytest.raises(ExecutorError, match=words):
        one_kernel([HERE, ALIKE, OTHER], [])
    with pytest.raises(StudyStateError, match="was computed with BLAS kernel Haswell, this machine has SkylakeX"):
        one_kernel([HERE], [finished("Haswell"), finished("SkylakeX")])


def test_without_workers_there_is_no_study() -> None:
    with pytest.raises(ExecutorError, match="no worker could be started: each one crashed or timed out"):
        one_kernel([], [])


def test_without_ray_its_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ExecutorError, match=r"--executor ray: .*pip install -e '\.\[ray\]'"):
        open_executor("ray", 1, {}, None, 1.0, None)
