"""A trainer's measurement in a process of its own, which runs python -m experiments.benchmark.measure TRAINER FILE.

It has the environment that a study gives its workers. The data comes in a file, so that the process holds nothing but
the data and what trains on it. A small row goes first: what a library does at its first use is not counted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from experiments.benchmark.cases import SEED, Data, Row, data_of, folds_of, load, save
from experiments.benchmark.peers import OWN, TRAINERS
from experiments.benchmark.tabulate import Line
from experiments.search.arithmetic import blas_kernel
from experiments.search.compiled.load import load as load_passes
from experiments.study.running.memory import peak_of_this_process

WARM_UP = 2  # batches; a fold keeps more than one of them


def prepare(rows: Iterable[Row]) -> Iterator[tuple[str, Path]]:
    """Yield the name of each row, and the file with the row and its data that a measuring process reads."""
    with tempfile.TemporaryDirectory() as folder:
        for row in rows:
            file = Path(folder) / row.name
            save(file, row, data_of(row))
            yield row.name, file


def measure(trainer: str, file: Path, environment: Mapping[str, str]) -> Line:
    """Train a prepared row in a new process.

    Returns:
        The `seconds` of the work, the process's `peak_mb` and the BLAS `kernel`.
    """
    command = [sys.executable, "-m", "experiments.benchmark.measure", trainer, str(file)]
    done = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True)
    line: Line = json.loads(done.stdout.splitlines()[-1])
    return line


def peak_mb() -> float:
    """Return the most memory that this process has held."""
    return peak_of_this_process() / (1 << 20)


def _measured(trainer: str, file: Path) -> Line:
    row, data = load(file)
    if trainer in OWN:
        load_passes()
    train = TRAINERS[trainer]
    small = folds_of(min(WARM_UP * row.batch, len(data.x)), np.random.default_rng(SEED))
    train(replace(row, epochs=1), Data(data.x, data.y, small))
    return {"seconds": train(row, data), "peak_mb": peak_mb(), "kernel": blas_kernel()}


if __name__ == "__main__":
    print(json.dumps(_measured(sys.argv[1], Path(sys.argv[2]))))
