"""One measurement: python -m experiments.benchmark.measuring TRAINER FILE, which `measure` runs.

A small row goes first: what a library loads or compiles at its first use is not counted.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from experiments.benchmark.cases import SEED, Data, folds_of, load
from experiments.benchmark.peers import OWN, TRAINERS
from experiments.search.arithmetic import blas_kernel
from experiments.search.compiled.load import load as load_passes
from experiments.study.memory import peak_of_this_process

WARM_UP = 2  # batches; a fold keeps more than one of them


def peak_mb() -> float:
    """Return the most memory that this process has held."""
    return peak_of_this_process() / (1 << 20)


def _run(trainer: str, file: Path) -> Any:
    row, data = load(file)
    if trainer in (*OWN, "profile"):
        load_passes()
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
