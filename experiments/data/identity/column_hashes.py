"""Hashes of the columns of test rows, each beside the target: they tell rows again whose file has other columns.

A row is known by all its cells, so a column more or less, or their order, makes another row of it. The hash of a column
and the target does not depend on the other columns, nor on the order of the rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.identity.cell_words import Words, array_words
from experiments.data.identity.cells import SourceCells
from experiments.data.identity.hashes import mixed

FEWEST = 20  # different values of a column that cannot be another table's by chance
MOST_COLUMNS = 1000  # of a table whose columns are hashed
KEPT = 256  # hashes, the smallest ones: two wider tables that share many columns share some of them


def column_hashes(cells: SourceCells, y: NDArray[Any]) -> tuple[bytes, ...]:
    """Compute the smallest hashes of columns with different values, in ascending order.

    Columns that count or order the rows, as those of any other table may, have none.

    Args:
        y: (N,) the rows' targets in the data's own words.
    """
    if cells.width > MOST_COLUMNS:
        return ()
    targets = mixed(array_words(np.asarray(y)) + np.uint64(1))
    found = {_hash(words, targets) for words in cells.columns() if _differ(words)}
    return tuple(sorted(found)[:KEPT])


def _differ(words: Words) -> bool:
    """Return whether the words have many values, which are neither different whole numbers nor in order."""
    ordered = np.sort(words)
    different = len(words) and 1 + np.count_nonzero(ordered[1:] != ordered[:-1])
    if different < FEWEST:
        return False
    numbers = words.view(np.float64)  # of texts, whose words are hashes, it is neither
    with np.errstate(invalid="ignore"):
        counts = different == len(words) and bool((numbers == np.floor(numbers)).all())
        steps = np.diff(numbers)
    return not (counts or (steps >= 0).all() or (steps <= 0).all())


def _hash(words: Words, targets: Words) -> bytes:
    """Return the hash of the pairs of a column's cells and the targets, whatever their order."""
    pairs = np.add.reduce(mixed(words ^ targets)) ^ np.uint64(len(words))
    return int(mixed(np.array([pairs]))[0]).to_bytes(8, "big")
