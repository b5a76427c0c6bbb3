"""Files: the out-of-fold outputs of COMPLETE trials in DIR/out_of_fold/NUMBER.npy, and writes that are atomic."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from experiments.config.regular_file import read_regular
from experiments.config.target import Target
from experiments.errors import StudyStateError
from experiments.search.out_of_fold import are_outputs, fingerprint
from experiments.search.trial import TrialOutput, TrialResult
from nnet import durable


class OutOfFoldFiles:
    """The files of a study, in a folder that is created with the first file.

    A result names the content of its file by a hash, so a damaged or foreign file counts as missing. So does one that
    holds no such outputs, although a forged journal names it. What a loss of power takes can be computed again, so that
    files are flushed when the study ends.

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
            file = self._file(output.result.number)
            try:
                self._path.mkdir(parents=True, exist_ok=True)
                durable.write(file, output.outputs, lasting=False)  # else a trial would wait twice for the disk
            except OSError as error:
                raise StudyStateError(f"{file}: cannot be written: {error.strerror}.") from None
        return output.result

    def flush(self) -> None:
        """Wait until all files are on the disk, before the study is said to be finished.

        Raises:
            StudyStateError: they cannot be written there.
        """
        try:
            for file in sorted(self._path.glob("*.npy")):
                if file.is_file():  # a pipe in its place would be waited for
                    durable.flush(file)
            if self._path.exists():
                durable.flush_folder(self._path)
                durable.flush_folder(self._path.parent)
        except OSError as error:
            raise StudyStateError(f"{self._path}: cannot be written: {error.strerror}.") from None

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
    """Write a file whole or not at all, and its folder if it is not there; it outlasts a loss of power.

    A symbolic link of its name is replaced.

    Raises:
        StudyStateError: the file cannot be written; its earlier content is still there.
    """
    try:
        if not path.parent.is_dir():
            durable.make_folder(path.parent)
        durable.write(path, content)
    except OSError as error:
        raise StudyStateError(f"{path}: cannot be written: {error.strerror}.") from None
    return path
