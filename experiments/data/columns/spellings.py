"""One name for each class, where spellings differ in case or space alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from experiments.data.raw_table import listed
from experiments.data.table import Table
from nnet.near import composed

MOST_CASES = 4  # of one word: yes, Yes, YES, and one more; words of more, such as tSM0 and TsM0, are codes


def with_one_spelling(table: Table) -> tuple[Table, tuple[str, ...]]:
    """Name classes that differ in case or space alone by their most frequent spelling, of equals by the first row's.

    Classes that the source declares stay, and so do codes, whose case tells them apart. The source's own test rows have
    no influence on the names.

    Returns:
        the table, and a line for each class that was spelled in several ways.
    """
    if table.classes is not None or table.target.dtype.kind in "fiu":
        return table, ()
    words = table.target.astype(str)
    own = words[: table.learned]
    spellings, first, counts = np.unique(own, return_index=True, return_counts=True)
    frequent = [str(spellings[at]) for at in np.lexsort((first, -counts))]
    cases: dict[str, set[str]] = {}
    for spelling in frequent:
        cases.setdefault(plain_spelling(spelling), set()).add(" ".join(composed(spelling).split()))
    codes = {plain for plain, written in cases.items() if len(written) > MOST_CASES}

    def shared(spelling: str) -> str:
        return spelling if plain_spelling(spelling) in codes else plain_spelling(spelling)

    names: dict[str, str] = {}
    others: dict[str, list[str]] = {}
    different, positions = np.unique(words, return_inverse=True)
    for spelling in dict.fromkeys([*frequent, *map(str, different)]):
        name = names.setdefault(shared(spelling), spelling)
        if name != spelling:
            others.setdefault(name, []).append(spelling)
    if not others:
        return table, ()
    chosen = np.array([names[shared(str(spelling))] for spelling in different])
    lines = (
        f"target {table.target_name!r}: {listed(spelled)} and {name!r} are one class, {name!r}; data.categories = "
        f"[{table.target_name!r}] keeps them apart in a table."
        for name, spelled in others.items()
    )
    return replace(table, target=chosen[positions]), tuple(lines)


def plain_spelling(spelling: str) -> str:
    """Return what spellings of a class share.

    >>> plain_spelling(" Not  known"), plain_spelling("NOT KNOWN")
    ('not known', 'not known')
    """
    return " ".join(composed(spelling).split()).casefold()
