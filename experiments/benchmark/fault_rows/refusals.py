"""Commands that must be refused in one line and leave nothing behind, and commands that must not be."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.benchmark.fault_rows.command import Done
from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.outcome import demand

REFUSED = 2
LONGEST_LINE = 2000  # characters
SMALL = ("--trials", "2", "--set", "training.epochs=2", "--workers", "1", "--tracking-uri", "none")
UNIT = 1024 * 1024 if sys.platform == "darwin" else 1024  # of ru_maxrss, in a MiB
# runs a command, and writes the largest memory of a process among it and those that it waited for, in MiB, to a file
MEASURE = f"""\
import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / {UNIT}))
sys.exit(code)
"""
NOISE = ("Traceback", "Warning:", 'File "')


def refused(desk: Desk, words: str, *arguments: str) -> str:
    """Run a command that must end with exit code 2 and one line, and change no file; return the line.

    Args:
        words: regular expression that the line must hold.

    Raises:
        Broken: it ends or behaves in another way.
    """
    before = contents(desk.folder)
    line = check_refusal(desk.run(*arguments), words)
    check_unchanged(desk, before)
    return line


def refused_within(
    desk: Desk, words: str, most: float, *arguments: str, module: str = "experiments.tune"
) -> tuple[str, float]:
    """Run a command that must be `refused`, and take less than so many MiB of memory; return the line and the MiB.

    Raises:
        Broken: it ends or behaves in another way, or takes more.
    """
    before = contents(desk.folder)
    done, peak = run_measured(desk, *arguments, module=module)
    line = check_refusal(done, words)
    check_unchanged(desk, before)
    demand(peak < most, f"the refusal took {peak:.0f} MiB instead of less than {most:.0f}: {line}")
    return line, peak


def run_measured(desk: Desk, *arguments: str, module: str = "experiments.tune") -> tuple[Done, float]:
    """Run a command; return how it ended, and its memory in MiB."""
    file = desk.folder.with_suffix(".peak")
    done = desk.start(*arguments, module=module, before=(sys.executable, "-c", MEASURE, str(file))).done()
    return done, float(file.read_text())


def check_refusal(done: Done, words: str) -> str:
    """Check that a command was refused with these words; return the line.

    Raises:
        Broken: it was not.
    """
    demand(done.code == REFUSED, f"the command ended with exit code {done.code} instead of 2: {done.ending}")
    one_line = done.error.startswith("error: ") and done.error.count("\n") == 1 and done.error.endswith("\n")
    demand(one_line, f"the refusal is not one line: {done.ending}")
    line = done.error.strip()
    demand(len(line) <= LONGEST_LINE and line.isprintable(), f"the refusal cannot be read: {len(line)} characters")
    demand(re.search(words, line), f"the refusal does not say {words!r}: {line}")
    return line


def accepted(desk: Desk, *arguments: str, out: str | None = None, noise: tuple[str, ...] = NOISE) -> dict[str, Any]:
    """Run a study that must succeed without a complaint; return its results.

    Args:
        out:   the study's folder; None: that of the desk's own study.
        noise: texts that it must not print.

    Raises:
        Broken: it fails, or says something of which a user would be afraid.
    """
    done = desk.succeed(*arguments, *(() if out is None else ("--out", out)))
    said = [word for word in noise if word in done.out + done.error]
    demand(not said, f"the command says {said[:1]}: {done.ending}")
    return desk.results(out)


def contents(folder: Path) -> dict[str, bytes]:
    """Return the content of every file of a folder but locks and MLflow's database, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".lock" not in path.name and "mlruns" not in path.relative_to(folder).parts
    }


def check_unchanged(desk: Desk, before: Mapping[str, bytes]) -> None:
    """Check that a desk holds the files of before, and no other.

    Raises:
        Broken: a file was changed, made or removed.
    """
    now = contents(desk.folder)
    changed = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
    demand(not changed, f"the command changed files: {', '.join(changed[:5])}")
