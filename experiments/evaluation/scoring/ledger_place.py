"""The place of the ledger: studies/ledger.jsonl. A ledger that version 0.1.0 kept in mlruns/ is moved there, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from experiments.config.regular_file import read_regular, write_atomically
from experiments.errors import LedgerError
from experiments.evaluation.scoring.ledger import WAIT, Ledger
from experiments.search.shared_lock import HeldError, SharedLock
from nnet.durable import make_folder

LEDGER = Path("studies") / "ledger.jsonl"  # in the working folder
OLD_LEDGER = Path("mlruns") / "looks.jsonl"  # place of version 0.1.0
KEPT = ".kept"  # ending of a ledger that is put aside


def find_ledger(path: Path) -> Ledger:
    """Return the ledger that belongs in that place, from where it lies now; nothing is moved or written.

    Raises:
        LedgerError: there is another one in the old place.
    """
    old = _old_place(path)
    if old is None or not old.exists():
        return Ledger(path)
    if not path.exists():
        return Ledger(old)
    _check_contained(old, path)
    return Ledger(path)


def open_ledger(path: Path, say: Callable[[str], object], check: Callable[[], object] = lambda: None) -> Ledger:
    """Return the ledger in that place; one in the old place is moved there first.

    Args:
        path: the place; only a studies/ledger.jsonl has an old place beside it.
        say:  function that shows a line about the move.
        check: raises an error if this command may no longer add entries.

    Raises:
        LedgerError:     there are two ledgers, or the old one cannot be moved.
        StudyStateError: the new file cannot be written.
    """
    old = _old_place(path)
    if old is None or not old.exists():
        return Ledger(path, check)
    try:
        make_folder(path.parent)
        # two locks: against commands of this version, and against those of version 0.1.0
        with _held(path), _held(old):
            if not old.exists():
                return Ledger(path, check)
            moved = not path.exists()
            if moved:
                write_atomically(path, read_regular(old))
            else:
                _check_contained(old, path)
            old.unlink()
    except HeldError as error:
        raise LedgerError(f"{old}: {error} has held the ledger for {WAIT:.0f} seconds.") from None
    except OSError as error:
        raise LedgerError(f"{old}: the ledger cannot be moved to {path}: {error.strerror}.") from None
    if moved:
        say(f"{old} is now {path}: deleting mlruns/ no longer deletes the ledger")
    return Ledger(path, check)


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Hold the lock of a ledger within the block."""
    lock = SharedLock(path.with_suffix(".lock"))
    lock.acquire(WAIT)
    try:
        yield
    finally:
        lock.release()


def _old_place(path: Path) -> Path | None:
    return path.parent.parent / OLD_LEDGER if path.parts[-2:] == LEDGER.parts else None


def _check_contained(old: Path, new: Path) -> None:
    """Refuse two ledgers unless the new one begins with all entries of the old one.

    Raises:
        LedgerError: they are two chains.
    """
    before, now = read_regular(old), read_regular(new)
    if now.startswith(before[: before.rfind(b"\n") + 1]):  # a torn last line was no entry
        return
    tests, others = (raw.count(b'"kind":"reserved"') for raw in (now, before))
    raise LedgerError(
        f"{new} (test evaluations: {tests}) and {old} (test evaluations: {others}) are two ledgers, which cannot be "
        f"merged. Put one aside: `mv {old} {old}{KEPT}` keeps {new}; `mv {new} {new}{KEPT}` keeps {old}."
    )
