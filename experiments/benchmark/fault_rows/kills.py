"""Kills over the whole life of a study: at random moments, and within the stages that are too short for chance.

Each is a study of its own: one process is killed, the same command is run again, and the study must be intact. Samplers
have no process of their own; they compute in the study's.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import psutil

from experiments.benchmark.fault_rows.command import Started
from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.injected import instead_of
from experiments.benchmark.fault_rows.intact import check_intact
from experiments.benchmark.fault_rows.outcome import NotMade, demand
from experiments.benchmark.fault_rows.processes import role_of
from experiments.benchmark.fault_rows.row import Row
from experiments.benchmark.fault_rows.studies import LONGER, NAME
from experiments.benchmark.fault_rows.waiting import wait_until

STUDY = LONGER.replace("epochs = 150", "epochs = 80")
ROLES = ("command", "study", "worker", "writer to MLflow")
MARK = "open({mark!r}, 'w').close()\n"
PAUSED = "import time\n" + MARK + "time.sleep(0.7)\nreturn function(*a, **k)"
AFTERWARDS = "import time\nfunction(*a, **k)\n" + MARK + "time.sleep(0.7)"


@dataclass(frozen=True)
class Stage:
    """A part of a study's life.

    kills:  number of kills in it.
    roles:  the processes that are killed in turn.
    delay:  longest time between its begin and a kill, in seconds.
    where:  function that marks its begin; empty if it shows otherwise.
    body:   what the function becomes: it makes a file that marks the begin, and may take longer than it would.
    """

    kills: int
    roles: tuple[str, ...]
    delay: float
    where: str = ""
    body: str = AFTERWARDS


STAGES = {
    "at a random moment": Stage(20, ROLES, 0.0),  # within the whole life
    "start": Stage(3, ("command", "study"), 1.2),
    "first compile": Stage(4, ("compiler", "study", "command"), 1.5),
    "search": Stage(6, ("worker", "study", "command"), 0.5),
    "refit": Stage(4, ("study", "worker", "command"), 0.6, "experiments.study.running.run:analyse", PAUSED),
    "between reservation and completion of the look": Stage(
        4, ("study", "command"), 0.6, "experiments.evaluation.scoring.ledger:Ledger.reserve"
    ),
    "report": Stage(4, ("study", "command"), 0.6, "experiments.study.folders.finished_files:write_report", PAUSED),
    "writer after the command's end": Stage(5, ("writer to MLflow",), 1.0),
}
HOME = "experiments.search.compiled.place:home"


def killed(desk: Desk, name: str, role: str, seed: int) -> Iterator[str]:
    """Kill one process of a study in a stage, and run the same command again.

    Args:
        name: of the stage.
        role: of the process.
        seed: of the moment.
    """
    stage, chance = STAGES[name], random.Random(seed)  # noqa: S311
    one = desk.another(STUDY)
    mark, more, after_end = one.folder / "mark", {}, name.startswith("writer")
    if stage.where:
        more = instead_of(one.folder / "injected", stage.where, stage.body.format(mark=str(mark)))
    if name == "first compile":
        (one.folder / "home").mkdir()
        home = f"from pathlib import Path\nreturn Path({str(one.folder / 'home')!r})"
        more = instead_of(one.folder / "injected", HOME, home)
    if not stage.delay:
        desk.room.life(STUDY)  # timed before the command starts
    quiet = ("--quiet",) if after_end else ()
    start = time.monotonic()
    command = one.start(NAME, "--workers", "2", *quiet, more=more, terminal=after_end)
    begun: dict[str, Callable[[], object]] = {
        "first compile": lambda: family(command, "compiler"),
        "search": lambda: one.told() >= at,
        "writer after the command's end": lambda: not command.runs,
    }
    at = chance.randint(1, 12)
    if stage.where:
        wait_until(lambda: mark.exists() or not command.runs, name)
    elif name in begun:
        wait_until(lambda: begun[name]() or not command.runs, name)
    time.sleep(chance.uniform(0.0, stage.delay or desk.room.life(STUDY)))
    fell = fall(one, command, role)
    seconds, told = time.monotonic() - start, one.told()
    look = "+".join(entry["kind"] for entry in one.entries()) or "not begun"
    done = command.done()
    if fell not in ("command", "study"):
        demand(done.code == 0, f"the death of the {fell} ended the command with exit code {done.code}: {done.error}")
    yield f"{fell} killed {seconds:.1f} s after the start: {told} of 14 trials told, look {look}"
    before = one.trials()
    one.tuned("--workers", "2", more=more if name == "first compile" else None)
    yield from check_intact(one, before)


def fall(desk: Desk, command: Started, role: str) -> str:
    """Kill a process of this part, or another that lives; return the part.

    Raises:
        NotMade: nothing lives any more.
    """
    for wanted in (role, "study", "command", "writer to MLflow"):
        for process in [*desk.processes(wanted), *family(command, wanted)]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
                return wanted
    raise NotMade("nothing of the study was alive any more")


def family(command: Started, role: str) -> list[psutil.Process]:
    """Return the descendants of a command that have a part in the study."""
    found = []
    with suppress(psutil.NoSuchProcess):
        for process in psutil.Process(command.process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if role_of(process) == role:
                    found.append(process)
    return found


def _rows() -> Iterator[Row]:
    number = 0
    for name, stage in STAGES.items():
        for kill in range(stage.kills):
            number, role = number + 1, stage.roles[kill % len(stage.roles)]
            check = partial(killed, name=name, role=role, seed=number)
            yield Row(f"kill {number}", f"{name}: {role} killed", "the same command again; intact", check)


ROWS = tuple(_rows())
