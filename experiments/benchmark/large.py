"""Long and large studies: --large measures what grows with the number of trials and of rows, and how it grows.

Whole commands are watched from the outside. Their parts run in a process of their own, `large_steps`. Seconds are of
processor time, of all processes together, because a busy machine changes those least. A growth of 1 is proportional
to the size, 2 to its square.
"""

from __future__ import annotations

import json
import math
import re
import resource
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console

from experiments.benchmark.tabulate import Line, print_table
from experiments.benchmark.timed_command import machine
from experiments.errors import SearchError
from experiments.study.running.memory import held_by_children

PARTS = (1, 2, 4, 8)  # the sizes, as parts of the largest one
LONG, WIDE = "trials", "rows"
LEAST = 0.2  # seconds of the smaller size, below which no growth is told
EVERY = 0.25  # seconds between two looks at the memory
COLUMNS = 30
COMMAND = ("--workers", "2", "--tracking-uri", "none", "--quiet")
PLANNED = re.compile(r"memory +about ([\d.]+) (bytes|kB|MB|GB)")
MB = {"bytes": 1e-6, "kB": 1e-3, "MB": 1.0, "GB": 1e3}
TRIALS_STUDY = """\
[study]
name = "large"
[data]
source = "moons"
[cv]
n_splits = 3
[training]
epochs = 4
batch_size = 128
[search]
trials = {size}
lookahead = 4
pruner = "median"
[space]
learning_rate = {{ low = 1e-3, high = 1e-1, log = true }}
hidden_layers = {{ low = 1, high = 2 }}
hidden_units = {{ low = 2, high = 8, log = true }}
l2 = {{ low = 1e-6, high = 1e-1, log = true }}
[final]
members = 1
"""
ROWS_STUDY = """\
[study]
name = "large"
[data]
source = "../table.csv"
target = "answer"
[cv]
n_splits = 3
[training]
epochs = 1
batch_size = 1024
[search]
trials = 4
lookahead = 2
[space]
learning_rate = {{ low = 1e-3, high = 1e-1, log = true }}
hidden_units = {{ low = 8, high = 16 }}
[final]
members = 2
"""


