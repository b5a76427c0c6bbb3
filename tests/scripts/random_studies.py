"""Random studies: each is run, killed and resumed elsewhere, run from the file it left, and reproduced, to the bit.

A script, not a test of every day: python tests/scripts/random_studies.py [--first SEED] [--studies N]. Study file and
table follow from a seed. It ends with exit code 1 if two digests of a study differ, or a command prints a traceback or
a warning, or ends in another way than with 0 (with 2, and one line, where the study is refused). The folder of such a
study is kept.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))  # before tests, which has a folder `experiments` too

from experiments.config.toml import study_file
from support.random_study import Document, random_study, random_table

ROOT = Path(__file__).parents[2]
KILLS = 3
FOREVER = 600  # seconds


class Fault(Exception):
    """What should not have happened, in one line, with the last lines of the command."""


def command(folder: Path, *words: str, allowed: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
    """Run a command of the program in a folder.

    Raises:
        Fault: its exit code is another, or it printed a traceback or a warning.
    """
    done = subprocess.run(
        [sys.executable, "-P", "-m", *words],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=FOREVER,
    )
    said = done.stdout + done.stderr
    if done.returncode not in allowed or "Traceback" in said or "Warning" in said:
        raise Fault(f"{' '.join(words)}: exit code {done.returncode}\n{said[-2000:]}")
    return done


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "MLFLOW_TRACKING_URI": "none"}


def kill_once(folder: Path, words: list[str], seconds: float, whole_group: bool) -> None:
    """Begin a command, and kill it, or it with its workers, after some seconds."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", *words],
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(seconds)
    if whole_group:
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def digest(folder: Path) -> str:
    return str(json.loads((folder / "studies" / "s" / "results.json").read_text())["digest"])


def by_options(document: Document) -> list[str]:
    """Return the options that make a study of a table like that of a study file, without its search space."""
    data, settings = dict(document["data"]), {"search.trials": document["search"]["trials"]}
    settings |= {f"cv.{key}": value for key, value in document["cv"].items()}
    settings |= {"training.epochs": document["training"]["epochs"], "final.members": document["final"]["members"]}
    settings |= {f"data.{key}": data.pop(key) for key in ("task", "target_transform") if key in data}
    words = ["--data", str(Path("studies", data.pop("source"))), "--name", "s"]
    for key, value in data.items():
        words += [f"--{key.replace('_', '-')}", *(value if isinstance(value, list) else [value])]
    return words + [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]


def check(seed: int, folder: Path) -> str:
    """Run the study of a seed in every way; return what it is, or why it was refused.

    A third of the studies are made by options, and run again from the study file that this leaves.

    Raises:
        Fault: something differs, or failed.
    """
    chance = Random(seed)
    table, kind = random_table(chance)
    document = random_study(chance, kind, "table.csv")
    once, again = places = [folder / name for name in ("once", "again")]
    options = by_options(document) if chance.random() < 1 / 3 else []
    for place in places:
        (place / "studies" / "s").mkdir(parents=True)
        table.to_csv(place / "studies" / "table.csv", index=False)
        if not options:
            (place / "studies" / "s.toml").write_text(study_file(document))
    began, workers = time.monotonic(), ["--workers", str(chance.choice([1, 2, 3]))]
    first = command(once, "experiments.tune", *(options or ["s"]), *workers, allowed=(0, 2))
    seconds = time.monotonic() - began
    if first.returncode == 2:
        return f"refused: {first.stderr.strip().splitlines()[-1]}"
    if options:
        shutil.copy(once / "studies" / "s" / "study.toml", again / "studies" / "s")
    words = ["experiments.tune", "s", "--workers", str(chance.choice([1, 2]))]
    for _ in range(chance.randint(0, KILLS)):
        kill_once(again, words, chance.uniform(1, max(1.5, seconds)), chance.random() < 0.5)
    command(again, *words)
    if digest(once) != digest(again):
        raise Fault(f"{digest(once)} became {digest(again)} when it was killed and resumed")
    command(once, "experiments.reproduce", "s")
    for words in (["predict", "s", "studies/table.csv", "--out", "p.csv"], ["report", "s"], ["tune", "s"]):
        command(once, f"experiments.{words[0]}", *words[1:])
    made = "by options, " if options else ""
    return f"{kind}, {made}{document['search']['trials']} trials, {seconds:.0f} s"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--studies", type=int, default=20, help="how many seeds")
    options, faults = parser.parse_args(), 0
    for seed in range(options.first, options.first + options.studies):
        folder = Path(tempfile.mkdtemp(prefix=f"random-{seed}-"))
        try:
            print(f"{seed}: {check(seed, folder)}", flush=True)
            shutil.rmtree(folder)
        except (Fault, subprocess.TimeoutExpired) as fault:
            faults += 1
            print(f"{seed}: BROKEN, see {folder}: {fault}", flush=True)
    return min(faults, 1)


if __name__ == "__main__":
    sys.exit(main())
