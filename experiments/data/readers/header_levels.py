"""A header of several rows, as pandas writes columns of levels and as merged cells leave it: groups above names."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.config.same_column import same_column
from experiments.data.raw_table import column_names
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.text.layout import NUMBER_OR_COMMA

MOSTLY = 0.9  # share of the cells of a column that are numbers
DEPTHS = (3, 2, 1)  # rows below the first one

Pairs = Sequence[tuple[str, str]]


def header_levels(first: Sequence[str], below: Sequence[Sequence[str]], keys: FileKeys) -> tuple[list[str], int] | None:
    """Find further rows of names, and one below that names the index alone; None where there is no second row of names.

    A name of the first row stands above several of the second, which differ there, and numbers stand below both. A
    column is called by both. Below merged cells, the second row alone is the header if all its names differ and one of
    them is the target.

    Args:
        first: the cells of the first row of the header.
        below: those of the rows that follow, or of the first ones.
        keys:  a model's columns may be called by the second row alone.

    >>> rows = [["", "pre", "post", ""], ["pupil", "", "", ""], ["1", "2", "3", "4"]]
    >>> header_levels(["", "math", "math", "art"], rows, FileKeys())
    (['pupil', 'math pre', 'math post', 'art'], 2)
    """
    return next(filter(None, (_levels(first, below, depth, keys) for depth in DEPTHS)), None)


def _levels(
    first: Sequence[str], below: Sequence[Sequence[str]], depth: int, keys: FileKeys
) -> tuple[list[str], int] | None:
    """Take some rows below the first one for further ones of the header; return None where they are none."""
    width = len(first)
    if len(below) <= depth or any(len(row) > width for row in below[:depth]):
        return None
    rows = [_of_width(row, width) for row in below[:depth]]
    if depth > 1 and (_index_names(rows[-1]) or any(NUMBER_OR_COMMA.fullmatch(cell) for row in rows for cell in row)):
        return None
    inner, outer = [" ".join(filter(None, cells)) for cells in zip(*rows, strict=True)], _of_width(first, width)
    merged = len({*filter(None, outer)}) == sum(map(bool, outer))
    outer = _filled(outer, inner)
    pairs = [*zip(outer, inner, strict=True)]
    index = _index_names(_of_width(below[depth], width))
    rest = below[depth + bool(index) :]
    both = [at for at, (group, name) in enumerate(pairs) if group and name]
    over_numbers = any(_are_numbers([row[at].strip() for row in rest if at < len(row)]) for at in both)
    if not (over_numbers and _are_levels(pairs, bool(index))):
        return None
    if merged and not index and len({*inner}) == width and same_column(keys.target, inner):
        return None
    joined = [" ".join(dict.fromkeys(filter(None, pair))) for pair in pairs]
    names = [*index, *joined[len(index) :]]
    model = set(keys.model)
    if not model <= {*column_names(names)} and model <= {*column_names(inner)}:
        names = inner
    return names, depth + bool(index)


def _of_width(cells: Sequence[str], width: int) -> list[str]:
    """Return stripped cells, with empty ones at the end where some lack."""
    return [*map(str.strip, cells[:width]), *[""] * (width - len(cells))]


def _filled(outer: list[str], inner: Sequence[str]) -> list[str]:
    """Write the name of a group above all its names, if it stands above the first one alone."""
    for at in range(1, len(outer)):
        if not outer[at] and inner[at] and outer[at - 1]:
            outer[at] = outer[at - 1]
    return outer


def _are_levels(pairs: Pairs, has_index: bool) -> bool:
    """Return whether two rows are groups and the names in them: a group has several, and no two columns are the same.

    Names may be numbers, such as years, above a row that names the index, or where every group has the same ones.
    """
    groups: dict[str, list[str]] = {}
    for group, name in pairs:
        if group and name:
            groups.setdefault(group, []).append(name)
    if max(map(len, groups.values()), default=0) < 2 or len(set(pairs)) < len(pairs):
        return False
    if any(map(NUMBER_OR_COMMA.fullmatch, groups)):
        return False
    same = len(groups) > 1 and len({*map(tuple, groups.values())}) == 1
    words = not any(NUMBER_OR_COMMA.fullmatch(name) for _, name in pairs)
    return words or has_index or same


def _index_names(cells: Sequence[str]) -> list[str]:
    """Return the names in a row that names the first columns alone, those of the index; none of another row."""
    filled = [cell for cell in cells if cell]
    words = not any(map(NUMBER_OR_COMMA.fullmatch, filled))
    first = cells[: len(filled)] == filled and 2 * len(filled) < len(cells)
    return filled if filled and words and first else []


def _are_numbers(cells: Sequence[str]) -> bool:
    filled = [*filter(None, cells)]
    return bool(filled) and sum(map(bool, map(NUMBER_OR_COMMA.fullmatch, filled))) >= MOSTLY * len(filled)
