"""The process that brings MLflow up to date while a study runs: python -m experiments.tracking.process.

The study sends messages to its standard input, one line of JSON each: where to write, what, that the study has
concluded, and its status if it ends early. The end of the input is the end of the study, even of one that was killed.
The answers go to standard output.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from filelock import FileLock

from experiments.tracking.mlflow_setup import prepare_mlflow
from experiments.tracking.runs import short_hash
from experiments.tracking.uris import database_of
from experiments.tracking.writer import Writer

NICE = 10  # workers come first
POLL = 0.3  # seconds between readings of the journal
FIRST_PAUSE, LONGEST_PAUSE, LAST_PAUSE = 0.5, 30.0, 0.5  # seconds between attempts; the last once the study is over
GRACE = 30.0  # seconds after the end of the study, which itself waits for less
LIMIT = GRACE + 15.0  # after which this process ends even in the middle of a call


class Study:
    """The messages of a study, read by a thread.

    The thread ends the process LIMIT seconds after the last message: the timeouts of a call hold for each byte of an
    answer, so that a server that sends a byte now and then could keep a writer for ever.

    Attributes:
        messages: what the study has said so far.
        over:     set when nothing more will be said.
    """

    def __init__(self, lines: Iterable[str]):
        self.messages: dict[str, Any] = {}
        self.over = threading.Event()
        threading.Thread(target=self._read, args=(lines,), daemon=True).start()

    def has_sent(self, key: str) -> bool:
        """Wait for a message; return False if the study is over without it."""
        while key not in self.messages and not self.over.wait(0.02):
            pass
        return key in self.messages

    def _read(self, lines: Iterable[str]) -> None:
        for line in lines:
            if line.endswith("\n"):  # else the study was killed in the middle of it
                self.messages |= json.loads(line)
        self.over.set()
        time.sleep(LIMIT)
        os._exit(1)


def follow(writer: Writer, study: Study, answer: Callable[[Writer, bool], None]) -> None:
    """Write trials as they finish, and what is left when the study is over, for GRACE seconds at most.

    Args:
        answer: called after every attempt that failed, after the first that succeeds again, and, when the study is
                over, after everything written.
    """
    pause, concluded = POLL, False
    while not study.over.wait(pause):
        if "concluded" in study.messages and not concluded:
            concluded = True
            writer.conclude()
        before, written = writer.trouble, writer.write(lambda: not study.over.is_set())
        if before or not written:
            answer(writer, False)
        pause = POLL if written else min(max(2 * pause, FIRST_PAUSE), LONGEST_PAUSE)
    deadline = time.monotonic() + GRACE
    writer.close(study.messages.get("status"))
    answer(writer, True)

    def in_time() -> bool:
        answer(writer, True)
        return time.monotonic() < deadline

    while not writer.write(in_time) and in_time() and not writer.replaced:
        time.sleep(LAST_PAUSE)
    answer(writer, True)


def lock_of(folder: Path, uri: str) -> FileLock:
    """Return the lock of the only writer of a study to a store; a local store has one, however its path is written."""
    database = database_of(uri)
    return FileLock(folder / f".tracking-{short_hash(uri if database is None else str(database.resolve()))}.lock")


def main() -> None:
    """Follow the study that standard input names."""
    os.nice(NICE)
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    study = Study(sys.stdin)
    if study.has_sent("uri"):
        load(study.messages["uri"])
        if study.has_sent("folder"):
            write_alone(study, partial(_answer, answers))
    os._exit(0)  # unloading MLflow's modules takes a second, for which the study would wait


def load(uri: str) -> None:
    """Import what a client of this store needs, as MLflow would at its first call; no store is touched.

    The garbage collector is off meanwhile: it would have much to search and little to collect.
    """
    gc.disable()
    with suppress(Exception):  # what is wrong is met again, and reported, when the store is opened
        prepare_mlflow(os.environ)
        if uri.startswith("sqlite"):
            importlib.import_module("mlflow.store.tracking.sqlalchemy_store")
            importlib.import_module("sqlalchemy.orm").configure_mappers()
    gc.freeze()
    gc.enable()


def write_alone(study: Study, answer: Callable[[Writer, bool], None]) -> None:
    """Follow the study once no other process writes it to the same store."""
    folder, uri, artifacts = (study.messages[key] for key in ("folder", "uri", "artifacts"))
    with lock_of(Path(folder), uri):  # the writer of a run that was killed has it, for LIMIT seconds at most
        follow(Writer(Path(folder), uri, None if artifacts is None else Path(artifacts)), study, answer)


def _answer(answers: int, writer: Writer, over: bool) -> None:
    report = {"trouble": writer.trouble, "missing": writer.missing, "over": over, "seconds": time.process_time()}
    with suppress(OSError):  # the study has ended
        os.write(answers, json.dumps(report).encode() + b"\n")


if __name__ == "__main__":
    main()
