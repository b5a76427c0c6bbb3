"""Files: the out-of-fold outputs of COMPLETE trials in DIR/out_of_fold/NUMBER.npy, writes that are atomic, locks."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from experiments.config.regular_file import read_regular
from experiments.config.target import Target
from experiments.errors import StudyStateError
from experiments.search.out_of_fold import are_outputs, fingerprint
from experiments.search.trial import TrialOutput, TrialResult


class OutOfFoldFiles:
    """The files of a study, in a folder that is created with the first file.

    A result names the content of its file by a hash, so a damaged or foreign file counts as missing. So does one that
    holds no such outputs, although a forged journal names it.

    Args:
        expected: number of rows of every trial's outputs, and their target; None where these are not known.
    """

    def __init__(self, path: Path, expected: tuple[int, Target] | None = None):
        self._path, self._expected = path, expected

    def keep(self, output: TrialOutput) -> TrialResult:
        """Write a trial's outputs, if it has any, and return its result.

        Raises:
            StudyStateError: the disk is full or the folder cannot be written to.
        """
        if output.outputs is not None:
            write_atomically(self._file(output.result.number), output.outputs)
        return output.result

    def content(self, result: TrialResult) -> bytes | None:
        """Return the content of the trial's file; None where the file is missing or damaged."""
        try:
            content = read_regular(self._file(result.number))
        except OSError:
            return None
        if fingerprint(content) != result.out_of_fold:
            return None
        return content if self._expected is None or are_outputs(content, *self._expected) else None

    def remove_others(self, numbers: Collection[int]) -> None:
        """Remove the files of all other trials: those that were running when the search ended."""
        names = {self._file(number).name for number in numbers}
        try:
            for file in self._path.glob("*.npy"):
                if file.name not in names:
                    file.unlink(missing_ok=True)
        except OSError as error:
            raise StudyStateError(f"{self._path}: cannot be cleared: {error.strerror}.") from None

    def _file(self, number: int) -> Path:
        return self._path / f"{number}.npy"


def write_atomically(path: Path, content: bytes) -> Path:
    """Write a file under another name, flush it to the disk, and rename it; a symbolic link of its name is replaced.

    Raises:
        StudyStateError: the file cannot be written; its earlier content is still there.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)  # of a kill, or somebody's link, which "x" does not follow
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)  # the new name, too
        finally:
            os.close(folder)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise StudyStateError(f"{path}: cannot be written: {error.strerror}.") from None
    return path


def is_locked(path: Path) -> bool:
    """Tell whether a process has a lock file now; nothing is written."""
    try:
        number = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(number, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(number)
    return False