def run(options: Namespace) -> Iterator[Line]:
    """Yield the cost of each part of a study, at growing numbers of trials and of rows."""
    for kind, largest, parts in ((LONG, options.trials, PARTS[:3]), (WIDE, options.table_rows, PARTS)):
        before: dict[str, Line] = {}
        for part in reversed(parts):
            for line in measured(kind, max(2, largest // part)):
                yield {**line, "growth": growth(before.get(line["what"]), line)}
                before[line["what"]] = line


def show(lines: Sequence[Line], console: Console) -> None:
    """Print a table for trials and one for rows: growth from the last size but one to the last, memory at the last."""
    for kind, title in ((LONG, "long: trials of one study"), (WIDE, f"large: rows of a table of {COLUMNS} columns")):
        ours = [line for line in lines if line["kind"] == kind]
        sizes, parts = sorted({line["size"] for line in ours}), dict[str, Line]()
        for line in sorted(ours, key=lambda line: line["size"]):
            known = parts.get(line["what"], dict.fromkeys(map(str, sizes)))
            parts[line["what"]] = {**known, **line, str(line["size"]): line["seconds"]}
        seconds = {f"s, {size:,}": f"{size}:.2f" for size in sizes}
        columns = {"what": "what", **seconds, "growth": "growth:.2f", "peak MB": "peak_mb:,.0f"}
        print_table(console, list(parts.values()), columns, title=title)
    console.print(f"Seconds of processor time. {machine()}", markup=False)


def growth(before: Line | None, now: Line) -> float | None:
    """Return the exponent with which the seconds grow with the size; None of what is too short to tell.

    >>> growth({"size": 500, "seconds": 1.0}, {"size": 1000, "seconds": 4.0})
    2.0
    """
    if before is None or before["seconds"] is None or before["seconds"] < LEAST or before["size"] == now["size"]:
        return None
    return math.log(now["seconds"] / before["seconds"]) / math.log(now["size"] / before["size"])


def measured(kind: str, size: int) -> Iterator[Line]:
    """Yield the cost of each part of a study of this size.

    Args:
        kind: "trials" or "rows".

    Raises:
        SearchError: a command failed.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "studies").mkdir()
        (folder / "studies" / "large.toml").write_text((TRIALS_STUDY if kind == LONG else ROWS_STUDY).format(size=size))
        if kind == WIDE:
            write_rows(folder / "table.csv", size)
        for what, seconds, peak in _parts(kind, folder):
            yield {"kind": kind, "what": what, "size": size, "seconds": seconds, "peak_mb": peak}


def _parts(kind: str, folder: Path) -> Iterator[tuple[str, float | None, float]]:
    """Yield the name, the seconds and the peak memory of each part; a plan's memory has no seconds."""
    seconds, peak, said = watched(["experiments.tune", "large", *COMMAND[:4], "--plan"], folder)
    yield "tune --plan", seconds, peak
    yield "memory that the plan says", None, planned_mb(said)
    yield "tune, the whole study", *watched(["experiments.tune", "large", *COMMAND], folder)[:2]
    yield "tune, finished before", *watched(["experiments.tune", "large", *COMMAND], folder)[:2]
    yield "tune --status", *watched(["experiments.tune", "large", "--status"], folder)[:2]
    yield "report", *watched(["experiments.report", "large"], folder)[:2]
    if kind == LONG:
        store = f"sqlite:///{folder / 'mlflow.db'}"
        yield "sync, all trials to MLflow", *watched(["experiments.sync", "large", "--tracking-uri", store], folder)[:2]
    _, _, said = watched(["experiments.benchmark.large_steps", kind], folder)
    for line in said.splitlines():
        step = json.loads(line)
        yield step["what"], step["seconds"], step["peak_mb"]


def watched(module: Sequence[str], folder: Path) -> tuple[float, float, str]:
    """Run a module in a folder, and watch all its processes.

    Returns:
        seconds of processor time of all processes; MB that they hold together at most, where memory that they share
        counts once for each, as in `tune --plan`; and what it prints.

    Raises:
        SearchError: it failed.
    """
    before, peak = _processor_seconds(), 0
    with tempfile.TemporaryFile("w+") as said:
        command = [sys.executable, "-u", "-m", *module]  # -u: what is said last is the reason of a failure
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
        while process.poll() is None:
            peak = max(peak, held_by_children())
            time.sleep(EVERY)
        said.seek(0)
        text = said.read()
    if process.returncode:
        last = text.strip().splitlines()[-1] if text.strip() else "no message"
        raise SearchError(f"{' '.join(module)} ended with exit code {process.returncode}: {last}")
    return _processor_seconds() - before, peak / 1e6, text


def planned_mb(said: str) -> float:
    """Return the memory that a plan says, in MB.

    >>> planned_mb("memory         about 1.8 GB in the command and its workers")
    1800.0
    """
    found = PLANNED.search(said)
    return math.nan if found is None else float(found[1]) * MB[found[2]]


def write_rows(file: Path, rows: int) -> None:
    """Write a table of 28 numbers and 2 categories, whose answer depends on one of each."""
    random = np.random.default_rng(0)
    cities, colours = np.array(["Aachen", "Basel", "Delft", "Oslo"]), np.array(["blue", "red"])
    with file.open("w", encoding="utf-8", newline="") as stream:
        for start in range(0, rows, 10_000):
            count = min(10_000, rows - start)
            table = pd.DataFrame(random.normal(size=(count, COLUMNS - 2))).add_prefix("x")
            table["city"] = cities[random.integers(4, size=count)]
            table["colour"] = colours[random.integers(2, size=count)]
            table["answer"] = np.where(table["x0"] + (table["city"] == "Basel") > 0.3, "yes", "no")
            table.to_csv(stream, header=start == 0, index=False, float_format="%.5g", lineterminator="\n")


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
