"""Rows about what surrounds a study: a second command, a clock that jumps, and the number of workers."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec

from experiments.benchmark.fault_rows.clock import PERIOD, jumping_clock
from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.intact import check_digest, check_intact, check_look
from experiments.benchmark.fault_rows.outcome import NotMade, demand
from experiments.benchmark.fault_rows.refusals import check_refusal
from experiments.benchmark.fault_rows.studies import LONGER, MANY, NAME

NOW = "import time, datetime; print(time.time(), datetime.datetime.now().timestamp())"


def two_commands(desk: Desk) -> Iterator[str]:
    """Start a second command while the first one runs, and a third when it was killed."""
    one = desk.another(MANY)  # the first command outlives three others
    command = one.start(NAME, "--workers", "1")
    one.wait_for_trials(1, command)
    for words in ((), ("--fresh",), ("--no-test",)):
        second = one.run(NAME, *words)
        demand(command.runs, "the first command ended before the second was refused")
        check_refusal(second, "another command is running this study")
        yield f"a second command{' with ' * bool(words)}{' '.join(words)}: exit code 2, one line"
    command.kill()
    before = one.trials()
    one.tuned("--workers", "1")
    yield "the first killed, the next one goes on"
    yield from check_intact(one, before)


def jumping(desk: Desk) -> Iterator[str]:
    """Run a study while the time of day jumps; kill it in the middle, and resume it."""
    fault = jumping_clock(desk.folder / "clock")
    more = desk.environment(fault)
    seen: set[int] = set()
    start = time.monotonic()
    while not seen >= {1, -1} and time.monotonic() < start + 10.0:
        seen |= {round((float(word) - time.time()) / 3600) for word in _read(more)}
    if not seen >= {1, -1}:
        raise NotMade(f"the clock does not jump here: it is ahead by {sorted(seen)} hours")
    yield f"time of day (Python, NumPy, SQLite, MLflow) an hour ahead, an hour behind, right, every {PERIOD} ms"
    longer = desk.another(LONGER)
    command = longer.start(NAME, "--workers", "2", more=fault)
    longer.wait_for_trials(4, command)
    command.kill()
    before = longer.trials()
    longer.tuned("--workers", "2", more=fault)
    yield f"killed after {len(before)} trials, and resumed"
    yield from check_intact(longer, before)


def _read(environment: dict[str, str]) -> list[str]:
    done = subprocess.run([sys.executable, "-c", NOW], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.split()


def numbers_of_workers(desk: Desk) -> Iterator[str]:
    """Run the study with 1, 2 and 4 local workers, and on Ray."""
    ways: list[tuple[str, ...]] = [("--workers", "1"), ("--workers", "2"), ("--workers", "4")]
    if ray := find_spec("ray") is not None:
        ways.append(("--workers", "2", "--executor", "ray"))
    for words in ways:
        one = desk.another()
        one.tuned(*words, "--tracking-uri", "none")
        yield f"{' '.join(words)}: {check_digest(one)}, {check_look(one)}"
    if not ray:
        raise NotMade("the extra `ray` is not installed")
