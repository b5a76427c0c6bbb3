"""MLflow filled from the journal, by a process of its own that the study never waits for.

The study writes its journal and its outbox, and starts a process that reads both and brings MLflow up to date, with
MLflow's memory, threads and settings in it. Its priority is low unless the study will wait for it. It goes on by itself
when the study has ended. `python -m experiments.sync` writes what MLflow lacks then in the same way.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from experiments.errors import StudyStateError
from experiments.tracking.outbox import EndStatus, Outbox, RunMetadata, StudyOutcome, read_outbox, write_outbox
from experiments.tracking.uris import OFF, database_of, masked
from experiments.tracking.writer_lock import LIMIT, is_being_written, locks_of, without_writers
from experiments.tracking.writer_state import WriterState, new_state, read_state, shortfall, write_state

PROGRAM = "experiments.tracking.process"
NICE = 10  # steps by which the process yields to workers if nobody waits for it
PACKAGES = Path(__file__).parents[2]
LATER = "the study continues, and the data is written later"
LONGEST_WAIT = 30.0  # seconds at the end until MLflow has everything
RECOVERY_TIMEOUT = 1.5  # seconds at the end for a store that failed before: one more attempt
HANDOVER = 2.0  # seconds at the end for a process that has just been started
POLL, WATCH = 0.05, 0.3  # seconds between looks at the process's state: at the end, and before


class Tracking:
    """The tracking of one study in one run of the command: `start`, `conclude` and `finish`, in this order.

    A run that ends sooner ends with `abandon`.

    Args:
        folder:    of the study, in which its journal is.
        uri:       sqlite:///<path> (made if it does not exist), http(s)://..., what else MLflow knows, or OFF:
                   then the outbox is written and no process started.
        say:       receives one line on what an earlier run left, and, also from a thread, one at the first failure and
                   what the process notes.
        wait:      True: `finish` waits until MLflow has everything; False: it does not wait; None: it waits, but not
                   for a store in trouble.
    """

    def __init__(self, folder: Path, uri: str, say: Callable[[str], None], wait: bool | None = None) -> None:
        self._folder, self._uri = folder, uri
        self._outbox: Outbox | None = None
        self._say, self._wait = say, wait
        self._process: subprocess.Popen[str] | None = None
        self._over = threading.Event()  # set when the study needs no more warnings
        self._left = False  # True once the process goes on by itself
        self._state = new_state(uuid.uuid4().hex, uri)  # the last that is known
        self._saying = threading.Lock()
        self._said: list[str] = []  # the process's notes that were said

    @property
    def seconds(self) -> float:
        """Return the seconds of processor time that the process has taken so far."""
        if self._left and self._process is not None:
            with suppress(psutil.Error):
                times = psutil.Process(self._process.pid).cpu_times()
                return float(times.user + times.system)
        return self._read().seconds

    @property
    def registered(self) -> str:
        """Return the address of the model in MLflow's registry; empty if it was not registered, or not in time."""
        return self._read().registered

    @property
    def goes_on(self) -> bool:
        """Return whether the process was left with something to write, as far as it has reported."""
        return self._left and not self._read().done

    def has_everything(self, digest: str) -> bool:
        """Tell whether MLflow has a finished study, as an earlier run left it there; no store is asked.

        Args:
            digest: of its results.
        """
        database, last = database_of(self._uri), read_state(self._folder)
        if self._uri == OFF:  # then there is nothing to send, but perhaps something to say
            return last is None or last.complete
        if last is None or (database is not None and not os.path.exists(database)):  # noqa: PTH110 - never raises
            return False
        return last.complete and (last.store, last.digest) == (self._state.store, digest)

    def start(self, metadata: RunMetadata) -> None:
        """Write the outbox, and start the process that writes it and the journal to MLflow.

        Args:
            metadata: of the study's own run.

        Raises:
            StudyStateError: the outbox cannot be written.
        """
        try:
            outbox = read_outbox(self._folder)
        except StudyStateError:  # a damaged outbox is written anew
            outbox = None
        if outbox is None or outbox.metadata.uid != metadata.uid:
            outbox = Outbox(metadata=metadata, begun=time.time())
        self._outbox = outbox.model_copy(update={"metadata": metadata})
        write_outbox(self._folder, self._outbox)
        self._tell_of_earlier_run()
        if self._uri == OFF:
            return
        write_state(self._folder, self._state)
        self._start_process()
        if self._process is not None:
            threading.Thread(target=self._watch, name="mlflow-writer", daemon=True).start()
        self._send({"uri": self._uri, "run": self._state.run, "folder": str(self._folder.absolute())})

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep the writers of earlier runs out of the study's folder within the block; wait for one that is at work.

        One whose store is in trouble is not waited for: it ends when it finds another study in the folder.

        Raises:
            StudyStateError: a writer is still at work.
        """
        last = read_state(self._folder)
        if last is not None and last.trouble:
            yield
            return
        with without_writers(self._folder, locks_of(self._folder), LIMIT, self._say):
            yield

    def conclude(self, outcome: StudyOutcome) -> None:
        """Let the process write the study's end, while the study writes its files.

        Raises:
            StudyStateError: the outbox cannot be written.
        """
        assert self._outbox is not None
        write_outbox(self._folder, self._outbox.model_copy(update={"outcome": outcome}))
        self._send({"concluded": True})

    def register(self, name: str) -> None:
        """Note in the outbox that the model of a finished study becomes a version of this registered name.

        Raises:
            StudyStateError: the outbox cannot be read or written.
        """
        outbox = read_outbox(self._folder)
        if outbox is not None and outbox.outcome is not None:
            outcome = outbox.outcome.model_copy(update={"register_as": name})
            write_outbox(self._folder, outbox.model_copy(update={"outcome": outcome}))

    def finish(self, timeout: float = LONGEST_WAIT) -> str | None:
        """Let the process write what is left, with the files, and wait for it as `wait` says.

        The process goes on by itself if it needs longer than `timeout` seconds, or is not waited for.

        Returns:
            One line about what MLflow lacks and why; None when it has everything, or gets it without trouble.
        """
        if self._wait is False:
            self._say_notes(self._read())
            self._send({"said": self._said})
        self._leave(0.0 if self._wait is False else timeout, timeout if self._wait else RECOVERY_TIMEOUT)
        if self._uri == OFF:
            return None
        state = self._read()
        self._say_notes(state)
        if not self._left or state.done:
            return state.lacking()
        return None if self._wait is False and not state.trouble else state.lacking("not written in time")

    def abandon(self, status: EndStatus, timeout: float = 2.0) -> None:
        """Let MLflow show that the study ends here, before its end.

        A process that needs longer than `timeout` seconds for the finished trials ends by itself a little later.
        """
        self._send({"status": status})
        self._leave(0.0 if self._wait is False else timeout, RECOVERY_TIMEOUT)

    def _start_process(self) -> None:
        path = os.pathsep.join(filter(None, [str(PACKAGES), os.environ.get("PYTHONPATH")]))
        try:
            self._process = subprocess.Popen(
                # -P: no module of the working folder
                [sys.executable, "-P", "-m", PROGRAM, str(NICE if self._wait is False else 0)],
                stdin=subprocess.PIPE,
                # it outlives the study: who reads the study's output must not wait for it
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                text=True,
                env={**os.environ, "PYTHONPATH": path},
                # Ctrl-C is for the study, which then ends this process. Not a new session: Linux would give it as large
                # a share of the processor as the study, however low its priority.
                process_group=0,
            )
        except OSError as error:
            line = f"MLflow at {masked(self._uri)} is missing the study (no process to write it: {error.strerror})"
            self._state = self._state.model_copy(update={"missing": line, "done": True})

    def _leave(self, timeout: float, recovery: float) -> None:
        """Close the process's input, wait for it, at most so many seconds, and let it go.

        Args:
            recovery: the longest wait for a store in trouble.
        """
        process, start = self._process, time.monotonic()
        self._over.set()
        if process is None or process.stdin is None:
            return
        with suppress(OSError):
            process.stdin.close()
        while process.poll() is None and time.monotonic() - start < timeout:
            if time.monotonic() - start >= recovery and self._read().trouble:
                break
            time.sleep(POLL)
        # until it has its lock, by which other commands know of it; only the shortest runs come here before
        while process.poll() is None and not is_being_written(self._folder) and time.monotonic() - start < HANDOVER:
            time.sleep(POLL)
        if process.returncode is None:
            self._left = True
            threading.Thread(target=_reap, args=(process.pid,), daemon=True).start()
            process.returncode = 0  # else `Popen` would warn that it still runs

    def _send(self, message: Mapping[str, object]) -> None:
        if self._process is not None and self._process.stdin is not None and not self._process.stdin.closed:
            with suppress(OSError):  # it has ended
                self._process.stdin.write(json.dumps(message) + "\n")
                self._process.stdin.flush()

    def _read(self) -> WriterState:
        """Return the state that the process has reported last."""
        state = read_state(self._folder)
        if state is not None and state.run == self._state.run:
            self._state = state
        return self._state

    def _tell_of_earlier_run(self) -> None:
        """Say what the last run left for MLflow, and what sends it."""
        last, line = read_state(self._folder), shortfall(self._folder)
        for note in () if last is None else last.unsaid:
            self._said.append(note)
            self._say(note)
        if last is not None and line is not None:
            self._say(f"{last.lacking()}; this run sends it" if last.store == self._state.store else line)

    def _watch(self) -> None:
        """Say the first trouble before the study's end, and what the process notes."""
        troubled = False
        while not self._over.wait(WATCH):
            state = self._read()
            self._say_notes(state)
            if state.trouble and not troubled:
                troubled = True
                self._say(f"MLflow at {masked(self._uri)} does not accept data ({state.trouble}); {LATER}")

    def _say_notes(self, state: WriterState) -> None:
        """Say the notes that were not said yet."""
        with self._saying:
            for line in state.notes:
                if line not in self._said:
                    self._said.append(line)
                    self._say(line)


def _reap(pid: int) -> None:
    """Wait for a process that was let go, so that nothing of it is left."""
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)
