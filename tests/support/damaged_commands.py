"""Damaged files given to whole commands, each in a process of its own with workers of its own."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from experiments.benchmark.fault_rows.processes import processes_in
from support.damage import Finding, judged
from support.damaged_studies import KINDS, STORE, WRITES, copied
from support.mutations import specimens
from support.waiting import wait_until

SMALL = ["--trials", "2", "--set", "training.epochs=2", "--workers", "1", "--out", "out", "--tracking-uri", "none"]
# the longer commands, beside those that the kinds name
LONGER = (
    "tune own --workers 1",
    "tune own --workers 1 --no-test --set search.trials=4",
    "tune own --workers 1 --fresh",
    "reproduce own --workers 1",
    "reproduce own --final --workers 1",
    "compare own other --out found --finalists 2 --seeds 2 --workers 1",
    f"delete own --yes --tracking-uri {STORE}",
)


def commands_done(seed: int, count: int, base: Path) -> Iterator[Finding]:
    """Damage so many files and give each to a command.

    Args:
        base: folder with the studies of `make_studies`.
    """
    whole = specimens()
    for number in range(count):
        rng = Random(f"commands {seed} {number}")
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place).resolve() / "here"
            (folder.parent / "elsewhere").mkdir()
            if number % 2:
                kind = list(whole)[number // 2 % len(whole)]
                folder.mkdir()
                whole[kind].write(folder, rng)
                words = ["tune", *whole[kind].options(Path()), *SMALL]
                writes: tuple[str, ...] = ("out/", "studies/ledger", "table/")
            else:
                kind = list(KINDS)[number // 2 % len(KINDS)]
                copied(base, folder)
                KINDS[kind].damage(folder, rng)
                words, writes = rng.choice(LONGER).split(), WRITES
            found = judged(number, kind, " ".join(words), lambda words=words: _run(words), folder, writes)
            wait_until(lambda at=folder: not processes_in(at))  # a writer to MLflow may outlive its command
            yield found


def _run(words: list[str]) -> int:
    """Replace this process by the command."""
    environ = {**os.environ, "PYTHONWARNINGS": "error"}
    for name in ("OPENBLAS_CORETYPE", "NPY_ENABLE_CPU_FEATURES"):
        environ.pop(name, None)
    command = [sys.executable, "-W", "error", "-m", f"experiments.{words[0]}", *words[1:]]
    os.execve(sys.executable, command, environ)
