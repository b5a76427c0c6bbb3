"""Columns whose missing cells tell the class: what is measured in patients alone, a date that only the dead have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

MOSTLY = 0.95  # share of rows whose class is known by whether the cell is missing
ERRORS = 0.2  # of those that the most frequent class alone makes, at most
GAINED = 20  # rows at least that the missing cells tell and the most frequent class does not


def telling_gaps(missing: Mapping[str, NDArray[np.bool_]], labels: NDArray[np.intp]) -> Iterator[tuple[str, float]]:
    """Yield the columns whose missing cells tell the class of most rows, with the share of these rows.

    Args:
        missing: column -> (n,) whether its cell is missing.
        labels:  (n,) the class of each row, from 0.

    >>> sick = np.arange(200) % 4 == 0
    >>> list(telling_gaps({"score": ~sick, "age": np.arange(200) % 7 == 0}, sick.astype(np.intp)))
    [('score', 1.0)]
    """
    rows = len(labels)
    usual = int(np.bincount(labels).max()) if rows else 0
    for name, gone in missing.items():
        if not gone.any() or gone.all():
            continue
        told = sum(int(np.bincount(labels[cells]).max()) for cells in (gone, ~gone))
        if told >= MOSTLY * rows and told - usual >= GAINED and rows - told <= ERRORS * (rows - usual):
            yield name, told / rows
