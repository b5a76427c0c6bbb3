"""The sealed test set: rows that can be read only for a look that the ledger has reserved."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.features import Features
from experiments.data.identity.cells import SourceCells
from experiments.data.identity.column_hashes import column_hashes
from experiments.data.identity.fingerprint import content_fingerprint, row_bytes
from experiments.data.identity.hashes import short_hash
from experiments.data.identity.row_hashes import RowHashes
from experiments.errors import LedgerError


@dataclass(frozen=True)
class Look:
    """A look: the final models of a study scored once on the test rows.

    rows:   fingerprint of the test rows.
    models: digest of the models, fixed before the rows are read.
    study:  identity of the study, which does not depend on its number of trials.
    parts:  fingerprints of the parts of these rows that are sealed apart, each for the models that it is scored by.
    joined: whether the final model, or that of each part, is the mean of both models; `models` names both in any case.
    external: whether the rows are new ones, on which the study's final model alone is scored after its end.
    """

    rows: str
    models: str
    study: str
    parts: tuple[str, ...] = ()
    joined: tuple[bool, ...] = ()
    external: bool = False

    @property
    def id(self) -> str:
        """Identify the look by its test rows and models; the same pair is the same look."""
        return hashlib.sha256(f"{self.rows}:{self.models}".encode()).hexdigest()[:32]


class SealedTestSet:
    """Test rows behind a seal.

    Args:
        named: (N,) the target of each row in the data's own words; None: as in y.

    Attributes:
        groups:      (N,) the group of each row, which statistics draw as a whole; None without groups. Not sealed.
        fingerprint: SHA-256 of the rows as read.
    """

    def __init__(
        self,
        features: Features,
        y: NDArray[Any],
        groups: NDArray[Any] | None = None,
        cells: SourceCells | None = None,
        named: NDArray[Any] | None = None,
    ):
        self._features, self._y = features, y
        self._cells = SourceCells.of(features, y) if cells is None else cells
        self._named = y if named is None else named
        self.groups = groups
        if isinstance(features, np.ndarray):
            features.setflags(write=False)
        y.setflags(write=False)
        self.fingerprint = content_fingerprint(features, y)

    def __len__(self) -> int:
        return len(self._y)

    @cached_property
    def known_by(self) -> RowHashes:
        """Return the hashes by which the ledger knows these rows, even in another split and with other columns."""
        read = tuple(map(short_hash, row_bytes(self._features, self._y)))
        columns = column_hashes(self._cells, self._named)
        return RowHashes(self.fingerprint, self._cells.hashes(), read, columns)

    def open(self, look: Look, is_reserved: Callable[[Look], bool]) -> tuple[Features, NDArray[Any]]:
        """Return the features and y, for a look that was reserved for these rows.

        Args:
            is_reserved: returns whether the ledger has the look; `Ledger.has`.

        Raises:
            LedgerError: the look was not reserved, or was reserved for other rows.
        """
        if not is_reserved(look):
            raise LedgerError("the test rows are sealed: the ledger has no reservation for this look.")
        if self.fingerprint not in (look.rows, *look.parts):
            raise LedgerError("the look was reserved for other test rows: their fingerprints differ.")
        return self._features, self._y
