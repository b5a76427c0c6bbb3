"""A table on the terminal that leaves out columns where it is narrow, rather than break names that people type."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

GAP = 2  # columns of the terminal between those of the table


def fitting_table(
    columns: Mapping[str, Sequence[Text]], width: int, spared: Sequence[str], right: Collection[str]
) -> Table:
    """Make a table without a frame; where nothing more can be left out, words are broken.

    Args:
        columns: cells by their title.
        width:   columns of the terminal.
        spared:  titles of what is left out where there is no room, the first one first.
        right:   titles of what stands on the right of its column.
    """
    shown = dict(columns)
    for title in spared:
        if _width(shown) > width:
            shown.pop(title, None)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in shown:
        justify: Literal["left", "right"] = "right" if title in right else "left"
        table.add_column(title, justify=justify, overflow="fold", no_wrap=title in right)
    for cells in zip(*shown.values(), strict=True):
        table.add_row(*cells)
    return table


def _width(columns: Mapping[str, Sequence[Text]]) -> int:
    """Return the columns of the terminal that a table needs."""
    widths = (max(cell_len(title), *(cell.cell_len for cell in cells)) for title, cells in columns.items())
    return sum(width + GAP for width in widths) - GAP
