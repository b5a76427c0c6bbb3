"""Rows about an MLflow in trouble."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from experiments.benchmark.fault_rows.command import Done
from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.gate import FlakyServer, Mode
from experiments.benchmark.fault_rows.intact import check_intact
from experiments.benchmark.fault_rows.mlflow_server import MLflowServer
from experiments.benchmark.fault_rows.outcome import demand
from experiments.benchmark.fault_rows.studies import LONGER, NAME

TROUBLES: tuple[Mode, ...] = ("away", "silent", "answers 500", "answers half a JSON")
WARNING = "does not accept data"
LOCKED = 30.0  # seconds that another program has the database for itself
SHARE, SECONDS = 0.25, 2.0  # by which a search may be longer on a busy machine, the larger of both


def server_in_trouble(desk: Desk) -> Iterator[str]:
    """Run a study while its MLflow server is in each kind of trouble, and send the rest when it is not."""
    shutil.copytree(desk.folder / "mlruns", place := desk.folder / "server")
    calm, _ = timed(desk.another(LONGER))
    with MLflowServer(place, niceness=19) as server:
        for trouble in TROUBLES:
            one = desk.another(LONGER)
            with FlakyServer(server.port, trouble) as gate:
                seconds, done = timed(one, "--tracking-uri", gate.uri)
                check_calm(done, seconds, calm, trouble)
                gate.set("open")
                checked = list(check_intact(one, one.trials(), gate.uri))
            yield f"{trouble}: {seconds:.1f} s until the last trial (undisturbed {calm:.1f}), one warning, then intact"
        killed: list[int] = []
        one = desk.another(LONGER)

        def kill(told: int) -> None:
            if told >= 5 and not killed:
                server.kill()
                killed.append(told)

        seconds, done = timed(one, "--tracking-uri", server.uri, meanwhile=kill)
        check_calm(done, seconds, calm, "dying in the middle")
        server.start()
        server.wait()
        checked = list(check_intact(one, one.trials(), server.uri))
        yield f"killed after {killed[0]} trials: {seconds:.1f} s until the last trial, then intact"
    yield f"intact: {', '.join(checked)}"


def check_calm(done: Done, seconds: float, calm: float, trouble: str) -> None:
    """Check a study beside an MLflow in trouble: it succeeds, in the usual time, with one warning at most."""
    said = done.out + done.error
    demand(done.code == 0, f"{trouble}: exit code {done.code}: {done.error}")
    demand(said.count(WARNING) <= 1, f"{trouble}: {said.count(WARNING)} warnings")
    demand(said.count(WARNING) + said.count("is missing") > 0, f"{trouble}: no word about it")
    demand("Traceback" not in said, f"{trouble}: a traceback")
    demand(seconds <= calm + max(SHARE * calm, SECONDS), f"{trouble}: {seconds:.1f} s instead of {calm:.1f} s")


def timed(desk: Desk, *arguments: str, meanwhile: Callable[[int], object] = lambda _: None) -> tuple[float, Done]:
    """Run a study; return the seconds from its first trial to its last one, and how it ended.

    Args:
        meanwhile: called again and again with the number of trials that were told.
    """
    command = desk.start(NAME, "--workers", "1", *arguments)
    desk.wait_for_trials(1, command)
    start, last, told = time.monotonic(), 0.0, 1
    while command.runs:
        if desk.told() > told:
            told, last = desk.told(), time.monotonic() - start
        meanwhile(told)
        time.sleep(0.02)
    return last, command.done()


def locked_database(desk: Desk) -> Iterator[str]:
    """Run a study while another program has MLflow's database for itself."""
    with locked(desk.folder / "mlruns" / "mlflow.db", LOCKED):
        done = desk.succeed(NAME, "--workers", "1")
    said = done.out + done.error
    demand(said.count(WARNING) <= 1, f"{said.count(WARNING)} warnings")
    yield f"locked for {LOCKED:.0f} s from the start: exit code 0, {said.count(WARNING)} warnings"
    yield from check_intact(desk, desk.trials())


@contextmanager
def locked(database: Path, seconds: float) -> Iterator[None]:
    """Have a database for itself for so many seconds; the block ends no earlier."""
    connection = sqlite3.connect(database, check_same_thread=False)
    connection.execute("BEGIN EXCLUSIVE")
    holder = threading.Timer(seconds, connection.close)
    holder.start()
    try:
        yield
    finally:
        holder.join()
