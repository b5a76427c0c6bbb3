"""The sealed test set: rows that can be read only with a look that the ledger has reserved."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.cells import HASH_BYTES, SourceCells
from experiments.data.fingerprint import Features, content_fingerprint, row_bytes
from experiments.data.row_hashes import RowHashes
from experiments.errors import LedgerError


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

    def __init__(
        self,
        features: Features,
        y: NDArray[Any],
        groups: NDArray[Any] | None = None,
        cells: SourceCells | None = None,
    ):
        self._features, self._y = features, y
        self._cells = SourceCells.of(features, y) if cells is None else cells
        self.groups = groups
        if isinstance(features, np.ndarray):
            features.setflags(write=False)
        y.setflags(write=False)
        self.fingerprint = content_fingerprint(features, y)

    def __len__(self) -> int:
        return len(self._y)

    def known_by(self) -> RowHashes:
        """Return what the ledger knows these rows by, in another split and with other columns too; hashed once.

        Raises:
            DataError: a picture's file cannot be read any more.
        """
        return self._known_by

    @cached_property
    def _known_by(self) -> RowHashes:
        rows = row_bytes(self._features, self._y)
        read = tuple(hashlib.blake2b(row, digest_size=HASH_BYTES).digest() for row in rows)
        return RowHashes(self.fingerprint, self._cells.hashes(), read)

    def open(self, look: Look, is_reserved: Callable[[Look], bool]) -> tuple[Features, NDArray[Any]]:
        """The rows as they came, and y, for a look that was reserved for them.

        Args:
            is_reserved: whether the ledger has the look; `Ledger.has`.

        Raises:
            LedgerError: the look was not reserved, or for other rows.
        """
        if not is_reserved(look):
            raise LedgerError("the test rows are sealed: the ledger has no reservation for this look.")
        if look.rows != self.fingerprint:
            raise LedgerError("the look was reserved for other test rows: their fingerprints differ.")
        return self._features, self._y
