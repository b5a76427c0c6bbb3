"""The process that brings MLflow up to date while a study runs: python -m experiments.tracking.process.

It is told on standard input, a line of JSON each, where to write, what and, if the study is abandoned, how it stands.
The end of its input is that of the study, whether that said so or was killed. It answers on standard output.
"""

from __future__ import annotations

import gc
import json
import os
import select
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from experiments.tracking.mlflow_setup import load_mlflow
from experiments.tracking.runs import short_hash
from experiments.tracking.uris import database_of
from experiments.tracking.writer import Writer

NICE = 10  # workers come first
POLL = 0.3  # seconds between looks at the journal
FIRST_PAUSE, LONGEST_PAUSE, LAST_PAUSE = 0.5, 30.0, 0.5  # between attempts; the last once the study is over
GRACE = 30.0  # seconds after the end of the study, which itself waits for less
LIMIT = GRACE + 15.0  # after which this process ends even in the middle of a call


class Study:
    """What the study says: lines of JSON from a file descriptor."""

    def __init__(self, source: int):
        self._source, self._buffer = source, b""
        self.over = False
        self.said: dict[str, Any] = {}

    def names(self, what: str) -> bool:
        """Listen until it has said this; returns whether it did before it was over."""
        while what not in self.said and not self.over:
            self.hear(1.0)
        return what in self.said

    def hear(self, seconds: float) -> bool:
        """Listen for so long, less if it is over; returns whether it is."""
        deadline = time.monotonic() + seconds
        while not self.over and select.select([self._source], [], [], max(0.0, deadline - time.monotonic()))[0]:
            read = os.read(self._source, 1 << 16)
            self.over = not read
            *lines, self._buffer = (self._buffer + read).split(b"\n")
            for line in lines:
                self.said |= json.loads(line)
        return self.over


def follow(writer: Writer, study: Study, answer: Callable[[Writer, bool], None]) -> None:
    """Write trials as they are told, and when the study is over what is left, for GRACE seconds at most.

    Args:
        answer: told of every attempt that failed and of the first after them that did not, and when the study is over
                of everything.
    """
    pause, concluded = POLL, False
    while not study.hear(pause):
        if study.said.get("concluded") and not concluded:
            concluded = True
            writer.conclude()
        before, written = writer.trouble, writer.write(lambda: not study.hear(0.0))
        if before or not written:
            answer(writer, False)
        pause = POLL if written else min(max(2 * pause, FIRST_PAUSE), LONGEST_PAUSE)
    deadline = time.monotonic() + GRACE
    writer.close(study.said.get("status"))
    answer(writer, True)

    def in_time() -> bool:
        answer(writer, True)
        return time.monotonic() < deadline

    while not writer.write(in_time) and in_time() and not writer.replaced:
        time.sleep(LAST_PAUSE)
    answer(writer, True)


def lock_of(folder: Path, uri: str) -> FileLock:
    """What only one writer of a study to a store has at a time, however a local store's path is written."""
    database = database_of(uri)
    return FileLock(folder / f".tracking-{short_hash(uri if database is None else str(database.resolve()))}.lock")


def end_with(study: int) -> None:
    """End this process LIMIT seconds after the study closed its end of the pipe.

    The timeouts of a call hold for each byte of an answer, so that a server that sends one now and then could keep a
    writer for ever.
    """
    pipe = select.poll()
    pipe.register(study, 0)  # no event but that nobody writes to it any more
    pipe.poll()
    time.sleep(LIMIT)
    os._exit(1)


def main() -> None:
    """Follow the study that standard input names."""
    os.nice(NICE)
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    study = Study(sys.stdin.fileno())
    threading.Thread(target=end_with, args=(sys.stdin.fileno(),), daemon=True).start()
    if study.names("uri"):
        load(study.said["uri"])
        if study.names("folder"):
            write_alone(study, partial(_answer, answers))
    os._exit(0)  # to take MLflow's modules down again takes a second, for which the study would wait


def load(uri: str) -> None:
    """Import what writes to this store, without the garbage collector: there is little garbage and much to look at."""
    gc.disable()
    with suppress(Exception):  # what is wrong is met again, and told, when the store is opened
        load_mlflow(uri, os.environ)
    gc.freeze()
    gc.enable()


def write_alone(study: Study, answer: Callable[[Writer, bool], None]) -> None:
    """Follow the study once no other process writes it to the same store."""
    folder, uri, artifacts = (study.said[key] for key in ("folder", "uri", "artifacts"))
    lock = lock_of(Path(folder), uri)
    while not lock.is_locked:
        try:
            lock.acquire(timeout=GRACE if study.hear(POLL) else POLL)
        except Timeout:  # the writer of a run that was killed has it, for GRACE seconds at most
            if study.over:
                return
    with lock:
        follow(Writer(Path(folder), uri, None if artifacts is None else Path(artifacts)), study, answer)


def _answer(answers: int, writer: Writer, over: bool) -> None:
    report = {"trouble": writer.trouble, "missing": writer.missing, "over": over, "seconds": time.process_time()}
    with suppress(OSError):  # nobody listens any more
        os.write(answers, json.dumps(report).encode() + b"\n")


if __name__ == "__main__":
    main()
