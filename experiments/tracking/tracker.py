"""MLflow as a projection of the journal, written by a process of its own that the study never waits for.

The study writes its journal and its outbox, and has a process started that reads both and brings MLflow up to date: at
a low priority, with MLflow's memory, threads and settings in it. It imports MLflow while the study loads its data. All
that the two say to each other while the study runs is that it is over. What MLflow lacks after that,
`python -m experiments.sync` writes in the same way.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from experiments.errors import StudyStateError
from experiments.tracking.outbox import EndStatus, Outbox, RunMetadata, StudyOutcome, read_outbox, write_outbox
from experiments.tracking.uris import OFF, masked

PROGRAM = "experiments.tracking.process"
PACKAGES = Path(__file__).parents[2]
PATIENCE = 1.5  # seconds at the end for a store that has been in trouble: one more attempt


class Tracking:
    """The tracking of one study in one run of the command: `load`, `start`, `conclude` and `finish`, in this order.

    A run that ends sooner ends with `dismiss` before its start, and with `abandon` after it.

    Args:
        folder:    of the study, in which its journal is.
        uri:       sqlite:///<path> (made if it does not exist), http(s)://..., what else MLflow knows, or OFF:
                   then the outbox is written and no process started.
        artifacts: where the artifacts of a new experiment go; None leaves that to the server.
        warn:      called at most once, from a thread, with one line, at the first failure before the end.
        environ:   of the process.

    Attributes:
        seconds: of processor time that the process has taken, as far as it said.
    """

    def __init__(
        self,
        folder: Path,
        uri: str,
        artifacts: Path | None,
        warn: Callable[[str], None],
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._folder, self._uri, self._artifacts = folder, uri, artifacts
        self._card: RunMetadata | None = None
        self._warn, self._environ = warn, environ
        self._process: subprocess.Popen[str] | None = None
        self._listener = threading.Thread(target=self._listen, name="mlflow-writer", daemon=True)
        self._missing: str | None = None
        self._trouble = ""  # of the last attempt
        self._told_all = False  # by the process, of what is missing when the study is over
        self._begun = 0.0
        self.seconds = 0.0

    def load(self) -> None:
        """Start the process, which touches no store until `start` says whose it is."""
        if self._uri == OFF:
            return
        path = os.pathsep.join(filter(None, [str(PACKAGES), self._environ.get("PYTHONPATH")]))
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env={**self._environ, "PYTHONPATH": path},
                # Ctrl-C is for the study, which then says that it is over. A session of its own would be for Linux one
                # of two programs with equal shares of the processor, however low its priority among its own.
                process_group=0,
            )
        except OSError as error:
            self._missing = f"MLflow at {masked(self._uri)} is missing the study (no writer to it: {error.strerror})"
        self._say({"uri": self._uri})

    def start(self, card: RunMetadata) -> None:
        """Write the outbox, and have what it and the journal say written.

        Args:
            card: what the study's own run says.

        Raises:
            StudyStateError: the outbox cannot be written.
        """
        try:
            before = read_outbox(self._folder)
        except StudyStateError:  # one that is damaged is written anew
            before = None
        if before is None or before.card.uid != card.uid:
            before = Outbox(card=card, begun=time.time())
        write_outbox(self._folder, before.model_copy(update={"card": card}))
        self._card, self._begun = card, before.begun
        if self._process is not None:
            self._listener.start()
        self._say({"folder": str(self._folder.absolute()), "artifacts": _text(self._artifacts)})

    def dismiss(self) -> None:
        """End a process that was never told what to write; any other goes on."""
        if self._card is None and self._process is not None:
            self._process.kill()
            self._process.communicate()

    def conclude(self, end: StudyOutcome) -> None:
        """The study came to its end, but for the files: have what it found written meanwhile.

        Raises:
            StudyStateError: the outbox cannot be written.
        """
        assert self._card is not None
        write_outbox(self._folder, Outbox(card=self._card, begun=self._begun, end=end))
        self._say({"concluded": True})

    def register(self, name: str) -> None:
        """Have the model of a study that came to its end before become a version of this name.

        Raises:
            StudyStateError: the outbox cannot be read or written.
        """
        outbox = read_outbox(self._folder)
        if outbox is not None and outbox.end is not None:
            end = outbox.end.model_copy(update={"register_as": name})
            write_outbox(self._folder, outbox.model_copy(update={"end": end}))

    def finish(self, timeout: float = 10.0) -> str | None:
        """The files are there too: have what is left written, and wait for it, at most `timeout` seconds.

        A store that was in trouble before, and still is, is not waited for so long.

        Returns:
            None when MLflow has everything, else one line that says what is missing and why.
        """
        self._leave(None, timeout, stop=True)
        return self._missing

    def abandon(self, status: EndStatus, timeout: float = 2.0) -> None:
        """The study ends here without having come to its end: MLflow says so.

        A process that needs longer than `timeout` seconds for what was told ends by itself a little later.
        """
        self._leave(status, timeout, stop=False)

    def _leave(self, status: EndStatus | None, timeout: float, stop: bool) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        if status is not None:
            self._say({"status": status})
        with suppress(OSError):
            process.stdin.close()
        end = time.monotonic() + timeout
        end_in_trouble = min(end, time.monotonic() + PATIENCE)
        while process.poll() is None and time.monotonic() < (end_in_trouble if self._trouble else end):
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
        if process.returncode is None:
            if not stop:
                process.returncode = 0  # it is left to itself, which `Popen` would complain of
                return
            process.kill()  # what it was writing is written anew
            process.wait()
        self._listener.join(10.0)  # the process is over, and its last words are there; a busy machine reads them late
        if not self._told_all:
            why = self._trouble or "its writer gave no answer"
            self._missing = f"MLflow at {masked(self._uri)} is missing a part of the study, or all of it ({why})"

    def _say(self, words: Mapping[str, object]) -> None:
        if self._process is not None and self._process.stdin is not None and not self._process.stdin.closed:
            with suppress(OSError):  # it has ended
                self._process.stdin.write(json.dumps(words) + "\n")
                self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        warned = False
        with self._process.stdout as answers:
            for line in answers:
                if not line.endswith("\n"):  # it was killed in the middle of it
                    return
                report = json.loads(line)
                self._missing, self.seconds = report["missing"], report["seconds"]
                self._trouble, self._told_all = report["trouble"], report["over"]
                if report["trouble"] and not (warned or report["over"]):
                    warned = True
                    what = f"MLflow at {masked(self._uri)} takes no records ({report['trouble']})"
                    self._warn(f"{what}; the study goes on and they are written later")


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path.absolute())
