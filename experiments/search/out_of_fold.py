"""Out-of-fold outputs: a trial's network outputs for the rows that its networks did not train on, at its best epoch.

They are the outputs that were scored: logits, or numbers in the target's own units. Rows lie fold after fold, so a row
of repeated folds appears several times, and a row that no fold validates does not appear.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from functools import partial
from math import prod

import numpy as np

from experiments.config.target import Target
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
