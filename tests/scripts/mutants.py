"""Put known faults into the code, one at a time, and count those that the room's tests notice.

    python tests/scripts/mutants.py [--only N ...]

tests/scripts/mutants.txt lists the mutants as path, source line (-) and mutated line (+), drawn by
tests/scripts/draw_mutants.py. A line is searched for in its file, then in the whole package. Each mutant is written
into a temporary copy of the checkout. There the tests of the room's mirror folder run until the first failure: those
not marked slow, then, if the mutant survived, the slow ones. A few mutants compute the same as the code and cannot be
killed. The exit code is 1 if a line of the table was not found.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = Path(__file__).with_name("mutants.txt")
TIMEOUT = 1200.0  # seconds for the tests of a room; a mutant that never ends is killed
PASSED, NO_TESTS = 0, 5  # exit codes of pytest
NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "build", "mlruns")


@dataclass(frozen=True)
class Mutant:
    """A source line and the line that replaces it, both without indentation."""

    path: Path
    line: str
    mutated: str

    def write(self, root: Path) -> Path | None:
        """Replace the line below the root, and return the path of its file, or None if no file has the line."""
        for path in [self.path, *sorted(p.relative_to(root) for p in (root / self.path.parts[0]).rglob("*.py"))]:
            lines = (root / path).read_text().splitlines(keepends=True) if (root / path).exists() else []
            for number, line in enumerate(lines):
                if line.strip() == self.line:
                    lines[number] = line.replace(self.line, self.mutated)
                    (root / path).write_text("".join(lines))
                    return path
        return None


def read_table() -> list[Mutant]:
    """Read the table of mutants."""
    mutants = []
    for entry in TABLE.read_text().strip().split("\n\n"):
        path, line, mutated = entry.split("\n")
        mutants.append(Mutant(Path(path), line.removeprefix("- "), mutated.removeprefix("+ ")))
    return mutants


def room_of(path: Path) -> Path:
    """Return the room of a file: nnet, or a folder of experiments."""
    return Path(*path.parts[: 1 if path.parts[0] == "nnet" else 2])


def passes(root: Path, room: Path) -> bool:
    """Return whether all tests of a room pass in a copy of the checkout."""
    return all(_exit_code(root, room, marked) in (PASSED, NO_TESTS) for marked in ("not slow", "slow"))


def _exit_code(root: Path, room: Path, marked: str) -> int | None:
    """Run the marked tests of a room, and return pytest's exit code, or None after the timeout."""
    command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "-m", marked, f"tests/{room}"]
    process = subprocess.Popen(
        command,
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # so that workers can be ended with their test
    )
    try:
        return process.wait(TIMEOUT)
    except subprocess.TimeoutExpired:
        return None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def outcome(mutant: Mutant | None, room: Path) -> str:
    """Return "killed", "survived" or "line not found"; without a mutant, the code is tested as it is."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "checkout"
        shutil.copytree(ROOT, root, ignore=NOT_COPIED)
        if mutant is not None:
            path = mutant.write(root)
            if path is None:
                return "line not found"
            room = room_of(path)
        return "survived" if passes(root, room) else "killed"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=int, nargs="+", metavar="N", help="numbers of the mutants, counted from 1")
    mutants = dict(enumerate(read_table(), start=1))
    chosen = parser.parse_args().only or list(mutants)
    for room in sorted({room_of(mutants[number].path) for number in chosen}):
        if outcome(None, room) != "survived":
            sys.exit(f"tests/{room} must pass before mutants are tried, but they fail without one.")
    totals: Counter[tuple[str, str]] = Counter()
    for number in chosen:
        mutant, start = mutants[number], time.monotonic()
        answer = outcome(mutant, room_of(mutant.path))
        totals[str(room_of(mutant.path)), answer] += 1
        print(f"{number:3} {answer:14} {time.monotonic() - start:5.0f} s  {mutant.path}", flush=True)
        print(f"      - {mutant.line}\n      + {mutant.mutated}", flush=True)
    for (room_name, answer), count in sorted(totals.items()):
        print(f"{room_name:24} {answer:14} {count:3}")
    return 1 if any(answer == "line not found" for _, answer in totals) else 0


if __name__ == "__main__":
    sys.exit(main())
