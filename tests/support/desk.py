"""The command from the outside: a folder of its own, a study of seconds, and the answers that the command gave."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from experiments import predict, tune
from experiments.benchmark.fault_rows.studies import MOONS
from experiments.config.study_file import read_spec
from experiments.data.table import Table
from experiments.evaluation.records.results import StudyResult
from experiments.evaluation.scoring.ledger_place import LEDGER
from experiments.search.loop import NONE
from experiments.search.trial import InterventionKind
from experiments.study.command.console import study_console
from experiments.study.running.options import Options
from experiments.study.running.run import run_study
from experiments.tracking.mlflow_setup import SETTINGS, prepare_mlflow
from experiments.tracking.tracker import OFF
from experiments.tracking.writer_state import read_state
from support.made_once import made_once
from support.waiting import PATIENCE

STUDY = MOONS
PYTHON = [sys.executable, "-W", "error", "-m", "experiments.tune"]
# what a command says at its end when the machine is too busy for the writer to MLflow
LATE = re.compile(
    r"MLflow at \S+ is missing [^\n]* \(not written in time\); "
    r"python -m experiments\.sync [^\n]* sends it\n"
)


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    error: str

    @property
    def complaints(self) -> str:
        """Standard error without the line that depends on the speed of the machine; `Desk.sync` is the way on."""
        return LATE.sub("", self.error)


class CommandRunner:
    """A working folder with a study file, in which commands are run."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.study = folder / "studies" / "moons"

    def take(self, name: str, make: Callable[[CommandRunner], object]) -> None:
        """Copy a desk of this name, on which `make` works once a test run."""
        made = made_once(name, lambda folder: make(desk_in(folder)))
        shutil.copytree(made, self.folder, dirs_exist_ok=True)

    def studied(
        self,
        out: str,
        *overrides: str,
        interventions: Mapping[int, InterventionKind] = NONE,
        table: Table | None = None,
        **chosen: Any,
    ) -> StudyResult:
        """The study with overrides, or of another table, run in this process and unknown to MLflow."""
        spec = read_spec(self.folder / "studies" / "moons.toml", overrides)
        chosen = {"ledger": LEDGER, "workers": 1} | chosen
        options = Options(self.folder / out, tracking_uri=OFF, **chosen)
        with chdir(self.folder):
            return run_study(spec, options, study_console(quiet=True), interventions, table).result

    def command(self, *arguments: str) -> list[str]:
        workers = [] if "--workers" in arguments else ["--workers", "1"]  # the second would only take longer to start
        return [*PYTHON, *arguments, *workers]

    def tune(self, *arguments: str) -> Done:
        """Run the command in this process, which has imported what it needs: three seconds less than its own takes."""
        if "ray" in arguments:  # it leaves threads and processes behind
            return self.tune_alone(*arguments)
        return self._here(tune.main, self.command(*arguments)[len(PYTHON) :])

    def predict(self, *arguments: str) -> Done:
        """Run that command in this process."""
        return self._here(predict.main, arguments)

    def _here(self, main: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> Done:
        out, error, options = StringIO(), StringIO(), list(sys.warnoptions)
        with chdir(self.folder), redirect_stdout(out), redirect_stderr(error):
            try:
                code = main(arguments)
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
            finally:
                sys.warnoptions[:] = options
        return Done(code, out.getvalue(), error.getvalue())

    def tune_alone(self, *arguments: str) -> Done:
        """Run the command in a process of its own, whose whole output is that of a terminal."""
        return self._run(self.command(*arguments))

    def tuned(self, *arguments: str) -> dict[str, Any]:
        """The results of a command that succeeds and complains of nothing."""
        done = self.tune(*arguments)
        assert (done.code, done.complaints) == (0, ""), done
        out = next((Path(arguments[at + 1]) for at, one in enumerate(arguments) if one == "--out"), self.study)
        return self.results(out)

    def results(self, folder: Path | None = None) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.folder / (folder or self.study) / "results.json").read_text())
        return document

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run_until(self, where: str, *arguments: str) -> Done:
        """Run the command in a process that kills itself after a function, named as module:Class.function."""
        program = (
            "import importlib, os, signal, sys\n"
            "module, _, path = sys.argv[1].partition(':')\n"
            "*owners, name = path.split('.')\n"
            "owner = importlib.import_module(module)\n"
            "for one in owners: owner = getattr(owner, one)\n"
            "function = getattr(owner, name)\n"
            "def last(*a, **k):\n"
            "    function(*a, **k)\n"
            "    os.kill(os.getpid(), signal.SIGKILL)\n"
            "setattr(owner, name, last)\n"
            "from experiments.tune import main\n"
            "main(sys.argv[2:])\n"
        )
        return self._run([sys.executable, "-c", program, where, *arguments])

    def told(self, folder: Path | None = None) -> int:
        """Trials in the journal by now."""
        journal = (folder or self.study) / "journal.log"
        return journal.read_bytes().count(b'"op_code":4') if journal.exists() else 0

    def contents(self) -> dict[str, bytes]:
        """Every file but locks, by its path from here."""
        files = {str(path.relative_to(self.folder)): path for path in self.folder.rglob("*")}
        return {name: path.read_bytes() for name, path in files.items() if path.is_file() and ".lock" not in name}

    def files(self) -> set[str]:
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*")}

    @property
    def store(self) -> str:
        """The address of MLflow's store in this folder."""
        return f"sqlite:///{self.folder}/mlruns/mlflow.db"

    def sync(self) -> None:
        """Bring that store up to date where the study's own writer got too little of the processor."""
        state = read_state(self.study)
        if state is not None and state.complete:
            return
        words = [sys.executable, "-m", "experiments.sync", str(self.study), "--tracking-uri", self.store]
        done = self._run(words)
        assert (done.code, done.error) == (0, ""), done

    def client(self) -> Any:
        """MLflow's, on the store of this folder."""
        return prepare_mlflow(dict(SETTINGS)).MlflowClient(self.store)

    def runs(self) -> Sequence[Any]:
        client = self.client()
        experiment = client.get_experiment_by_name("moons")
        return [] if experiment is None else list(client.search_runs([experiment.experiment_id], max_results=1000))

    def workers(self) -> list[int]:
        """Processes of a command's that work in this folder."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes()
                if (process / "cwd").readlink() == self.folder and b"popen_loky" in words:
                    found.append(int(process.name))
            except OSError:
                continue
        return found

    def _run(self, command: Sequence[str]) -> Done:
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
        return Done(done.returncode, done.stdout, done.stderr)


def desk_in(folder: Path, database: Path | None = None, text: str = STUDY) -> CommandRunner:
    """Make a working folder with the study file studies/moons.toml, and a copy of MLflow's database if one is given."""
    (folder / "studies").mkdir(parents=True)
    (folder / "studies" / "moons.toml").write_text(text)
    if database is not None:
        (folder / "mlruns").mkdir()
        shutil.copy(database, folder / "mlruns" / "mlflow.db")
    return CommandRunner(folder)


def kill(process: subprocess.Popen[str], how: signal.Signals = signal.SIGKILL) -> Done:
    """Kill a command's own process, not its workers, and wait for it."""
    process.send_signal(how)
    out, error = process.communicate(timeout=PATIENCE)
    return Done(process.returncode, out, error)
