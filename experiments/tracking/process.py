"""The process that brings MLflow up to date while a study runs: python -m experiments.tracking.process NICE.

NICE is the number of steps by which it yields to other processes, as Unix counts them.

The study sends messages to its standard input, one line of JSON each: where to write, what, that the study has
concluded, and its status if it ends early. The end of the input is the end of the study, even of one that was killed.
The process then goes on by itself: it answers in a file of the study's folder (see `writer_state`), prints to
tracking.log there, ignores that a terminal is closed, and has ended LIMIT seconds later.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from experiments.tracking.log import keep_log, note
from experiments.tracking.mlflow_setup import prepare_mlflow, reason
from experiments.tracking.uris import hide, masked
from experiments.tracking.writer import Writer
from experiments.tracking.writer_lock import LIMIT, lock_of
from experiments.tracking.writer_state import WriterState, new_state, update_state

POLL = 0.3  # seconds between readings of the journal
FIRST_PAUSE, LONGEST_PAUSE, LAST_PAUSE = 0.5, 30.0, 0.5  # seconds between attempts; the last once the study is over
GRACE = LIMIT - 15.0  # seconds after the end of the study for new attempts; a call that has begun may take longer
REPORTING = 1.0  # seconds between reports while what is left is written


class StudyMessages:
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
        note(f"ended in the middle of a call: the study is over for {LIMIT:.0f} s")
        os._exit(1)


class Reporter:
    """The reports of a writer, in its state file and its log.

    Args:
        folder: of the study.
        state:  the state that the study wrote.
    """

    def __init__(self, folder: Path, state: WriterState):
        self._folder, self._state, self._at = folder, state, 0.0

    def note(self, lines: Sequence[str], said: Sequence[str] | None = None) -> None:
        """Write to the state and to the log what the writer has for the user; nothing is written if nothing is new.

        Args:
            said: lines that the study said before it left; None if it waits for all.
        """
        known = self._state.notes
        for line in lines:
            if line not in known:
                note(line)
        unsaid = () if said is None else tuple(line for line in lines if line not in said)
        if (known, self._state.unsaid) != (tuple(lines), unsaid):
            self._state = self._state.model_copy(update={"notes": tuple(lines), "unsaid": unsaid})
            update_state(self._folder, self._state)

    def __call__(
        self, trouble: str, missing: str | None, digest: str = "", registered: str = "", done: bool = False
    ) -> None:
        """Write the state, and to the log what is new."""
        if trouble and trouble != self._state.trouble:
            note(f"no success: {trouble}")
        if done:
            note(missing or "MLflow has everything")
        news = {"trouble": trouble, "missing": missing, "digest": digest, "done": done, "registered": registered}
        self._state = self._state.model_copy(update={**news, "seconds": time.process_time()})
        update_state(self._folder, self._state)
        self._at = time.monotonic()

    @property
    def is_old(self) -> bool:
        """Return whether the last report is old."""
        return time.monotonic() - self._at > REPORTING


def follow(writer: Writer, study: StudyMessages, report: Reporter) -> None:
    """Write trials as they finish, and what is left when the study is over, for GRACE seconds at most."""
    pause, concluded = POLL, False
    while not study.over.wait(pause):
        if "concluded" in study.messages and not concluded:
            concluded = True
            writer.conclude()
        before, written = writer.trouble, writer.write(lambda: not study.over.is_set())
        report.note(writer.notes)
        if before or not written:
            report(writer.trouble, writer.missing)
        pause = POLL if written else min(max(2 * pause, FIRST_PAUSE), LONGEST_PAUSE)
    deadline = time.monotonic() + GRACE
    writer.close(study.messages.get("status"))
    report(writer.trouble, writer.missing)

    def in_time() -> bool:
        if report.is_old:
            report(writer.trouble, writer.missing)
        return time.monotonic() < deadline

    while not writer.write(in_time) and in_time() and not writer.replaced:
        time.sleep(LAST_PAUSE)
    report.note(writer.notes, study.messages.get("said"))
    report(writer.trouble, writer.missing, writer.digest, writer.registered, done=True)


def main() -> None:
    """Follow the study that standard input names."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the terminal of the study may be closed when it has ended
    os.nice(int(sys.argv[1]))
    study = StudyMessages(sys.stdin)
    if study.has_sent("folder"):
        write_alone(study)
    os._exit(0)  # unloading MLflow's modules takes a second, for which a study may wait


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


def write_alone(study: StudyMessages) -> None:
    """Follow the study once no other process writes it to the same store."""
    folder, uri, run = (study.messages[key] for key in ("folder", "uri", "run"))
    hide(uri)
    place, report = Path(folder), Reporter(Path(folder), new_state(run, uri))
    if not place.is_dir():
        return
    try:
        with lock_of(place, uri) as lock:  # the writer of an earlier run has it, for LIMIT seconds at most
            keep_log(place)
            note(f"process {os.getpid()} writes to MLflow at {masked(uri)}")
            load(uri)
            follow(Writer(place, uri, lock.check), study, report)
    except Exception as error:
        report(reason(error), None, done=True)
        note(f"ended: {reason(error)}")


if __name__ == "__main__":
    main()
