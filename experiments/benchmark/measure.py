"""One measurement in a process of its own, with the environment that a study gives its workers.

The data comes in a file, so that the process holds nothing but the data and what trains on it. A small row goes first:
what a library loads or compiles at its first use is not counted.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from experiments.benchmark.cases import SEED, Data, Row, data_of, folds_of
from experiments.benchmark.peers import TRAINERS
from experiments.search.executors.base import blas_kernel

WARM_UP = 2  # batches; a fold keeps more than one of them


def prepare(rows: Iterable[Row]) -> Iterator[tuple[str, Path]]:
    """Yield the name of each row, and the file with the row and its data that a measuring process reads."""
    with tempfile.TemporaryDirectory() as folder:
        for row in rows:
            file = Path(folder) / row.name
            with file.open("wb") as stream:
                pickle.dump((row, data_of(row)), stream, protocol=5)
            yield row.name, file


def measure(trainer: str, file: Path, environment: Mapping[str, str]) -> Any:
    """Train a prepared row in a new process.

    Args:
        trainer: of TRAINERS, or "profile".

    Returns:
        The `seconds` of the work, the process's `peak_mb` and the BLAS `kernel`; of a profile, the lines of its table.
    """
    command = [sys.executable, "-m", "experiments.benchmark.measure", trainer, str(file)]
    done = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def peak_mb() -> float:
    """Return the most memory that this process has held.

    Linux's own count goes first: getrusage there starts with what the parent held when it started the process.
    """
    try:
        status = Path("/proc/self/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024
    except (OSError, StopIteration):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _run(trainer: str, file: Path) -> Any:
    with file.open("rb") as stream:
        row, data = pickle.load(stream)  # noqa: S301 (this program wrote it)
    if trainer == "profile":
        from experiments.benchmark.profile import profile

        return profile(row, data)
    train = TRAINERS[trainer]
    small = folds_of(min(WARM_UP * row.batch, len(data.x)), np.random.default_rng(SEED))
    train(replace(row, epochs=1), Data(data.x, data.y, small))
    seconds = train(row, data)
    return {"seconds": seconds, "peak_mb": peak_mb(), "kernel": blas_kernel()}


if __name__ == "__main__":
    print(json.dumps(_run(sys.argv[1], Path(sys.argv[2]))))
