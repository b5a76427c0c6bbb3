"""Kill one digits study with -9 again and again, and hold it against one that nothing happened to.

A script, not a test of every day: python tests/scripts/kill_digits.py [--kills 20] [--seed 0]. It ends with exit code 1
when the killed study differs in anything, or when MLflow shows a trial twice or not at all.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from experiments.tracking.mlflow_setup import prepare_mlflow

STUDY = Path(__file__).parents[2] / "studies" / "digits.toml"
LONGEST = 3.0  # seconds: every other command is killed within them, its start included
AFTER = 1.0  # seconds: the others are killed within them after they told a trial more


def command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "experiments.tune", str(STUDY), "--quiet", "--out", str(folder / "digits")]


def undisturbed(folder: Path) -> dict[str, Any]:
    subprocess.run(command(folder), cwd=folder, check=True)
    return results(folder)


def killed(folder: Path, kills: int, rng: random.Random) -> dict[str, Any]:
    for number in range(1, kills + 1):
        before, start = told(folder), time.monotonic()
        process = subprocess.Popen(command(folder), cwd=folder)
        while number % 2 and process.poll() is None and told(folder) == before:
            time.sleep(0.01)
        seconds = time.monotonic() - start
        seconds += rng.uniform(0.0, AFTER if number % 2 else LONGEST)
        try:
            code = process.wait(max(0.0, start + seconds - time.monotonic()))
            print(f"kill {number}: too late, the command ended with {code} within {seconds:.2f} s")
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            print(
                f"kill {number}: after {seconds:.2f} s, {told(folder)} trials told, {left_behind(folder)} workers left"
            )
    subprocess.run(command(folder), cwd=folder, check=True)
    return results(folder)


def results(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "digits" / "results.json").read_text())
    return document


def told(folder: Path) -> int:
    journal = folder / "digits" / "journal.log"
    return journal.read_bytes().count(b'"op_code":4') if journal.exists() else 0


def left_behind(folder: Path) -> int:
    """Workers that still live a second after their coordinator's death."""
    time.sleep(1.0)
    return sum(lives_in(process, folder) for process in Path("/proc").glob("[0-9]*"))


def lives_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder and b"popen_loky" in (process / "cmdline").read_bytes()
    except OSError:
        return False


def runs(folder: Path) -> Counter[str]:
    """How often MLflow has each trial."""
    client = prepare_mlflow(os.environ).MlflowClient(f"sqlite:///{folder}/mlruns/mlflow.db")
    experiment = client.get_experiment_by_name("digits")
    assert experiment is not None
    found = client.search_runs([experiment.experiment_id], max_results=10_000)
    return Counter(run.data.tags["trial"] for run in found if "trial" in run.data.tags)


def main() -> int:
    it = argparse.ArgumentParser(description=__doc__)
    it.add_argument("--kills", type=int, default=20)
    it.add_argument("--seed", type=int, default=0)
    chosen = it.parse_args()
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        folder = Path(other).resolve()
        first = undisturbed(Path(one).resolve())
        second = killed(folder, chosen.kills, random.Random(chosen.seed))
        trials = runs(folder)
        whole = len(trials) == len(first["trials"]) and set(trials.values()) == {1}
        same = first["digest"] == second["digest"]
        print(
            f"undisturbed {first['digest'][:16]}, killed {second['digest'][:16]}: {'the same' if same else 'ANOTHER'}"
        )
        print(f"MLflow: {len(trials)} trials, {'each once' if whole else f'NOT each once: {dict(trials)}'}")
    return 0 if same and whole else 1


if __name__ == "__main__":
    sys.exit(main())
