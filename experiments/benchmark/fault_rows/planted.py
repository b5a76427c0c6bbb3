"""A command with something planted in it: python -m experiments.benchmark.fault_rows.planted PLANT MODULE [words].

PLANT is package.module:function, called without arguments before the module runs as a command. The process must have
the arithmetic of its study from its start (see ARITHMETIC), or the study runs in another one, where nothing is planted.
"""

from __future__ import annotations

import runpy
import sys
from importlib import import_module

from experiments.benchmark.fault_rows.command import Done
from experiments.benchmark.fault_rows.desk import Desk
from experiments.search.arithmetic import PORTABLE

ARITHMETIC = PORTABLE  # environment variables of the process


def run_planted(desk: Desk, plant: str, *arguments: str) -> Done:
    """Run the tune command with something planted in it.

    Args:
        plant: package.module:function.
    """
    return desk.run(plant, "experiments.tune", *arguments, module=__name__, more=ARITHMETIC)


def main() -> None:
    """Be that process."""
    place, _, name = sys.argv[1].partition(":")
    getattr(import_module(place), name)()
    module, sys.argv = sys.argv[2], sys.argv[2:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
