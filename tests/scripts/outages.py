"""Studies while MLflow is in trouble, held against one that nothing happens to: time, warnings, and what arrives.

A script, not a test of every day: python tests/scripts/outages.py [--study FILE] [--repeats 3] [--only NAME ...].
It ends with exit code 1 when a command takes more than 5% and 2 s longer than the slowest undisturbed one, it warns
twice or says nothing, or MLflow lacks anything after it was replayed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))  # before tests, which has a folder `experiments` too

from experiments.benchmark.fault_rows.gate import TROUBLES, FlakyServer, Mode
from experiments.benchmark.fault_rows.mlflow_runs import lacking
from experiments.benchmark.fault_rows.mlflow_server import MLflowServer
from experiments.search.journal_reader import view_journal
from experiments.tracking.mlflow_setup import make_database, prepare_mlflow
from support.waiting import wait_until

DIGITS = Path(__file__).parents[2] / "studies" / "digits.toml"
LOCKED = 30.0  # seconds that another program has the database for itself
WARNING = "does not accept data"
Meanwhile = Callable[[subprocess.Popen[str]], None]
SHARE, SECONDS = 0.05, 2.0


@dataclass(frozen=True)
class Ran:
    """How one command went.

    seconds: of the whole command.
    end:     of them, those that it waited at its end for MLflow, as it does without a terminal.
    """

    code: int
    seconds: float
    end: float
    warnings: int
    said: str


def tuned(study: Path, folder: Path, uri: str | None, meanwhile: Meanwhile = lambda _: None) -> Ran:
    """Run a study in a folder of its own; `meanwhile` is called with it again and again while it runs."""
    option = [] if uri is None else ["--tracking-uri", uri]
    command = [sys.executable, "-m", "experiments.tune", str(study), "--out", str(folder / "study"), "--profile"]
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen([*command, *option], cwd=folder, stdout=said, stderr=subprocess.STDOUT)
        try:
            wait_until(lambda: meanwhile(process) or process.poll() is not None)
        finally:
            process.kill()
        seconds = time.perf_counter() - start
        said.seek(0)
        text = said.read()
    left = re.search(r"left to tell MLflow +([0-9.]+) s", text)
    end = 0.0 if left is None else float(left[1])
    return Ran(process.returncode, seconds, end, text.count(WARNING), text)


def replayed(study: Path, folder: Path, uri: str) -> Ran:
    """Send what is missing: by the command for it, where there is one, else by the study's own again."""
    if find_spec("experiments.sync") is None:
        return tuned(study, folder, uri)
    words = [sys.executable, "-m", "experiments.sync", str(folder / "study"), "--tracking-uri", uri]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    return Ran(done.returncode, 0.0, 0.0, 0, done.stdout + done.stderr)


def results(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "study" / "results.json").read_text())
    return document


def told(folder: Path) -> int:
    """Trials in the journal by now."""
    journal = folder / "study" / "journal.log"
    return journal.read_bytes().count(b'"op_code":4') if journal.exists() else 0


def uid_of(folder: Path) -> str:
    identity = view_journal(next(folder.rglob("journal.log"))).identity
    assert identity is not None
    return str(identity["uid"])


@contextmanager
def locked(database: Path, seconds: float) -> Iterator[Callable[[], None]]:
    """Another program has the database for itself, for so long or until what comes out is called."""
    over = threading.Event()
    connection = sqlite3.connect(database, check_same_thread=False)
    connection.execute("BEGIN EXCLUSIVE")

    def hold() -> None:
        over.wait(seconds)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        yield over.set
    finally:
        over.set()
        holder.join()


def in_trouble(study: Path, folder: Path, server: MLflowServer, trouble: Mode) -> tuple[Ran, Ran, list[str]]:
    """A study whose server is in trouble from the start, and again when it is not."""
    with FlakyServer(server.port, trouble) as gate:
        first = tuned(study, folder, gate.uri)
        gate.set("open")
        again = replayed(study, folder, gate.uri)
        return first, again, lacking(gate.uri, uid_of(folder), results(folder))


