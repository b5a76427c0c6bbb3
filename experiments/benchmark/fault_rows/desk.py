"""A desk: a working folder of its own with a small real study, in which commands are run, watched and killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import psutil

import experiments
from experiments.benchmark.fault_rows.command import Done, Started
from experiments.benchmark.fault_rows.outcome import Broken, demand
from experiments.benchmark.fault_rows.processes import end_all_in, processes_in, role_of
from experiments.benchmark.fault_rows.studies import MOONS, NAME
from experiments.benchmark.fault_rows.waiting import wait_until
from experiments.search.arithmetic import PORTABLE
from experiments.search.journal_reader import view_journal
from experiments.search.trial import FinishedTrial
from experiments.tracking.experiment import PARENT
from experiments.tracking.mlflow_setup import SETTINGS, make_database, prepare_mlflow

SOURCES = str(Path(experiments.__file__).resolve().parents[1])


class Desk:
    """A working folder with the study file studies/moons.toml.

    Args:
        room:   with all other desks.
        folder: exists.
        text:   of the study file; its study is called NAME.

    Attributes:
        study: the study's folder.
    """

    def __init__(self, room: Room, folder: Path, text: str):
        self.room, self.folder, self.text = room, folder, text
        self.study, self.file = folder / "studies" / NAME, folder / "studies" / f"{NAME}.toml"
        self.file.parent.mkdir(parents=True)
        self.file.write_text(text)

    def another(self, text: str | None = None, database: bool = True) -> Desk:
        """Return an empty desk beside this one, with this study file or another (see `Room.desk`)."""
        return self.room.desk(self.text if text is None else text, database)

    def undisturbed(self) -> dict[str, Any]:
        """Return the results of this desk's study as they are when nothing happens to it."""
        return self.room.undisturbed(self.text)

    @property
    def uri(self) -> str:
        return f"sqlite:///{self.folder}/mlruns/mlflow.db"

    def environment(self, more: Mapping[str, str] | None) -> dict[str, str]:
        """Return the environment of a command at this desk: this program's sources, the desk's own store.

        The arithmetic of this process is left out: a study has a process of its own, as in a plain shell.
        """
        paths = [(more or {}).get("PYTHONPATH"), SOURCES]
        left_out = {"MLFLOW_TRACKING_URI", *PORTABLE}
        kept = {name: value for name, value in os.environ.items() if name not in left_out}
        return {**kept, **(more or {}), "PYTHONPATH": os.pathsep.join(path for path in paths if path)}

    def start(
        self,
        *arguments: str,
        module: str = "experiments.tune",
        more: Mapping[str, str] | None = None,
        terminal: bool = False,
        before: Sequence[str] = (),
    ) -> Started:
        """Start a command in this folder, in a session of its own.

        Args:
            more:     variables of its environment.
            terminal: see `Started`.
            before:   words of a program that runs the command.
        """
        words = [*before, sys.executable, "-m", module, *arguments]
        return Started(words, self.folder, self.environment(more), terminal)

    def run(self, *arguments: str, more: Mapping[str, str] | None = None) -> Done:
        """Run the tune command in this folder to its end."""
        return self.start(*arguments, more=more).done()

    def succeed(self, *arguments: str, module: str = "experiments.tune", more: Mapping[str, str] | None = None) -> Done:
        """Run a command in this folder to its end.

        Raises:
            Broken: it does not succeed.
        """
        return self.start(*arguments, module=module, more=more).succeeded()

    def tuned(self, *arguments: str, more: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Run the study to its end; return its results.

        Raises:
            Broken: the command does not succeed.
        """
        self.succeed(NAME, *arguments, more=more)
        return self.results()

    def results(self, out: str | None = None) -> dict[str, Any]:
        """Return what results.json holds: of this desk's study, or of the one in another folder."""
        folder = self.study if out is None else self.folder / out
        document: dict[str, Any] = json.loads((folder / "results.json").read_bytes())
        return document

    def told(self) -> int:
        """Return the number of trials in the journal by now, which may be in the middle of a line."""
        with suppress(OSError):
            return (self.study / "journal.log").read_bytes().count(b'"op_code":4')
        return 0

    def trials(self) -> tuple[FinishedTrial, ...]:
        journal = self.study / "journal.log"
        return view_journal(journal).trials if journal.exists() else ()

    def entries(self) -> list[dict[str, Any]]:
        ledger = self.folder / "studies" / "ledger.jsonl"
        return [json.loads(line) for line in ledger.read_bytes().splitlines()] if ledger.exists() else []

    def statuses(self) -> list[str]:
        """Return the status that MLflow shows of each run of a study here."""
        client = prepare_mlflow(os.environ).MlflowClient(self.uri)
        experiment = client.get_experiment_by_name(NAME)
        runs = [] if experiment is None else client.search_runs([experiment.experiment_id])
        return [run.info.status for run in runs if PARENT not in run.data.tags]

    def processes(self, role: str = "") -> list[psutil.Process]:
        """Return the processes that work in this folder, or those with one part in a study (see ROLES)."""
        return processes_in(self.folder, role)

    def wait_for_trials(self, count: int, command: Started) -> None:
        """Wait until the journal has so many trials, or the command has ended."""
        wait_until(lambda: self.told() >= count or not command.runs, f"trial {count} of the study")

    def wait_for_no_process(self) -> None:
        """Wait until nothing works here any more: a writer to MLflow may go on for a minute.

        Raises:
            Broken: something stays.
        """
        with suppress(Broken):
            wait_until(lambda: not self.processes(), "the end of all processes", 90.0)
        left = [f"{role_of(one)} {one.pid}" for one in self.processes()]
        demand(not left, f"processes stay behind: {', '.join(left)}")


class Room:
    """The desks of all rows, in one folder, and what they share.

    Args:
        folder: exists.
    """

    def __init__(self, folder: Path):
        self.folder = folder.resolve()
        self._numbers = count(1)
        self._undisturbed: dict[str, dict[str, Any]] = {}
        self._lives: dict[str, float] = {}

    def desk(self, text: str = MOONS, database: bool = True) -> Desk:
        """Return an empty desk with a study file, and with MLflow's database, whose making takes seconds.

        Args:
            database: False leaves the making of the database to the first command.
        """
        folder = self.folder / f"desk-{next(self._numbers)}"
        (folder / "mlruns").mkdir(parents=True)
        if database:
            shutil.copy(self._database(), folder / "mlruns" / "mlflow.db")
        return Desk(self, folder, text)

    def undisturbed(self, text: str) -> dict[str, Any]:
        """Return the results of a study to which nothing happens, computed once, by one worker and without MLflow."""
        if text not in self._undisturbed:
            self._undisturbed[text] = self.desk(text).tuned("--workers", "1", "--tracking-uri", "none")
        return self._undisturbed[text]

    def life(self, text: str) -> float:
        """Return the seconds from the start of a study's command to the end of its last process, timed once."""
        if text not in self._lives:
            desk, start = self.desk(text), time.monotonic()
            desk.tuned("--workers", "2")
            desk.wait_for_no_process()
            self._lives[text] = time.monotonic() - start
        return self._lives[text]

    def _database(self) -> Path:
        path = self.folder / "mlflow.db"
        if not path.exists():
            prepare_mlflow(dict(SETTINGS))
            make_database(path)
        return path


@contextmanager
def opened_room() -> Iterator[Room]:
    """Give a room; at the end everything that still runs in it is killed, and it is removed.

    A command that was started in the background ignores Ctrl-C, and so would all that it starts; here they do not.
    """
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as place:
        room = Room(Path(place))
        try:
            yield room
        finally:
            end_all_in(room.folder)
