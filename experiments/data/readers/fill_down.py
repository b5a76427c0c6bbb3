"""Columns that name a block of rows once, above empty cells, as pivot tables are exported: they are filled down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from shlex import quote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.config.readable import count
from experiments.config.same_column import columns_called
from experiments.config.toml import toml_value
from experiments.data.formats.column_types import is_number, is_text
from experiments.data.raw_table import RawTable, listed, shown
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.text.edges import without_value
from experiments.data.texts import NUMBER
from experiments.errors import DataError
from nnet.arrays import Rows

BLOCKS = 3  # of a table, at least
LARGE = 2  # rows of a block, in the mean
CHANCE = 20  # empty cells below which rows that ascend by chance are none
RESETS = 0.9  # share of blocks that begin again, at or before the value above
SENTENCES = r"(\S+\s+){2}"  # of three words or more, which remark on a row and name no block
FRACTION = r"^[+-]?\d*[.,]\d*[1-9]\d*$"  # a number that names nothing

Marks = NDArray[np.bool_]


def filled_down(raw: RawTable, keys: FileKeys) -> RawTable:
    """Fill the columns down that the study file names, or the first ones if they name blocks of rows.

    They do if half of their cells or more are empty, but not the first, and the blocks are of one size, or another
    column ascends within all blocks and begins again with each. Where all cells of the first column differ, a line says
    at least which key fills it, and so where such a column is the target: a class is never filled in unasked.

    Raises:
        DataError: a column that the study file names does not exist.
    """
    if keys.fill_down is not None:
        names = [_existing(raw, name) for name in keys.fill_down if not keys.model or columns_called(name, raw.columns)]
        return _filled(raw, names, {name: _is_filled(raw, name) for name in names}) if names else raw
    found = {} if keys.model else _block_columns(raw)
    if not found:
        return raw
    names = list(found)
    are_blocks = _are_blocks(raw, found)
    if are_blocks and not any(_is_target(raw, name, keys.target) for name in names):
        cells = sum(int((~filled).sum()) for filled in found.values())
        said = f"{count(cells, 'empty cell')} of {listed(names)} read as the cell above (data.fill_down)"
        return replace(_filled(raw, names, found), repairs=(*raw.repairs, said))
    if are_blocks or _names_others(raw.columns[names[0]].filter(pa.array(found[names[0]]))):
        named = names if are_blocks else names[:1]
        return replace(raw, notes=(*raw.notes, _hint(named, int((~found[names[0]]).sum()))))
    return raw


def _is_target(raw: RawTable, name: str, target: str | int | None) -> bool:
    if isinstance(target, str):
        return name in columns_called(target, raw.columns)
    return target is not None and name in [*raw.columns][target:][:1]


def _existing(raw: RawTable, name: str) -> str:
    same = columns_called(name, raw.columns)
    if len(same) != 1:
        raise DataError(f"data.fill_down: {raw.where} has no column {shown(name)}; it has {listed([*raw.columns])}.")
    return same[0]


def _filled(raw: RawTable, names: Sequence[str], filled: dict[str, Marks]) -> RawTable:
    """Give every empty cell of some columns the value above it; the first ones of a file have none."""
    columns = {name: raw.columns[name].take(pa.array(_above(filled[name]))) for name in names}
    return replace(raw, columns=raw.columns | columns, layout={**raw.layout, "fill_down": tuple(names)})


def _above(filled: Marks) -> Rows:
    """Return for each row the position of the last filled one up to it, or its own above all of them.

    >>> _above(np.array([False, True, False, False, True])).tolist()
    [0, 1, 1, 1, 4]
    """
    rows = np.arange(len(filled))
    last = np.maximum.accumulate(np.where(filled, rows, -1))
    return np.where(last < 0, rows, last)


def _block_columns(raw: RawTable) -> dict[str, Marks]:
    """Return the first columns that may name blocks of rows, each within those of the one before, and their cells."""
    found: dict[str, Marks] = {}
    starts = np.zeros(raw.rows, bool)  # of the blocks of the column before
    for name in list(raw.columns)[:-1]:
        if not pc.any(without_value(raw.columns[name])).as_py():  # as of most files; NumPy's view loads pandas
            break
        filled = _is_filled(raw, name)
        blocks = int(filled.sum())
        if not (filled[0] and blocks >= BLOCKS and LARGE * blocks <= raw.rows) or (starts & ~filled).any():
            break
        found[name] = starts = filled
    return found


def _names_others(present: pa.ChunkedArray) -> bool:
    """Return whether the cells of a column all differ, and are no remarks."""
    remarks = is_text(present.type) and pc.any(pc.match_substring_regex(present, SENTENCES)).as_py()
    return not remarks and pc.count_distinct(present).as_py() == len(present)


def _hint(names: Sequence[str], empty: int) -> str:
    """Say how columns are filled down, the first of which is empty in so many rows."""
    key = quote(f"data.fill_down={names[0] if len(names) == 1 else toml_value(list(names))}")
    return (
        f"column {shown(names[0])} is empty in {count(empty, 'row')}; if each of its values names the rows below it, "
        f"too, --set {key} reads it so"
    )


def _are_blocks(raw: RawTable, found: dict[str, Marks]) -> bool:
    """Return whether the blocks of the last of some columns are of one size, or begin again in another column."""
    *_, starts = found.values()
    sizes = np.diff(np.flatnonzero(np.append(starts, True)))
    first = raw.columns[next(iter(found))].cast(pa.string())
    if len(set(sizes.tolist())) == 1 and not pc.any(pc.match_substring_regex(first, FRACTION)).as_py():
        return True
    if (~starts).sum() < CHANCE:
        return False
    return any(_begins_again(raw, name, starts) for name in raw.columns if name not in found)


def _begins_again(raw: RawTable, name: str, starts: Marks) -> bool:
    """Return whether a column ascends within each block, and the next one begins at its last value or before it."""
    values = _ordered(raw.columns[name])
    if values is None:
        return False
    steps, new = values[1:] > values[:-1], starts[1:]
    return bool(steps[~new].all() and (~steps[new]).mean() >= RESETS)


def _ordered(column: pa.ChunkedArray) -> NDArray[np.float64] | None:
    """Return numbers in the order of a column's values; None if some are missing."""
    if is_text(column.type):
        column = pc.utf8_trim_whitespace(column)
        if pc.all(pc.match_substring_regex(column, NUMBER)).as_py():
            column = column.cast(pa.float64())
    if column.null_count or not (is_text(column.type) or is_number(column.type) or pa.types.is_temporal(column.type)):
        return None
    ranks: NDArray[np.float64] = pc.rank(column, tiebreaker="dense").to_numpy().astype(np.float64)
    return ranks


def _is_filled(raw: RawTable, name: str) -> Marks:
    return ~np.asarray(without_value(raw.columns[name]))
