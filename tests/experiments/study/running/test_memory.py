"""What a study holds and needs is counted in bytes, and too little room is said beforehand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments.config.candidate import Preprocessing
from experiments.config.target import Target
from experiments.search.executors.serial import SerialExecutor
from experiments.search.executors.shared_data import DataReference, share_folds
from experiments.study.running import memory
from experiments.study.running.memory import (
    COPIES,
    free,
    held_by_children,
    shortage,
    still_to_come,
)
from nnet.batches import FoldData

MIB = 1 << 20


def reference(rows: int, inputs: int) -> DataReference:
    x, numbers = np.zeros((rows, inputs), np.float32), np.arange(rows)
    fold = FoldData(x, np.zeros(rows, np.int64), numbers[2:], numbers[:2], None)
    return share_folds([fold, fold], Target(("a", "b")), SerialExecutor().share)


def test_the_widest_inputs_count_once_for_each_worker_and_copy() -> None:
    inputs = {Preprocessing("standard"): reference(10, 3), Preprocessing("piecewise"): reference(10, 20)}
    assert still_to_come(inputs, workers=1) == COPIES * 10 * 20 * 4
    assert still_to_come(inputs, workers=8) == 8 * COPIES * 10 * 20 * 4


def test_the_peak_is_that_of_this_process_and_stays() -> None:
    program = (
        "from experiments.study.running.memory import peak_of_this_process as peak\n"
        "before = peak()\n"
        "block = b'x' * (before + (64 << 20))\n"  # larger than all that was held
        "size, after = len(block), peak()\n"
        "del block\n"
        "print(before, size, after, peak())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    before, size, after, later = map(int, done.stdout.split())
    assert size < after < size + 1024 * MIB
    assert later > before + 32 * MIB  # the system counts to some pages


def test_workers_are_the_processes_below_this_one() -> None:
    before = held_by_children()
    program = f"held = b'x' * {40 * MIB}; print(len(held), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        assert int(worker.stdout.readline()) == 40 * MIB
        assert held_by_children() - before > 40 * MIB
        worker.communicate(b"\n")


@pytest.mark.parametrize(
    ("folder", "limit", "used", "stat"),
    [
        (".", "memory.max", "memory.current", "anon 5\ninactive_file 1000\n"),
        (
            "memory",
            "memory.limit_in_bytes",
            "memory.usage_in_bytes",
            "inactive_file 10\ntotal_inactive_file 1000\ntotal_cache 7\n",
        ),
    ],
)
def test_a_container_has_what_its_limit_leaves(folder: str, limit: str, used: str, stat: str, tmp_path: Path) -> None:
    group = tmp_path / folder
    group.mkdir(exist_ok=True)
    for name, content in ((limit, "9000\n"), (used, "5000\n"), ("memory.stat", stat)):
        (group / name).write_text(content)
    assert free(tmp_path) == 5000
    (group / used).write_text("15000\n")
    assert free(tmp_path) == 0
    for unlimited in ("max\n", f"{1 << 63}\n"):
        (group / limit).write_text(unlimited)
        assert free(tmp_path) > 1_000_000


def test_only_more_than_is_free_is_a_shortage(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 0 < free() < 1 << 60
    monkeypatch.setattr(memory, "free", lambda: 2_000_000_000)
    assert shortage(2_000_000_000) == ""
    assert shortage(3_500_000_000) == (
        "3.5 GB, more than the 2.0 GB that are free here; fewer --workers or data.rows need less"
    )
