"""A study beside an MLflow in trouble: how it went, and what is sent afterwards."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.search.journal_reader import view_journal
from support.waiting import wait_until

WARNING = "does not accept data"
Meanwhile = Callable[[subprocess.Popen[str]], None]


@dataclass(frozen=True)
class Ran:
    """How one command went."""

    code: int
    warnings: int
    said: str


def tuned(study: Path, folder: Path, uri: str | None, meanwhile: Meanwhile = lambda _: None) -> Ran:
    """Run a study in a folder of its own; `meanwhile` is called with it again and again while it runs."""
    option = [] if uri is None else ["--tracking-uri", uri]
    command = [sys.executable, "-m", "experiments.tune", str(study), "--out", str(folder / "study")]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen([*command, *option], cwd=folder, stdout=said, stderr=subprocess.STDOUT)
        try:
            wait_until(lambda: meanwhile(process) or process.poll() is not None)
        finally:
            process.kill()
        said.seek(0)
        text = said.read()
    return Ran(process.returncode, text.count(WARNING), text)


def synced(folder: Path, uri: str) -> Ran:
    """Send what is missing."""
    words = [sys.executable, "-m", "experiments.sync", str(folder / "study"), "--tracking-uri", uri]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    return Ran(done.returncode, 0, done.stdout + done.stderr)


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
