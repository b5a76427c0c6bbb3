"""One measurement in a process of its own, with the environment that the platform's workers get.

The data comes in a file, so that the process holds nothing but the data and what trains on it. A small row goes first:
what a library loads or compiles at its first use is not counted.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from experiments.benchmark.cases import SEED, Data, Row, data_of, folds_of
from experiments.benchmark.peers import TRAINERS
from experiments.benchmark.profile import Part, profile
from experiments.search.executors.base import blas_kernel

WARM_UP = 2  # batches; a fold keeps more than one of them


@dataclass(frozen=True)
class Measurement:
    """Seconds of the work, the process's peak memory in MB, and the BLAS kernel that NumPy computed with."""

    seconds: float
    peak_mb: float
    kernel: str


def prepare(row: Row, folder: Path) -> None:
    """Write a row and its data where a measuring process finds them."""
    folder.mkdir()
    data = data_of(row)
    (folder / "row.json").write_text(json.dumps(asdict(row)))
    arrays: dict[str, Any] = {"x": data.x, "y": data.y, **{f"fold{k}": rows for k, rows in enumerate(data.folds)}}
    np.savez(folder / "data.npz", **arrays)


def measure(trainer: str, folder: Path, environment: Mapping[str, str]) -> Measurement:
    """Train a prepared row in a new process."""
    return Measurement(**json.loads(_process(trainer, folder, environment)))


def measure_profile(folder: Path, environment: Mapping[str, str]) -> list[Part]:
    """Profile a prepared row in a new process."""
    return [Part(**part) for part in json.loads(_process("profile", folder, environment))]


def _process(what: str, folder: Path, environment: Mapping[str, str]) -> str:
    command = [sys.executable, "-m", "experiments.benchmark.measure", what, str(folder)]
    done = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()[-1]


def peak_mb() -> float:
    """The most memory that this process has held.

    Linux's own count first: getrusage there starts with what the parent held when it started the process.
    """
    try:
        status = Path("/proc/self/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024
    except (OSError, StopIteration):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _read(folder: Path) -> tuple[Row, Data]:
    row = json.loads((folder / "row.json").read_text())
    with np.load(folder / "data.npz") as held:
        folds = tuple(held[f"fold{k}"] for k in range(len(held.files) - 2))
        return Row(**{**row, "sizes": tuple(row["sizes"])}), Data(held["x"], held["y"], folds)


def _run(what: str, folder: Path) -> str:
    row, data = _read(folder)
    if what == "profile":
        return json.dumps([asdict(part) for part in profile(row, data)])
    trainer = TRAINERS[what]
    small = folds_of(min(WARM_UP * row.batch, len(data.x)), np.random.default_rng(SEED))
    trainer(replace(row, epochs=1), Data(data.x, data.y, small))
    seconds = trainer(row, data)
    peak = peak_mb()
    return json.dumps(asdict(Measurement(seconds, peak, blas_kernel())))


if __name__ == "__main__":
    print(_run(sys.argv[1], Path(sys.argv[2])))
