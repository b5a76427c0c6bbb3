"""The sealed test set: rows that can be read only with a look that the ledger has reserved."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.content import Features, content_fingerprint, row_bytes
from experiments.errors import LookError


@dataclass(frozen=True)
class Look:
    """One look: which rows, at which models, by which study.

    rows:   fingerprint of the test rows.
    models: digest of what is scored, fixed before the rows are read.
    study:  identity of the study, whatever its number of trials.
    """

    rows: str
    models: str
    study: str

    @property
    def id(self) -> str:
        """The look is the pair (test rows, models scored); the same pair again is the same look."""
        return hashlib.sha256(f"{self.rows}:{self.models}".encode()).hexdigest()[:32]


class SealedTestSet:
    """Test rows behind a seal.

    Attributes:
        groups: (N,) which of them belong together; None where every row stands alone. Not sealed.
    """

    HASH_BYTES = 8  # of each row's hash: two of 10 million rows collide with probability 3e-6

    def __init__(self, features: Features, y: NDArray[Any], groups: NDArray[Any] | None = None):
        self._features, self._y = features, y
        self.groups = groups
        if isinstance(features, np.ndarray):
            features.setflags(write=False)
        y.setflags(write=False)
        self.fingerprint = content_fingerprint(features, y)

    def __len__(self) -> int:
        return len(self._y)

    def row_hashes(self) -> frozenset[bytes]:
        """A hash of each row, features and target, by which the ledger knows rows again in another split."""
        rows = row_bytes(self._features, self._y)
        return frozenset(hashlib.blake2b(row, digest_size=self.HASH_BYTES).digest() for row in rows)

    def open(self, look: Look, is_reserved: Callable[[Look], bool]) -> tuple[Features, NDArray[Any]]:
        """The rows as they came, and y, for a look that was reserved for them.

        Args:
            is_reserved: whether the ledger has the look; `Ledger.has`.

        Raises:
            LookError: the look was not reserved, or for other rows.
        """
        if not is_reserved(look):
            raise LookError("the test rows are sealed: the ledger has no reservation for this look.")
        if look.rows != self.fingerprint:
            raise LookError("the look was reserved for other test rows: their fingerprints differ.")
        return self._features, self._y
