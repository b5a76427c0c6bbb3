"""A study's folder: one command at a time, and no file in it is ever half written.

The folder may come from a stranger. So a symbolic link that stands for one of the study's own files or folders is
replaced or refused, and never followed by a write or a deletion. The folder itself may be a link.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from experiments.config.regular_file import write_atomically
from experiments.errors import StudyStateError
from experiments.search.shared_lock import HeldError, LostError, SharedLock, is_locked
from nnet.durable import flush_folder, make_folder

STUDIES = Path("studies")  # the folder of studies without --out; made with the first of them

RESULTS = "results.json"
OUTER = re.compile(r"outer-([1-9]\d?)")  # name of an outer study's folder

FOLDERS = ("model", "out_of_fold", "report_files")  # folders that a study writes into its own
# what a study writes after its journal has begun, under names that people use, too
COMMON = ("model", "report_files", "report.html", "report.md", RESULTS, "trials.csv", "profile.txt")

LOCK_TIMEOUT = 0.3  # seconds: longer than another command takes for `is_running`


def print_note(line: str) -> None:
    """Print a line beside what a command prints."""
    print(line, file=sys.stderr)


class StudyFolder:
    """The folder DIR of a study.

    Args:
        path: made when it is claimed; its parent must exist.

    Attributes:
        journal:     the record of finished trials.
        results:     the result, written last.
        log:         what happened when, for people.
        out_of_fold: the predictions of each trial for the rows that it did not learn from.
        row_hashes:  hashes by which the ledger knows the test rows, so that a report needs no data.
        default_rows: the rows that the default was chosen with, if it won another study.
        validated:   the rows of out_of_fold with their truths, so that a comparison needs no data.
        work:        arrays that the workers map; gone when the command ends.
    """

    def __init__(self, path: Path):
        self.path = path
        self.journal, self.log, self.out_of_fold = path / "journal.log", path / "log.txt", path / "out_of_fold"
        self.row_hashes, self.validated = path / "test_rows.npz", path / "validation_rows.npz"
        self.results, self.work = path / RESULTS, path / ".work"
        self.default_rows = path / "default_of.json"
        self._lock = SharedLock(path / ".lock")

    def outer(self, fold: int) -> StudyFolder:
        """Return the folder of the study of an outer fold, from 1 on."""
        return StudyFolder(self.path / f"outer-{fold}")

    @property
    def outer_folders(self) -> list[StudyFolder]:
        """Return the folders of outer studies that are there, in the order of their folds."""
        folds = [int(found[1]) for path in self.path.glob("outer-*") if (found := OUTER.fullmatch(path.name))]
        return [self.outer(fold) for fold in sorted(folds)]

    def is_running(self) -> bool:
        """Tell whether a command of this machine has the folder now; nothing is written."""
        return is_locked(self.path / ".lock")

    def check_place(self) -> None:
        """Refuse a place where the folder cannot be, without making it.

        Raises:
            StudyStateError: there is a file, the parent does not exist, or neither can be read.
        """
        try:
            occupied = self.path.exists() and not self.path.is_dir()
            parent = self.path.parent == STUDIES or self.path.parent.is_dir()
        except OSError as error:
            raise StudyStateError(f"{self.path}: cannot be read: {error.strerror}.") from None
        if occupied:
            raise StudyStateError(f"{self.path}: must be the study's folder, but there is a file.")
        if not parent:
            above = self.path.parent
            make = shlex.join(["mkdir", "-p", str(above)])
            wrong = "is a file" if above.exists() else f"does not exist; {make} makes it"
            raise StudyStateError(f"{self.path}: the folder it should lie in {wrong}.")
        if OUTER.fullmatch(self.path.name) and self.path.is_symlink():
            raise StudyStateError(
                f"{self.path}: is a symbolic link, but the study of an outer fold lies in the whole study's folder; "
                "remove the link."
            )

    def check_no_stranger(self) -> None:
        """Refuse a folder with files that no study wrote, though they have the names of a study's.

        A link is no file: it is replaced, and never followed.

        Raises:
            StudyStateError: there are such files.
        """
        there = [name for name in COMMON if (self.path / name).exists() and not (self.path / name).is_symlink()]
        if there and not os.path.lexists(self.journal):
            raise StudyStateError(
                f"{self.path}: holds {', '.join(there)} but no study, which would overwrite them; choose another "
                "folder with --out, or move them."
            )

    def check_free(self) -> None:
        """Refuse a folder that another command has, without taking it.

        Raises:
            StudyStateError: a command is running this study.
        """
        if self.is_running():
            raise StudyStateError(f"{self.path}: another command is running this study.")

    def claim(self, say: Callable[[str], object] = print_note) -> None:
        """Take the folder for this command, and make sure that it can be written to.

        Args:
            say: receives a line about a command on another machine that has the folder, or had it.

        Raises:
            StudyStateError: it cannot be made or written to, or another command has it.
        """
        self.check_place()
        try:
            make_folder(self.path)
            with tempfile.TemporaryFile(dir=self.path):
                pass
            self._lock.say = say
            self._lock.acquire(LOCK_TIMEOUT)
            for name in (*FOLDERS, self.work.name, self.log.name):
                if (self.path / name).is_symlink():
                    (self.path / name).unlink()
        except HeldError as error:
            raise StudyStateError(f"{self.path}: another command is running this study: {error}.") from None
        except OSError as error:
            raise StudyStateError(f"{self.path}: cannot write to the study's folder: {error.strerror}.") from None
        _remove_tree(self.work)

    @contextmanager
    def claimed(self, say: Callable[[str], object] = print_note) -> Iterator[None]:
        """Have the folder for this command within the block.

        Args:
            say: as of `claim`.

        Raises:
            StudyStateError: it cannot be made or written to, or another command has it.
        """
        self.claim(say)
        try:
            yield
        finally:
            self.release()

    def release(self) -> None:
        """Let other commands have the folder; one that has taken it over already is left alone."""
        with suppress(OSError):
            if self._lock.is_held:
                _remove_tree(self.work)
        self._lock.release()

    def check_held(self) -> None:
        """Refuse to go on in a folder that another command has taken over from this one.

        Raises:
            StudyStateError: one has, on another machine, while this one stood still; or the lock cannot be read.
        """
        try:
            self._lock.check()
        except LostError as error:
            raise StudyStateError(
                f"{self.path}: {error} took this study over while this command stood still; nothing more is written "
                "here. The same command continues the study once the other has ended."
            ) from None
        except OSError as error:
            raise StudyStateError(f"{self.path}: the lock cannot be read: {error.strerror}.") from None

    def clear(self) -> None:
        """Start anew: remove the study, but nothing that another program put here; the journal goes last.

        The results go first, since they say that the study is finished, and its outer studies next.

        Raises:
            StudyStateError: something cannot be removed.
        """
        self._unlink(RESULTS)
        flush_folder(self.path)
        for outer in self.outer_folders:
            if outer.path.is_symlink():
                self._unlink(outer.path.name)
            else:
                outer.remove()
        for name in FOLDERS:
            _remove_tree(self.path / name)
        names = ["tracking.json", "tracking_state.json", "tracking.log", "trials.csv"]
        names += ["report.html", "report.md", "log.txt", "profile.txt"]
        self._unlink(*names, self.row_hashes.name, self.validated.name, self.journal.name)

    def remove(self) -> bool:
        """Remove the study and what it left behind, and the folder, if nothing else is in it; True if it is gone.

        Raises:
            StudyStateError: something cannot be removed.
        """
        _remove_tree(self.work)
        parts = [path.name for pattern in (".*.part", ".*.lock", ".*.holder") for path in self.path.glob(pattern)]
        self.clear()
        self._unlink(f"{self.journal.name}.torn", f"{self.journal.name}.lock", *parts, ".lock", ".lock.holder")
        with suppress(OSError):
            self.path.rmdir()
        return not self.path.exists()

    def _unlink(self, *names: str) -> None:
        try:
            for name in names:
                if name == self.journal.name:
                    flush_folder(self.path)  # whatever outlasts a loss of power, the journal is the last to go
                (self.path / name).unlink(missing_ok=True)
        except OSError as error:
            raise StudyStateError(f"{self.path / name}: cannot be removed: {error.strerror}.") from None

    def write(self, name: str, text: str) -> Path:
        """Write a file whole or not at all.

        Raises:
            StudyStateError: the disk is full, the folder cannot be written to, or another command took it over.
        """
        self.check_held()
        return write_atomically(self.path / name, text.encode())


def _remove_tree(path: Path) -> None:
    """Remove a folder, but neither a link nor a pipe in its place, which `rmtree` would wait for."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)  # of a link it removes nothing


class StudyLog:
    """A log with the time before each line. A line that cannot be written is dropped, and the study goes on.

    Nothing is written through a symbolic link or into a pipe.
    """

    def __init__(self, path: Path):
        self._path = path

    def write(self, line: str) -> None:
        try:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
            with os.fdopen(os.open(self._path, flags, 0o666), "a", encoding="utf-8", errors="backslashreplace") as file:
                now = datetime.now().astimezone().isoformat(" ", "seconds")
                file.write(f"{now}  {' '.join(line.split())}\n")
        except OSError:
            return
