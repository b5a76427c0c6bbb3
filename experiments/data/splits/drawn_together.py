"""The test rows that statistics draw together: groups, copies, or blocks of consecutive rows in a time order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.count_different import count_different
from experiments.data.splits.copies import groups_of
from experiments.data.table import Table
from nnet.arrays import Rows

BLOCKS = 10  # number of blocks: fewer show nothing at p < 0.05, and more are more alike


def drawn_together(table: Table, rows: Rows) -> NDArray[Any] | None:
    """Return the group (n,) of each of some test rows; None where every row is drawn alone."""
    groups = groups_of(table)
    if groups is not None:
        return groups[rows]
    return None if table.time is None else time_blocks(table.time, rows)


def time_blocks(time: NDArray[Any], rows: Rows) -> Rows:
    """Return the block (n,) of each of some rows; rows of one moment are in one block.

    Neighbours in time are alike, so that rows tell less than as many independent ones. Means of long blocks depend on
    each other much less. A block has the number of its first moment in the table, so that parts of a table share none.

    Args:
        time: (N,) time of each row of the table.

    Source: Schmeiser (1982), Batch size effects in the analysis of simulation output, Operations Research 30, 556-568.

    >>> time_blocks(np.arange(40), np.arange(20, 40))[:5].tolist()
    [20, 20, 22, 22, 24]
    """
    moments = np.unique(time, return_inverse=True)[1][rows]
    different, of_row = np.unique(moments, return_inverse=True)
    block = np.arange(len(different)) * BLOCKS // len(different)
    firsts = different[np.searchsorted(block, block)]
    blocks: Rows = firsts[of_row]
    return blocks


def blocks_note(blocks: NDArray[Any]) -> str:
    """Say how the rows of blocks of time (n,) are drawn."""
    return (
        f"data.time: neighbours are alike, so intervals and tests draw {count_different(blocks)} blocks of consecutive "
        "test rows, and are wider where neighbouring blocks are alike, too."
    )
