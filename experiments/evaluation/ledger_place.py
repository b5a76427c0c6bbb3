"""Where the ledger lies: studies/ledger.jsonl. One that version 0.1.0 kept in mlruns/ is moved there, once."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from experiments.errors import LedgerError
from experiments.evaluation.ledger import WAIT, Ledger

PLACE = Path("studies") / "ledger.jsonl"
OLD_PLACE = Path("mlruns") / "looks.jsonl"  # of version 0.1.0
KEPT = ".kept"  # ending of a ledger that is put aside


def ledger_path(folder: Path | None = None) -> Path:
    """Return the place of the ledger in a working folder; in the current one, if none is given."""
    return PLACE if folder is None else folder / PLACE


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


def open_ledger(path: Path, say: Callable[[str], object]) -> Ledger:
    """Return the ledger in that place; one in the old place is moved there first.

    Args:
        path: the place; only a studies/ledger.jsonl has an old place beside it.
        say:  hears of the move in one line.

    Raises:
        LedgerError: there are two ledgers, or the old one cannot be moved.
    """
    old = _old_place(path)
    if old is None or not old.exists():
        return Ledger(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        locks = (FileLock(one.with_suffix(".lock"), timeout=WAIT) for one in (path, old))
        with next(locks), next(locks):  # against this version's commands, and against those of version 0.1.0
            if not old.exists():
                return Ledger(path)
            if path.exists():
                _check_contained(old, path)
                old.unlink()
                return Ledger(path)
            _move(old, path)
    except Timeout:
        raise LedgerError(f"{old}: another command has held the ledger for {WAIT:.0f} seconds.") from None
    except OSError as error:
        raise LedgerError(f"{old}: the ledger cannot be moved to {path}: {error.strerror}.") from None
    say(f"{old} is now {path}: the looks that it counts outlast mlruns/")
    return Ledger(path)


def _old_place(path: Path) -> Path | None:
    return path.parent.parent / OLD_PLACE if path.parts[-2:] == PLACE.parts else None


def _move(old: Path, new: Path) -> None:
    """Move a file so that one of the two is whole at any moment."""
    try:
        old.rename(new)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        part = new.with_name(f"{new.name}.part")
        shutil.copyfile(old, part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(new)
        _sync(new.parent)
        old.unlink()
    _sync(new.parent)


def _sync(folder: Path) -> None:
    if os.name != "posix":  # elsewhere a folder cannot be opened
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _check_contained(old: Path, new: Path) -> None:
    """Refuse two ledgers of which the new one does not begin with all that the old one has.

    Raises:
        LedgerError: they are two chains.
    """
    before, now = old.read_bytes(), new.read_bytes()
    if now.startswith(before[: before.rfind(b"\n") + 1]):  # a torn last line was no entry
        return
    looks, others = (raw.count(b'"kind":"reserved"') for raw in (now, before))
    raise LedgerError(
        f"{new} ({looks} looks) and {old} ({others} looks) are two ledgers, whose chains cannot be merged: put one "
        f"aside. `mv {old} {old}{KEPT}` goes on with {new}; `mv {new} {new}{KEPT}` goes on with {old}."
    )
