"""Two workers against one, at trials of about 0.2 seconds: --scaling.

The trials of one network on a table that is made here differ in nothing that takes time, and nothing prunes or stops
them. So the ratio shows what the search adds to the trials and what its processes take from each other.
"""

from __future__ import annotations

import tempfile
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from rich.console import Console

from experiments.benchmark.datasets import write_table
from experiments.benchmark.tabulate import Line, print_table
from experiments.benchmark.timed_command import WHOLE, Seconds, machine, time_study
from experiments.benchmark.timing import measure_in_turn
from experiments.study.timing import SEARCH

TABLE = "credit"
EPOCHS = 24  # a trial takes about 0.2 s on a core of 2.6 GHz
FIXED = (
    "preprocessing.numbers=standard",
    *("training.patience=0", f"training.epochs={EPOCHS}", "training.hidden_layers=2", "training.hidden_units=64"),
    "search.pruner=none",
)
PARTS = {"search": SEARCH, "whole command": WHOLE}
COLUMNS = {
    "tracking": "tracking",
    "seconds of": "part",
    "one worker": "one:.2f",
    "two workers": "two:.2f",
    "ratio": "ratio:.2f",
    "range": "range",
    "a trial, s": "trial:.2f",
}


def run(options: Namespace) -> Iterator[Line]:
    """Yield the seconds of the search and of the whole command with one worker and with two, without tracking and with.

    The column "a trial" has the seconds of the search with one worker for each trial.
    """
    keys = [(tracking, workers) for tracking in ("none", "MLflow") for workers in (1, 2)]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place).resolve()
        _, target = write_table(TABLE, folder / "table.csv")
        command = ["--data", str(folder / "table.csv"), "--target", target]
        for setting in (*FIXED, f"search.trials={options.trials}"):
            command += ["--set", setting]
        sides = [partial(_measure, command, folder / "study", *key) for key in keys]
        rounds = [dict(zip(keys, results, strict=True)) for results in measure_in_turn(options.repeats, *sides)]
    for tracking in ("none", "MLflow"):
        for described, part in PARTS.items():
            yield {"tracking": tracking, "part": described} | _scaling(rounds, tracking, part, options.trials)


def show(lines: Sequence[Line], console: Console) -> None:
    """Print the table and the processor."""
    print_table(console, lines, COLUMNS, section="tracking")
    console.print(machine())


def _measure(command: Sequence[str], folder: Path, tracking: str, workers: int) -> Seconds:
    store = ["--tracking-uri", "none"] if tracking == "none" else []
    return time_study([*command, "--workers", str(workers), *store], folder)


def _scaling(rounds: Sequence[Mapping[tuple[str, int], Seconds]], tracking: str, part: str, trials: int) -> Line:
    one, two = ([sides[tracking, workers][part] for sides in rounds] for workers in (1, 2))
    ratios = [alone / both for alone, both in zip(one, two, strict=True)]
    return {
        "one": median(one),
        "two": median(two),
        "ratio": median(ratios),
        "range": f"{min(ratios):.2f} to {max(ratios):.2f}",
        "trial": median(one) / trials if part == SEARCH else None,
    }
