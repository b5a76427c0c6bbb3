"""MLflow as a projection of the journal, written by a thread that the study never waits for.

The writer knows what was told and what MLflow has, and writes the difference. After any failure it looks again at
what MLflow has, so that neither a lost answer nor a kill nor an outage can lose a trial or show it twice.
The journal is the outbox: a study that is resumed tells all its trials again, and what is missing is written then.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from experiments.records.tracking_runs import End, EndStatus, Scalar, StudyCard, Told, long_values, trial_run
from experiments.records.tracking_store import NOTE, RefusedError, Store, reason
from experiments.records.uris import masked
from experiments.search.trial import TrialResult

__all__ = ["StudyCard", "Tracking"]

OFF = "none"  # the address of no store: nothing is written, and MLflow is not even imported
FIRST_PAUSE, LONGEST_PAUSE, LAST_PAUSE = 0.5, 30.0, 0.5  # seconds between attempts; the last once the study has ended


@dataclass(frozen=True)
class Upload:
    """An artifact of the study's run (trial None) or of a trial's: a file, a folder, or a text under a name."""

    trial: int | None
    name: str
    content: Path | str


class Tracking:
    """Writes one study to one MLflow store, trials in the order of their telling, from a daemon thread.

    Args:
        uri:       sqlite:///<path> (made if it does not exist), http(s)://..., what else MLflow knows, or OFF.
        artifacts: where the artifacts of a new experiment go; None leaves that to the server.
        card:      what the study's own run says.
        warn:      called at most once, from the thread, with one line, at the first failure before the end.
        environ:   the settings of `tracking_store.SETTINGS` that the user has not made are made here; MLflow reads
                   os.environ, so a copy is for tests.
    """

    def __init__(
        self,
        uri: str,
        artifacts: Path | None,
        card: StudyCard,
        warn: Callable[[str], None],
        environ: MutableMapping[str, str] = os.environ,
    ) -> None:
        self._uri, self._artifacts, self._card, self._warn, self._environ = uri, artifacts, card, warn, environ
        self._thread = threading.Thread(target=self._run, name="mlflow-writer", daemon=True)
        self._change = threading.Condition()  # guards what both threads change
        self._told: dict[int, Told] = {}
        self._waiting: dict[int, Told] = {}  # told, and not in MLflow as far as we know
        self._end: End | None = None
        self._news = True
        self._arrived = self._closed = False
        # Changed by the writer's thread only:
        self._written: Collection[int] = ()
        self._uploads: list[Upload] | None = None  # what is left of them, once all else is written
        self._refused: dict[str, str] = {}  # what MLflow will not take, and why
        self._ended = ""  # the id of the run that has the study's end
        self._trouble = ""
        self._warned = False
        self.seconds = 0.0  # that the thread has worked

    def start(self) -> None:
        """Start the thread: it imports MLflow, finds or makes the study's run and waits for trials."""
        if self._uri != OFF:
            self._thread.start()

    def trial(self, result: TrialResult, params: Mapping[str, Scalar]) -> None:
        """Take note of a told trial, or of one told in an earlier run of the command; never blocks."""
        told = Told(result, dict(params), time.time())
        with self._change:
            self._told[result.number] = told
            if result.number not in self._written:
                self._waiting[result.number] = told
            self._tell()

    def finish(
        self,
        status: EndStatus,
        metrics: Mapping[str, float],
        tags: Mapping[str, str],
        files: Sequence[Path],
        timeout: float = 10.0,
    ) -> str | None:
        """Write what is left, then the study's own results and its files, waiting at most `timeout` seconds.

        Returns:
            None when MLflow has everything, else one line that says what is missing and why.
        """
        if self._uri == OFF:
            return None
        with self._change:
            self._end = End(status, dict(metrics), dict(tags), tuple(files))
            self._tell()
            self._change.wait_for(lambda: self._arrived, timeout)
            self._closed = True
            self._change.notify_all()
            return self._missing()

    def _tell(self) -> None:
        self._news = True
        self._change.notify_all()

    def _missing(self) -> str | None:
        late = [f"{len(self._waiting)} of {len(self._told)} trials"] if self._waiting else []
        if self._end and not self._ended:
            late.append("the results of the study")
        if self._end and (files := len(self._end.files if self._uploads is None else self._uploads)):
            late.append("1 file" if files == 1 else f"{files} files")
        lost = [f"{', '.join(late)} ({self._trouble or 'not written in time'})"] if late else []
        lost += [f"{name} (refused: {why})" for name, why in self._refused.items()]
        return f"MLflow at {masked(self._uri)} is missing {'; '.join(lost)}" if lost else None

    # From here on in the thread.

    def _run(self) -> None:
        store, pause = None, FIRST_PAUSE
        while True:
            with self._change:
                self._change.wait_for(lambda: self._news or self._closed)
                self._news, ended = False, self._end is not None
            try:
                with self._timed():
                    store = store or self._connect()
                    while not self._closed and self._write_next(store):
                        pause = FIRST_PAUSE
            except Exception as error:
                store = None
                self._stumble(reason(error))
                self._rest(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            if self._closed or (ended and store is not None):
                break
        with self._change:
            self._arrived = not self._closed
            self._change.notify_all()

    @contextmanager
    def _timed(self) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - begun

    def _connect(self) -> Store:
        store = Store.connect(self._uri, self._artifacts, self._card, self._environ)
        if self._end is None:
            store.reopen()
        with self._change:
            self._trouble, self._written = "", store.children
            done = {*store.children, *(number for number in self._told if _title(number) in self._refused)}
            self._waiting = {number: told for number, told in self._told.items() if number not in done}
        return store

    def _write_next(self, store: Store) -> bool:
        """Write one thing that MLflow does not have; False if there is none.

        The end comes after the trials, but before them when the study was killed: there may be no time for more then.
        """
        with self._change:
            end, told = self._end, next(iter(self._waiting.values()), None)
        if end and self._ended != store.parent and (end.status == "KILLED" or not told):
            store.end(end)
            self._ended = store.parent
        elif told:
            number = told.result.number
            with self._noting_refusal(_title(number)):
                store.write(number, trial_run(told, self._card.log_scaled), self._card.uid)
            with self._change:
                del self._waiting[number]
        elif end:
            if self._uploads is None:
                self._uploads = self._planned_uploads(store, end)
            if not self._uploads:
                return False
            upload = self._uploads[0]
            with self._noting_refusal(upload.name):
                store.upload(upload.trial, upload.name, upload.content)
            del self._uploads[0]
        else:
            return False
        return True

    def _planned_uploads(self, store: Store, end: End) -> list[Upload]:
        """The whole text of values shown cut, then the files. Artifacts come last: they may need more rights."""
        tags = {**self._card.tags, NOTE: self._card.description, **end.tags}
        texts: list[tuple[int | None, dict[str, str]]] = [(None, long_values(self._card.params, tags))]
        texts += [(n, long_values(told.params, {})) for n, told in self._told.items() if n in store.children]
        uploads = [Upload(trial, name, text) for trial, page in texts for name, text in page.items()]
        return uploads + [Upload(None, path.name, path) for path in end.files]

    @contextmanager
    def _noting_refusal(self, name: str) -> Iterator[None]:
        """What MLflow will never take is noted and passed over, so that it cannot block what comes after it."""
        try:
            yield
        except RefusedError as error:
            self._refused[name] = str(error)

    def _stumble(self, why: str) -> None:
        """Remember the failure, and warn if it is the first and the study is still running."""
        with self._change:
            self._trouble, self._news = why, True
            warn = not self._warned and self._end is None
            self._warned = self._warned or warn
        if warn:
            where = masked(self._uri)
            self._warn(f"MLflow at {where} takes no records ({why}); the study goes on and they are written later")

    def _rest(self, pause: float) -> None:
        """Pause before the next attempt. The end of the study cuts a pause short, and later ones are short."""
        with self._change:
            ended = self._end is not None
            self._change.wait_for(
                lambda: self._closed or (self._end is not None and not ended), LAST_PAUSE if ended else pause
            )


def _title(number: int) -> str:
    return f"trial {number}"
