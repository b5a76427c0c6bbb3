"""Damaged files of every kind, each given to what reads it in a process of its own, and what must hold of the end."""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from pkgutil import walk_packages
from random import Random

import experiments
import nnet
from experiments.errors import ExperimentError
from experiments.tracking.mlflow_setup import SETTINGS, prepare_mlflow
from support.confined import Ended, confined
from support.damaged_studies import KINDS, WRITES, command_of, copied, files_of
from support.hostile_files import CANARY
from support.mutations import load, specimens

NOTES = ("note: ", "MLflow at ")  # beginnings of lines on standard error beside an error
MOST_MEMORY = 1024.0  # MiB of a file that is read, whatever it says
# modules that are loaded when they are needed, here once before all forks
LATE = (
    "pyarrow.parquet",
    "python_calamine",
    "openpyxl",
    "pandas",
    "mlflow.store.tracking.sqlalchemy_store",
    "PIL.Image",
)


@dataclass(frozen=True)
class Finding:
    """The end of one damaged file.

    number: of the file; `--only` repeats it.
    words:  what read it.
    wrong:  what is wrong with that; empty if nothing is.
    """

    number: int
    kind: str
    words: str
    ended: Ended
    wrong: str


def warm() -> None:
    """Load what the commands load late, so that a fork has it."""
    prepare_mlflow(dict(SETTINGS))
    ours = (
        name
        for package in (experiments, nnet)
        for _, name, _ in walk_packages(package.__path__, f"{package.__name__}.")
    )
    for name in (*(name for name in ours if "benchmark" not in name and not name.endswith("__main__")), *LATE):
        with suppress(ImportError):
            importlib.import_module(name)


def kinds() -> list[str]:
    """Name all kinds of files."""
    return [*specimens(), *KINDS]


def damage_done(seed: int, numbers: Sequence[int], base: Path) -> Iterator[Finding]:
    """Damage a file for each number and read it.

    Args:
        base: folder with the studies of `make_studies`.
    """
    names, whole = kinds(), specimens()
    for number in numbers:
        rng, kind = Random(f"{seed} {number}"), names[number % len(names)]
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place).resolve() / "here"
            (folder.parent / "elsewhere").mkdir()
            if kind in whole:
                folder.mkdir()
                whole[kind].write(folder, rng)
                words, work = "load", partial(_loaded, whole[kind].options(Path()))
                writes: tuple[str, ...] = ()
            else:
                copied(base, folder)
                KINDS[kind].damage(folder, rng)
                words = rng.choice(list(KINDS[kind].commands))
                work, writes = command_of(words), WRITES
            yield judged(number, kind, words, work, folder, writes)


def judged(
    number: int, kind: str, words: str, work: Callable[[], int], folder: Path, writes: tuple[str, ...]
) -> Finding:
    """Do the work in a fork and judge how it ended.

    Args:
        writes: beginnings of the paths that may be written, from the folder on.
    """
    before = files_of(folder.parent)
    ended = confined(work, folder)
    after = files_of(folder.parent)
    changed = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    wrong = [*_complaints(ended), *_traces(sorted(changed), writes)]
    return Finding(number, kind, words, ended, "; ".join(wrong))


def _complaints(ended: Ended) -> Iterator[str]:
    lines = ended.error.splitlines()
    refused = (
        ended.code == 2 and len(lines) >= 1 and lines[-1].startswith("error: ") and len(lines[-1]) > len("error: ")
    )
    notes = lines[:-1] if refused else lines
    if not (ended.code == 0 or refused) or not all(line.startswith(NOTES) for line in notes):
        yield f"exit {ended.code}\n{ended.out[-2000:]}{ended.error[-6000:]}"
    if any(not (letter.isprintable() or letter == "\n") for letter in ended.error):
        yield f"control characters: {ended.error!r}"
    if ended.memory > MOST_MEMORY:
        yield f"{ended.memory:.0f} MiB"


def _traces(changed: Sequence[str], writes: tuple[str, ...]) -> Iterator[str]:
    for name in changed:
        if name.endswith(".part"):
            yield f"{name} is left"
        elif name.endswith(CANARY) or not name.startswith(tuple(f"here/{path}" for path in writes)):
            yield f"{name} was written"


def _loaded(options: Sequence[str]) -> int:
    try:
        load(options)
    except ExperimentError as error:
        print("error:", " ".join(str(error).split()), file=sys.stderr)
        return 2
    return 0
