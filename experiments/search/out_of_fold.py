"""Out-of-fold outputs: what the networks of a trial say of the rows that they did not train on, at its best epoch.

They are the outputs that were scored: logits, or numbers in the target's own units. Rows lie fold after fold, so a row
of repeated folds is there several times, and one that no fold is validated on is not.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from functools import partial

import numpy as np

from nnet.arrays import Array, Targets
from nnet.metrics import Score


class BestOutputs:
    """Follows outputs as they are scored, and keeps those of the best epoch.

    Args:
        score: of one fold's outputs.
        folds: how many.

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
        """The score for each fold, which takes note of what it is given."""
        return [partial(self._noted, fold) for fold in range(len(self._latest))]

    def keep(self) -> None:
        """What was scored last is the best so far. It is copied, because whoever made it may use its memory again."""
        self._best = [z.copy() for z in self._latest if z is not None]

    @property
    def best(self) -> Array:
        """(rows, outputs) of all folds."""
        return np.concatenate(self._best)

    def _noted(self, fold: int, z: Array, y: Targets) -> float:
        self._latest[fold] = z
        return self._score(z, y)


def npy(array: Array) -> bytes:
    """The content of an .npy file of this array."""
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


def array_of(content: bytes | memoryview) -> Array:
    """The array of `npy`.

    >>> array_of(npy(np.array([[0.5, 2.0]])))
    array([[0.5, 2. ]])
    """
    array: Array = np.load(io.BytesIO(content), allow_pickle=False)
    return array


def fingerprint(content: bytes) -> str:
    """By which the content is known again."""
    return hashlib.sha256(content).hexdigest()
