"""The empty rows between others: they have no prediction, which is said, as predictions may be put beside the rows."""

from __future__ import annotations

from collections.abc import Iterable

from experiments.config.readable import count


def empty_between(places: Iterable[tuple[int, int]], what: str) -> tuple[str, ...]:
    """Say how many empty rows lie between others; no line if there are none.

    Args:
        places: number (from 0) of the first line of each row, and of the line after its last.
        what:   name of such a line.

    >>> empty_between([(0, 1), (3, 4), (4, 6), (7, 8)], "line")
    ('3 empty lines between others left out, the first of them line 2; they have no prediction',)
    >>> empty_between([(1, 2), (2, 3)], "line")
    ()
    """
    empty, first, after = 0, 0, None
    for begins, ends in places:
        if after is not None and begins > after:
            empty, first = empty + begins - after, first or after + 1
        after = ends
    if not empty:
        return ()
    has = "it has" if empty == 1 else "they have"
    the_first = f"{what} {first}" if empty == 1 else f"the first of them {what} {first}"
    return (f"{count(empty, f'empty {what}')} between others left out, {the_first}; {has} no prediction",)
