"""MLflow filled from the journal, by a process of its own that the study never waits for.

The study writes its journal and its outbox, and starts a process that reads both and brings MLflow up to date: at a low
priority, with MLflow's memory, threads and settings in it. It imports MLflow while the study loads its data.
`python -m experiments.sync` writes what MLflow lacks after the study in the same way.
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
from typing import Any

from experiments.errors import StudyStateError
from experiments.tracking.outbox import EndStatus, Outbox, RunMetadata, StudyOutcome, read_outbox, write_outbox
from experiments.tracking.uris import OFF, masked

PROGRAM = "experiments.tracking.process"
PACKAGES = Path(__file__).parents[2]
LATER = "the study continues, and the data is written later"
RECOVERY_TIMEOUT = 1.5  # seconds at the end for a store that failed before: one more attempt


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
        self._outbox: Outbox | None = None
        self._warn, self._environ = warn, environ
        self._process: subprocess.Popen[str] | None = None
        self._listener = threading.Thread(target=self._listen, name="mlflow-writer", daemon=True)
        self._report: dict[str, Any] = {"missing": None, "trouble": "", "over": False, "seconds": 0.0}  # the last one

    @property
    def seconds(self) -> float:
        """Return the seconds of processor time that the process has taken, as far as it has reported."""
        return float(self._report["seconds"])

    def load(self) -> None:
        """Start the process; it touches no store before `start`."""
        if self._uri == OFF:
            return
        path = os.pathsep.join(filter(None, [str(PACKAGES), self._environ.get("PYTHONPATH")]))
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", PROGRAM],  # -P: no module of the working folder
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env={**self._environ, "PYTHONPATH": path},
                # Ctrl-C is for the study, which then ends this process. Not a new session: Linux would give it as large
                # a share of the processor as the study, however low its priority.
                process_group=0,
            )
        except OSError as error:
            self._report["missing"] = (
                f"MLflow at {masked(self._uri)} is missing the study (no process to write it: {error.strerror})"
            )
        self._send({"uri": self._uri})

    def start(self, metadata: RunMetadata) -> None:
        """Write the outbox, and let the process write it and the journal to MLflow.

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
        if self._process is not None:
            self._listener.start()
        artifacts = None if self._artifacts is None else str(self._artifacts.absolute())
        self._send({"folder": str(self._folder.absolute()), "artifacts": artifacts})

    def dismiss(self) -> None:
        """End the process if it has not been started on a study; else do nothing."""
        if self._outbox is None and self._process is not None:
            self._process.kill()
            self._process.communicate()

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

    def finish(self, timeout: float = 10.0) -> str | None:
        """Let the process write what is left, with the files, and wait for it, at most `timeout` seconds.

        For a store that is failing already, the wait is at most RECOVERY_TIMEOUT.

        Returns:
            None when MLflow has everything, else one line that says what is missing and why.
        """
        self._leave(timeout, stop=True)
        missing: str | None = self._report["missing"]
        return missing

    def abandon(self, status: EndStatus, timeout: float = 2.0) -> None:
        """Let MLflow show that the study ends here, before its end.

        A process that needs longer than `timeout` seconds for the finished trials ends by itself a little later.
        """
        self._send({"status": status})
        self._leave(timeout, stop=False)

    def _leave(self, timeout: float, stop: bool) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        start = time.monotonic()
        with suppress(OSError):
            process.stdin.close()
        while process.poll() is None and time.monotonic() - start < (
            min(timeout, RECOVERY_TIMEOUT) if self._report["trouble"] else timeout
        ):
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
        if process.returncode is None:
            if not stop:
                process.returncode = 0  # else `Popen` would warn that it still runs
                return
            process.kill()  # what it was writing is written anew
            process.wait()
        self._listener.join(10.0)  # its last report is there; a busy machine reads it late
        if not self._report["over"]:
            why = self._report["trouble"] or "its writer gave no answer"
            place = masked(self._uri)
            self._report["missing"] = f"MLflow at {place} is missing a part of the study, or all of it ({why})"

    def _send(self, message: Mapping[str, object]) -> None:
        if self._process is not None and self._process.stdin is not None and not self._process.stdin.closed:
            with suppress(OSError):  # it has ended
                self._process.stdin.write(json.dumps(message) + "\n")
                self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        warned = False
        with self._process.stdout as answers:
            for line in answers:
                if not line.endswith("\n"):  # it was killed in the middle of it
                    return
                self._report = report = json.loads(line)
                if report["trouble"] and not (warned or report["over"]):
                    warned = True
                    place = masked(self._uri)
                    self._warn(f"MLflow at {place} does not accept data ({report['trouble']}); {LATER}")
