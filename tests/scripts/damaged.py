"""Damage small files of every kind and give them to the loaders, and some to the whole command.

A script, not a test of every day: python tests/scripts/damaged.py [--loaders 1000] [--commands 20] [--seed 0]. Each
file must run or be refused in one line; nothing half written may be left. It ends with exit code 1 otherwise.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))  # before tests, which has a folder `experiments` too
from support.mutations import Specimen, damage_done, specimens
from support.waiting import PATIENCE

MOST_MEMORY = 2048  # MiB of the process that read all of them
SMALL = ["--trials", "2", "--set", "training.epochs=2", "--workers", "1", "--out", "out"]


def complaints(specimen: Specimen, folder: Path) -> tuple[int, str]:
    """How the whole command ended, and what is wrong with that; nothing if nothing is."""
    command = [sys.executable, "-W", "error", "-m", "experiments.tune", *specimen.options(folder), *SMALL]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    results, partial = folder / "out" / "results.json", list(folder.rglob("*.part"))
    whole = done.returncode == 0 and done.stderr == "" and results.exists()
    refused = done.returncode == 2 and done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    if (whole or (refused and not results.exists())) and not partial:
        return done.returncode, ""
    return done.returncode, f"exit {done.returncode}, files {partial}\n{done.stdout}{done.stderr}"


def main() -> int:
    it = argparse.ArgumentParser(description=__doc__)
    it.add_argument("--loaders", type=int, default=1000)
    it.add_argument("--commands", type=int, default=20)
    it.add_argument("--seed", type=int, default=0)
    chosen = it.parse_args()
    bad, read = 0, Counter[str]()
    for kind, wrong in damage_done(chosen.seed, chosen.loaders):
        read[kind] += 1
        if wrong:
            bad += 1
            print(f"{kind}: {wrong}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"loaders: {dict(read)}, {bad} wrong; at most {peak:.0f} MiB")
    bad += peak > MOST_MEMORY
    rng, kinds, codes = Random(chosen.seed + 1), list(specimens().values()), Counter[int]()
    for number in range(chosen.commands):
        with tempfile.TemporaryDirectory() as place:
            folder, specimen = Path(place).resolve(), kinds[number % len(kinds)]
            specimen.write(folder, rng)
            code, wrong = complaints(specimen, folder)
            codes[code] += 1
            if wrong:
                bad += 1
                print(f"{specimen.source}: {wrong}")
    print(f"commands by exit code: {dict(codes)}, {bad} wrong in all")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
