"""The part of a process in a study is read off its command line."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from experiments.benchmark.fault_rows.processes import role_of


@pytest.mark.parametrize(
    ("words", "role"),
    [
        (["python", "-m", "experiments.tune", "moons"], "command"),
        (
            [
                "python",
                "-Wignore:resource_tracker:UserWarning",
                "-c",
                "from experiments.study.command.process import serve",
            ],
            "study",
        ),
        (["python", "-m", "joblib.externals.popen_loky_posix"], "worker"),
        (["python", "-c", "from multiprocessing.resource_tracker import main"], "tracker of resources"),
        (["python", "-P", "-m", "experiments.tracking.process"], "writer to MLflow"),
        (["python", "-m", "experiments.search.compiled"], "compiler"),
        (["vi", "notes"], "another program"),
    ],
)
def test_each_process_of_a_study_has_its_part(words: list[str], role: str) -> None:
    process: Any = SimpleNamespace(cmdline=lambda: words)
    assert role_of(process) == role
