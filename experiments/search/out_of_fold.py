"""Out-of-fold outputs: a trial's network outputs for the rows that its networks did not train on, at its best epoch.

They are the outputs that were scored: logits, or numbers in the target's own units. Rows lie fold after fold, so a row
of repeated folds appears several times, and a row that no fold validates does not appear. Those of COMPLETE trials are
kept in DIR/out_of_fold/NUMBER.npy.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Sequence
from functools import partial
from math import prod
from pathlib import Path

import numpy as np

from experiments.config.regular_file import read_regular
from experiments.config.target import Target
from experiments.errors import StudyStateError
from experiments.search.trial import TrialOutput, TrialResult
from nnet import durable
from nnet.arrays import Array, Targets
from nnet.metrics import Score


class BestOutputs:
    """The outputs of the best epoch, noted while they are scored.

    Args:
        score: the score of a fold's outputs.
        folds: number of folds.

    >>> outputs = BestOutputs(lambda z, y: float(z.sum()), folds=2)
    >>> [score(np.full((1, 2), fold), np.zeros(1)) for fold, score in enumerate(outputs.scores)]
    [0.0, 2.0]
    >>> outputs.keep()
    >>> outputs.best
    array([[0, 0],
           [1, 1]])
    """

    def __init__(self, score: Score, folds: int):
        self._score = score
        self._latest: list[Array | None] = [None] * folds
        self._best: Sequence[Array] = ()

    @property
    def scores(self) -> list[Score]:
        """Return a score for each fold that also notes the outputs that it scores."""
        return [partial(self._noted, fold) for fold in range(len(self._latest))]

    def keep(self) -> None:
        """Keep the outputs that were scored last. They are copied, because the network uses their memory again."""
        self._best = [z.copy() for z in self._latest if z is not None]

    @property
    def best(self) -> Array:
        """Return the (rows, outputs) array of all folds."""
        return np.concatenate(self._best)

    def _noted(self, fold: int, z: Array, y: Targets) -> float:
        self._latest[fold] = z
        return self._score(z, y)


def npy(array: Array) -> bytes:
    """Return the content of an .npy file of this array."""
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


def array_of(content: bytes | memoryview) -> Array:
    """Return the array that `npy` encoded.

    >>> array_of(npy(np.array([[0.5, 2.0]])))
    array([[0.5, 2. ]])
    """
    array: Array = np.load(io.BytesIO(content), allow_pickle=False)
    return array


def are_outputs(content: bytes, rows: int, target: Target) -> bool:
    """Tell whether the content is what `npy` encodes of finite outputs for so many rows.

    >>> are_outputs(npy(np.array([[0.5, 2.0]])), 1, Target(("a", "b"))), are_outputs(b"", 1, Target())
    (True, False)
    """
    file = io.BytesIO(content)
    try:
        np.lib.format.read_magic(file)
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    except Exception:  # NumPy's parsers raise many types for a forged header
        return False
    widths = (target.outputs, 1) if target.outputs == 2 else (target.outputs,)
    if dtype.kind != "f" or shape not in [(rows, width) for width in widths]:
        return False
    size = len(content) - file.tell()
    return size == prod(shape) * dtype.itemsize and bool(np.isfinite(np.frombuffer(content[-size:], dtype)).all())


def fingerprint(content: bytes) -> str:
    """Return the sha256 of the content, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


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
