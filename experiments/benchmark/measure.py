"""Measurements in processes of their own, with the environment that a study gives its workers.

The data comes in a file, so that the process holds nothing but the data and what trains on it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from experiments.benchmark.cases import Row, data_of, save

PROGRAM = "experiments.benchmark.measuring"


def prepare(rows: Iterable[Row]) -> Iterator[tuple[str, Path]]:
    """Yield the name of each row, and the file with the row and its data that a measuring process reads."""
    with tempfile.TemporaryDirectory() as folder:
        for row in rows:
            file = Path(folder) / row.name
            save(file, row, data_of(row))
            yield row.name, file


def measure(trainer: str, file: Path, environment: Mapping[str, str]) -> Any:
    """Train a prepared row in a new process.

    Args:
        trainer: of TRAINERS, or "profile".

    Returns:
        The `seconds` of the work, the process's `peak_mb` and the BLAS `kernel`; of a profile, the lines of its table.
    """
    command = [sys.executable, "-m", PROGRAM, trainer, str(file)]
    done = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])
