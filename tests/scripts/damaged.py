"""Damage files of every kind and give them to what reads them, most in this process's forks, some to whole commands.

A script, not a test of every day: python tests/scripts/damaged.py [--files 2000] [--commands 100] [--seed 0]
[--only N ...]. Each file must run or be refused in one line, without a warning, with bounded memory, and without a
trace outside what a study writes. --only repeats single files by their numbers. It ends with exit code 1 otherwise.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))  # before tests, which has a folder `experiments` too
from experiments.search.arithmetic import PORTABLE, lacking, processor

if lacking(processor()) is None:
    os.environ.update(PORTABLE)  # before NumPy is loaded
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

from experiments.tracking.mlflow_setup import SETTINGS, make_database, prepare_mlflow
from support.damage import Finding, damage_done, kinds, warm
from support.damaged_commands import commands_done
from support.damaged_studies import make_studies


def tabulate(title: str, findings: Iterable[Finding]) -> int:
    """Print what is wrong as it is found, and then a line for each kind; return the number of wrong ones."""
    by_kind: dict[str, list[Finding]] = defaultdict(list)
    for one in findings:
        by_kind[one.kind].append(one)
        if one.number % 100 == 99:
            print(f"{title}: {one.number + 1} so far", flush=True)
        if one.wrong:
            print(f"--only {one.number}: {one.kind}, {one.words}: {one.wrong}\n", flush=True)
    print(f"{title:20} {'files':>6} {'ran':>6} {'refused':>8} {'wrong':>6} {'MiB':>6}")
    total = 0
    for kind in [*sorted(by_kind), ""]:
        ones = by_kind[kind] if kind else [one for found in by_kind.values() for one in found]
        codes, wrong = [one.ended.code for one in ones], sum(bool(one.wrong) for one in ones)
        most = max((one.ended.memory for one in ones), default=0)
        print(
            f"{kind or 'all':20} {len(ones):6} {codes.count(0):6} {codes.count(2):8} {wrong:6} {most:6.0f}", flush=True
        )
        total = wrong
    return total


def main() -> int:
    it = argparse.ArgumentParser(description=__doc__)
    it.add_argument("--files", type=int, default=2000)
    it.add_argument("--commands", type=int, default=100)
    it.add_argument("--seed", type=int, default=0)
    it.add_argument("--only", type=int, nargs="*")
    it.add_argument("--kind", choices=kinds())
    chosen = it.parse_args()
    warm()
    with tempfile.TemporaryDirectory() as place:
        base = Path(place).resolve() / "base"
        database = base.parent / "mlflow.db"
        prepare_mlflow(dict(SETTINGS))
        make_database(database)
        make_studies(base, database)
        numbers = chosen.only or range(chosen.files)
        numbers = [one for one in numbers if chosen.kind is None or kinds()[one % len(kinds())] == chosen.kind]
        wrong = tabulate("readers", damage_done(chosen.seed, numbers, base))
        if not chosen.only and chosen.commands:
            wrong += tabulate("commands", commands_done(chosen.seed, chosen.commands, base))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
