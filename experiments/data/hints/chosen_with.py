"""The hint that the default was chosen with test rows, as when it won a study of some of these rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain

import numpy as np

from experiments.config.readable import count
from experiments.data.identity.fingerprint import row_bytes
from experiments.data.identity.hashes import short_hash
from experiments.data.identity.row_hashes import RowHashes
from experiments.data.splits.split import DevelopmentSet
from experiments.data.table import Table

TOO_GOOD = "its test score may be too good."


def learnt_hashes(whole: Table, development: DevelopmentSet) -> frozenset[bytes]:
    """Return two hashes of each development row: of its cells in the source, and as it is read.

    Args:
        whole: all rows of the source.
    """
    cells = whole.source_cells().take(np.flatnonzero(np.isin(whole.positions, development.table.positions)))
    read = map(short_hash, row_bytes(development.features, development.y))
    return frozenset(chain(cells.hashes(), read))


def chosen_with(test: RowHashes, learnt: Collection[bytes] | None, studies: Sequence[str]) -> str | None:
    """Say how many test rows the default was chosen with; None where it was with none.

    Args:
        learnt:  hashes of the rows that the studies learnt from; None where they are not known.
        studies: names of the studies that chose the default.
    """
    names = f"the {'study' if len(studies) == 1 else 'studies'} {' and '.join(studies)}"
    if learnt is None:
        return (
            f"the default was chosen by {names}, and it is not known which rows were learnt from there, as the data of "
            f"then is not at hand: where the default was chosen with test rows, {TOO_GOOD}"
        )
    known = sum(cell in learnt or row in learnt for cell, row in zip(test.cells, test.read, strict=True))
    if not known:
        return None
    equal, them = ("is equal to a row", "it") if known == 1 else ("are equal to rows", "them")
    return (
        f"{known:,} of the {count(len(test.read), 'test row')} {equal} that {names} learnt from: the default was "
        f"chosen with {them}, so {TOO_GOOD}"
    )
