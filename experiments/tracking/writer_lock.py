"""The locks of the writers to MLflow, in the study's folder: to each store, one process writes at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from experiments.errors import StudyStateError
from experiments.search.shared_lock import HeldError, SharedLock, is_locked
from experiments.tracking.runs import short_hash
from experiments.tracking.uris import database_of, without_credentials

LIMIT = 60.0  # seconds after the end of its study within which a writer ends
UNSAID = 0.3  # seconds of waiting that are not worth a line


def store_id(uri: str) -> str:
    """Return a short name of a store, however its path is written and whoever uses it."""
    database = database_of(uri)
    return short_hash(without_credentials(uri) if database is None else str(database.resolve()))


def lock_of(folder: Path, uri: str) -> SharedLock:
    """Return the lock of the only writer of a study to a store."""
    return SharedLock(folder / f".tracking-{store_id(uri)}.lock")


def locks_of(folder: Path) -> list[SharedLock]:
    """Return the locks of all writers that a study has had."""
    return [SharedLock(path) for path in sorted(folder.glob(".tracking-*.lock"))]


def is_being_written(folder: Path) -> bool:
    """Tell whether a process of this machine writes a study to a store now; nothing is written here."""
    return any(is_locked(lock.path) for lock in locks_of(folder))


@contextmanager
def without_writers(
    folder: Path, locks: Sequence[SharedLock], seconds: float, say: Callable[[str], None]
) -> Iterator[None]:
    """Hold locks of a study within the block; wait for the writers that have them.

    Args:
        seconds: the longest wait.
        say:     receives one line if there is a wait worth one.

    Raises:
        StudyStateError: a writer is still at work, or a lock cannot be made.
    """
    deadline, said = time.monotonic() + seconds, False
    with ExitStack() as held:
        for lock in locks:
            try:
                taken = _taken(lock, min(UNSAID, seconds))
                if not taken and not said and seconds > 0:
                    said = True
                    say(f"{folder}: waiting until what is on its way to MLflow is there, {seconds:.0f} s at most")
                taken = taken or _taken(lock, max(0.0, deadline - time.monotonic()))
            except OSError as error:
                raise StudyStateError(f"{folder}: cannot be locked for MLflow: {error.strerror}.") from None
            if not taken:
                raise StudyStateError(f"{folder}: the study is still being written to MLflow; try in a minute.")
            held.callback(lock.release)
        yield


def _taken(lock: SharedLock, seconds: float) -> bool:
    try:
        lock.acquire(seconds)
    except HeldError:
        return False
    return True
