"""One name for each class, where spellings differ in case or space alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from experiments.data.raw_table import listed
from experiments.data.table import Table


def with_one_spelling(table: Table) -> tuple[Table, tuple[str, ...]]:
    """Name classes that differ in case or space alone by their most frequent spelling, of equals by the first row's.

    Classes that the source declares stay. The source's own test rows have no influence on the names.

    Returns:
        the table, and a line for each class that was spelled in several ways.
    """
    if table.classes is not None or table.target.dtype.kind in "fiu":
        return table, ()
    words = table.target.astype(str)
    own = words[: len(words) - table.own_test]
    spellings, first, counts = np.unique(own, return_index=True, return_counts=True)
    frequent = [str(spellings[at]) for at in np.lexsort((first, -counts))]
    names: dict[str, str] = {}
    others: dict[str, list[str]] = {}
    different, positions = np.unique(words, return_inverse=True)
    for spelling in dict.fromkeys([*frequent, *map(str, different)]):
        name = names.setdefault(_plain(spelling), spelling)
        if name != spelling:
            others.setdefault(name, []).append(spelling)
    if not others:
        return table, ()
    chosen = np.array([names[_plain(str(spelling))] for spelling in different])
    lines = (
        f"target {table.target_name!r}: {listed(spelled)} and {name!r} are one class, {name!r}; data.categories = "
        f"[{table.target_name!r}] keeps them apart in a table."
        for name, spelled in others.items()
    )
    return replace(table, target=chosen[positions]), tuple(lines)


def _plain(spelling: str) -> str:
    """Return what spellings of a class share.

    >>> _plain(" Not  known"), _plain("NOT KNOWN")
    ('not known', 'not known')
    """
    return " ".join(spelling.split()).casefold()
