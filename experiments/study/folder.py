"""A study's folder: one command at a time, and no file in it is ever half written."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from experiments.errors import StudyStateError
from experiments.search.storage import write_atomically

STUDIES = Path("studies")  # where studies lie that were told no other place; made when the first one is

LOCK_TIMEOUT = 0.3  # seconds: longer than another command takes for `is_running`


class StudyFolder:
    """The folder DIR of a study.

    Args:
        path: made when it is claimed; its parent must exist.
    """

    def __init__(self, path: Path):
        self.path = path
        self._lock = FileLock(path / ".lock", timeout=LOCK_TIMEOUT)

    @property
    def journal(self) -> Path:
        """The record of told trials."""
        return self.path / "journal.log"

    @property
    def log(self) -> Path:
        """What happened when, for people."""
        return self.path / "log.txt"

    @property
    def out_of_fold(self) -> Path:
        """The predictions of each trial for the rows that it did not learn from."""
        return self.path / "out_of_fold"

    @property
    def row_hashes(self) -> Path:
        """Hashes by which the ledger knows the test rows, so that a report needs no data."""
        return self.path / "test_rows.npz"

    def is_running(self) -> bool:
        """Whether a command has the folder now; nothing is written, and one that is claiming it is not disturbed."""
        try:
            number = os.open(self.path / ".lock", os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            return False
        try:
            fcntl.flock(number, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(number)
        return False

    def check_place(self) -> None:
        """Refuse a place where the folder cannot be, without making it.

        Raises:
            StudyStateError: there is a file, the parent does not exist, or it cannot be told.
        """
        try:
            occupied = self.path.exists() and not self.path.is_dir()
            parent = self.path.parent == STUDIES or self.path.parent.is_dir()
        except OSError as error:
            raise StudyStateError(f"{self.path}: cannot be read: {error.strerror}.") from None
        if occupied:
            raise StudyStateError(f"{self.path}: the study's folder is wanted here, but there is a file.")
        if not parent:
            raise StudyStateError(f"{self.path}: the folder it should lie in does not exist.")

    def check_free(self) -> None:
        """Refuse a folder that another command has, without taking it.

        Raises:
            StudyStateError: a command is running this study.
        """
        if self.is_running():
            raise StudyStateError(f"{self.path}: another command is running this study.")

    def claim(self) -> None:
        """Take the folder for this command, and make sure that it can be written to.

        Raises:
            StudyStateError: it cannot be made or written to, or another command has it.
        """
        self.check_place()
        try:
            self.path.mkdir(exist_ok=True, parents=self.path.parent == STUDIES)
            with tempfile.TemporaryFile(dir=self.path):
                pass
            self._lock.acquire()
        except Timeout:
            raise StudyStateError(f"{self.path}: another command is running this study.") from None
        except OSError as error:
            raise StudyStateError(f"{self.path}: cannot write to the study's folder: {error.strerror}.") from None
        shutil.rmtree(self.work, ignore_errors=True)

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Have the folder for this command within the block.

        Raises:
            StudyStateError: it cannot be made or written to, or another command has it.
        """
        self.claim()
        try:
            yield
        finally:
            self.release()

    def release(self) -> None:
        """Let other commands have the folder."""
        shutil.rmtree(self.work, ignore_errors=True)
        self._lock.release()

    @property
    def work(self) -> Path:
        """Arrays that the workers map; gone when the command ends."""
        return self.path / ".work"

    def clear(self) -> None:
        """Start anew: remove the study, but nothing that another program put here; the journal goes last.

        Raises:
            StudyStateError: something cannot be removed.
        """
        for name in ("model", "out_of_fold", "report_files"):
            shutil.rmtree(self.path / name, ignore_errors=True)
        names = ("tracking.json", "results.json", "trials.csv", "report.html", "report.md", "log.txt", "profile.txt")
        self._unlink(*names, self.row_hashes.name, self.journal.name)

    def remove(self) -> bool:
        """Remove the study and what it left behind, and the folder, if nothing else is in it; True if it is gone.

        Raises:
            StudyStateError: something cannot be removed.
        """
        shutil.rmtree(self.work, ignore_errors=True)
        parts = [path.name for pattern in (".*.part", ".*.lock") for path in self.path.glob(pattern)]
        self.clear()
        self._unlink(f"{self.journal.name}.torn", f"{self.journal.name}.lock", *parts, ".lock")
        with suppress(OSError):
            self.path.rmdir()
        return not self.path.exists()

    def _unlink(self, *names: str) -> None:
        try:
            for name in names:
                (self.path / name).unlink(missing_ok=True)
        except OSError as error:
            raise StudyStateError(f"{self.path / name}: cannot be removed: {error.strerror}.") from None

    def write(self, name: str, text: str) -> Path:
        """Write a file whole or not at all.

        Raises:
            StudyStateError: the disk is full or the folder cannot be written to.
        """
        return write_atomically(self.path / name, text.encode())

    def keep(self, name: str, text: str) -> None:
        """Write a file; another that has its name, which a person may have edited, stays under `name.before`.

        Raises:
            StudyStateError: the disk is full or the folder cannot be written to.
        """
        path = self.path / name
        try:
            before = path.read_bytes() if path.exists() else None
        except OSError as error:
            raise StudyStateError(f"{path}: cannot be read: {error.strerror}.") from None
        if before != text.encode():
            if before is not None:
                write_atomically(path.with_name(f"{name}.before"), before)
            self.write(name, text)


class StudyLog:
    """Appends lines with the time; a line that cannot be written is lost, not the study."""

    def __init__(self, path: Path):
        self._path = path

    def write(self, line: str) -> None:
        """One line."""
        try:
            with self._path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(
                    f"{datetime.now().astimezone().isoformat(timespec='milliseconds')}  {' '.join(line.split())}\n"
                )
        except OSError:
            return
