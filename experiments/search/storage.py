"""The out-of-fold outputs of a study's COMPLETE trials, in files: DIR/out_of_fold/NUMBER.npy."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from experiments.errors import StudyStateError
from experiments.search.out_of_fold import fingerprint
from experiments.search.trial import TrialOutput, TrialResult


class OutOfFoldFiles:
    """The files in a folder, which is made with the first of them.

    A result names the content of its file by a hash, so that a damaged or foreign one is as good as none.
    """

    def __init__(self, path: Path):
        self._path = path

    def keep(self, evaluation: TrialOutput) -> TrialResult:
        """Write a trial's outputs, if it has any; a trial that is told after this has its file.

        Raises:
            StudyStateError: the disk is full or the folder cannot be written to.
        """
        if evaluation.outputs is not None:
            write_atomically(self._file(evaluation.result.number), evaluation.outputs)
        return evaluation.result

    def content(self, result: TrialResult) -> bytes | None:
        """The file's content; None where there is none, or another."""
        try:
            content = self._file(result.number).read_bytes()
        except OSError:
            return None
        return content if fingerprint(content) == result.out_of_fold else None

    def remove_others(self, numbers: Collection[int]) -> None:
        """Remove files of trials that the study has not: those that were in flight when it ended."""
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
    """Write a file under another name, flush it to the disk, and give it its name.

    Raises:
        StudyStateError: it could not be written; what stood there before still does.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _flush(path.parent)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise StudyStateError(f"{path}: cannot be written: {error.strerror}.") from None
    return path


def _flush(folder: Path) -> None:
    """A rename is on the disk when its folder is; where folders cannot be flushed the system does it in time."""
    if hasattr(os, "O_DIRECTORY"):
        number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
