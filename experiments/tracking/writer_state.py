"""The state of the writer to MLflow, in a file of the study's folder.

The study writes it before the writer begins, and the writer while it works. So a writer that was killed, or a machine
that went down, leaves a state that is not done, and the next command tells.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from experiments.config.regular_file import read_regular, write_atomically
from experiments.errors import ExperimentError, StudyStateError
from experiments.tracking.runs import short_hash
from experiments.tracking.uris import DEFAULT, database_of, masked, to_fill_in, tracking_store
from experiments.tracking.writer_lock import is_being_written, store_id

STATE = "tracking_state.json"
LOCK = ".tracking_state.lock"  # name of its lock
WAIT = 10.0  # seconds for it; another process's write takes thousandths of one


class WriterState(BaseModel):
    """The state of the last writer of a study.

    run:     random id of its run; an older writer that is still at work leaves the file alone.
    store:   short name of the store, as in its lock.
    uri:     address of the store, without credentials.
    digest:  digest of the results that MLflow has; empty if the study came to no end.
    trouble: reason why the last attempt failed; empty if it did not.
    missing: a line about what MLflow lacks; None if the writer knows of nothing.
    done:    True once the writer has ended by itself.
    seconds: seconds of processor time that it has taken.
    registered: address of the model in MLflow's registry; empty if it was not registered.
    notes:   lines for the user about what the writer found in the store.
    unsaid:  those of them that came after a command that did not wait.
    """

    model_config = ConfigDict(frozen=True)

    run: str
    store: str
    uri: str
    digest: str = ""
    trouble: str = ""
    missing: str | None = None
    done: bool = False
    seconds: float = 0.0
    registered: str = ""
    notes: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Return whether MLflow has everything."""
        return self.done and self.missing is None

    def is_of(self, uri: str) -> bool:
        """Return whether the writer wrote to a store.

        The store of this working folder is that of the one that it was moved or copied from, too.
        """
        if self.store in (store_id(uri), short_hash(uri)):  # an earlier program hashed the whole address
            return True
        here, there = database_of(uri), database_of(self.uri)
        own = here is not None and here.absolute() == DEFAULT.absolute()
        return own and there is not None and there.parts[-2:] == DEFAULT.parts

    def lacking(self, otherwise: str = "its writer ended before it was done") -> str | None:
        """Return a line about what MLflow lacks; None if it has everything.

        Args:
            otherwise: the reason, if the writer knows none.
        """
        if self.complete:
            return None
        why = self.trouble or otherwise
        return self.missing or f"MLflow at {self.uri} is missing a part of the study, or all of it ({why})"


def new_state(run: str, uri: str) -> WriterState:
    """Return the state of a writer that has not begun."""
    return WriterState(run=run, store=store_id(uri), uri=masked(uri))


def read_state(folder: Path) -> WriterState | None:
    """Read the state; None if there is none, or it is damaged."""
    try:
        return WriterState.model_validate_json(read_regular(folder / STATE))
    except (OSError, ValidationError):
        return None


def write_state(folder: Path, state: WriterState) -> None:
    """Write the state, whole or not at all; an older writer may be writing its own.

    Raises:
        StudyStateError: the file cannot be written.
    """
    with _locked(folder):
        _write(folder, state)


def update_state(folder: Path, state: WriterState) -> None:
    """Write the state if it is that of the same run; a full disk or a folder that is gone is no matter."""
    if read_state(folder) is None:
        return
    with suppress(ExperimentError), _locked(folder):
        last = read_state(folder)
        if last is not None and last.run == state.run:
            _write(folder, state)


def note_sync(folder: Path, uri: str, digest: str, missing: str | None) -> None:
    """Write that a study was sent to a store, if that is the store of its last run, also under a new address.

    Args:
        digest:  of the results that MLflow has.
        missing: a line about what it lacks; None if it has everything.
    """
    last = read_state(folder)
    if last is not None and last.is_of(uri):
        where = {"store": store_id(uri), "uri": masked(uri)}
        news = {**where, "digest": digest, "missing": missing, "trouble": "", "done": True}
        update_state(folder, last.model_copy(update=news))


def shortfall(folder: Path, environ: Mapping[str, str] = os.environ) -> str | None:
    """Return a line about what MLflow lacks of a study that does not run now, with the command that sends it.

    None if it has everything, or if a writer is still at work.
    """
    if is_being_written(folder):  # asked before the state is read: a writer's last word comes before it ends
        return None
    state = read_state(folder)
    line = None if state is None else state.lacking()
    return None if state is None or line is None else f"{line}; {sync_command(folder, state, environ)} sends it"


def sync_command(folder: Path, state: WriterState, environ: Mapping[str, str]) -> str:
    """Return the command that sends what is missing; it names the store, unless that is its default."""
    try:
        is_default = state.is_of(tracking_store(None, environ.get("MLFLOW_TRACKING_URI")))
    except ExperimentError:
        is_default = False
    option = [] if is_default else ["--tracking-uri", to_fill_in(state.uri)]
    return shlex.join(["python", "-m", "experiments.sync", str(folder), *option])


def _write(folder: Path, state: WriterState) -> None:
    write_atomically(folder / STATE, state.model_dump_json(indent=1).encode(errors="replace"))


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Be the only process that reads and writes the state within the block."""
    try:
        with FileLock(folder / LOCK, timeout=WAIT):
            yield
    except Timeout:
        raise StudyStateError(f"{folder / STATE}: another process has held it for {WAIT:.0f} seconds.") from None
    except OSError as error:
        raise StudyStateError(f"{folder / STATE}: cannot be written: {error.strerror}.") from None
