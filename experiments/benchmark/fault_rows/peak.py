"""The memory that a command takes: python -m experiments.benchmark.fault_rows.peak FILE MODULE [words].

It runs the module as a command and writes to FILE the largest resident memory, in MiB, of a process among it and those
that it waited for.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

from experiments.benchmark.fault_rows.command import Done
from experiments.benchmark.fault_rows.desk import Desk

UNIT = 1024 * 1024 if sys.platform == "darwin" else 1024  # of ru_maxrss, in a MiB


def run_measured(desk: Desk, *arguments: str, module: str = "experiments.tune") -> tuple[Done, float]:
    """Run a command; return how it ended, and its memory in MiB."""
    file = desk.folder.with_suffix(".peak")
    done = desk.run(str(file), module, *arguments, module=__name__)
    return done, float(file.read_text())


def main() -> int:
    """Be that process; return the command's exit code."""
    code = subprocess.call([sys.executable, "-m", *sys.argv[2:]])
    Path(sys.argv[1]).write_text(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / UNIT))
    return code


if __name__ == "__main__":
    sys.exit(main())