def killed(study: Path, folder: Path, server: MLflowServer, trials: int, back: bool) -> tuple[Ran, Ran, list[str]]:
    """A study whose server is killed when a third of the trials are told, and is back at two thirds or at the end."""
    moments = [trials // 3] + ([2 * trials // 3] if back else [])

    def meanwhile(_: object) -> None:
        if moments and told(folder) >= moments[0]:
            server.kill() if moments.pop(0) == trials // 3 else server.start()

    first = tuned(study, folder, server.uri, meanwhile)
    if not back:
        server.start()
    server.wait()
    again = tuned(study, folder, server.uri)
    return first, again, lacking(server.uri, uid_of(folder), results(folder))


def behind_a_lock(study: Path, folder: Path, database: Path, seconds: float) -> tuple[Ran, Ran, list[str]]:
    """A study whose local database another program has for itself."""
    (folder / "mlruns").mkdir()
    shutil.copy(database, folder / "mlruns" / "mlflow.db")
    with locked(folder / "mlruns" / "mlflow.db", seconds):
        first = tuned(study, folder, None)
    again = tuned(study, folder, None)
    uri = f"sqlite:///{folder}/mlruns/mlflow.db"
    return first, again, lacking(uri, uid_of(folder), results(folder))


def main() -> int:
    it = argparse.ArgumentParser(description=__doc__)
    it.add_argument("--study", type=Path, default=DIGITS)
    it.add_argument("--repeats", type=int, default=3, help="undisturbed studies")
    names = [*TROUBLES, "killed", "killed and back", "locked"]
    it.add_argument("--only", nargs="+", default=names, choices=names)
    chosen = it.parse_args()
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    study, right = chosen.study.absolute(), True
    with tempfile.TemporaryDirectory() as place:
        root = Path(place).resolve()
        prepare_mlflow(os.environ)
        make_database(root / "mlflow.db", root / "artifacts")
        calm = []
        for number in range(chosen.repeats):
            folder = root / f"undisturbed-{number}"
            (folder / "mlruns").mkdir(parents=True)
            shutil.copy(root / "mlflow.db", folder / "mlruns" / "mlflow.db")
            calm.append(tuned(study, folder, None))
            print(f"undisturbed: {calm[-1].seconds:.1f} s, {calm[-1].end:.1f} s of them at the end", flush=True)
        trials = len(results(root / "undisturbed-0")["trials"])
        slowest = max(one.seconds for one in calm)
        most = slowest + max(SHARE * slowest, SECONDS)
        for name in chosen.only:
            folder = root / re.sub(r"\W+", "-", name)
            folder.mkdir()
            (folder / "server").mkdir()
            shutil.copy(root / "mlflow.db", folder / "server" / "mlflow.db")
            if name == "locked":
                first, again, missing = behind_a_lock(study, folder, root / "mlflow.db", LOCKED)
            else:
                with MLflowServer(folder / "server", niceness=19) as server:
                    if name.startswith("killed"):
                        first, again, missing = killed(study, folder, server, trials, "back" in name)
                    else:
                        first, again, missing = in_trouble(study, folder, server, name)
            faults = [f"exit code {one.code}: {one.said[-300:]}" for one in (first, again) if one.code]
            faults += [f"{first.seconds - slowest:.1f} s slower"] if first.seconds > most else []
            silent = not first.warnings or (first.end > 1 and "experiments.sync" not in first.said)
            faults += [f"{first.warnings} warnings"] if first.warnings > 1 or silent else []
            faults += ["traceback"] if "Traceback" in first.said + again.said else []
            faults += missing
            right = right and not faults
            print(
                f"{name}: {first.seconds:.1f} s, {first.end:.1f} s of them at the end, {first.warnings} warnings, "
                f"{'everything arrived' if not missing else 'NOT EVERYTHING ARRIVED'}"
                + (f"; FAULTS: {'; '.join(faults[:5])}" if faults else ""),
                flush=True,
            )
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
