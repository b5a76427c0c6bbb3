"""The lines of a benchmark as a table for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

Line = dict[str, Any]  # one line of a table, as it is written to the JSON file


def wide_console() -> Console:
    """Return a console of at least 110 columns, however narrow the terminal or pipe."""
    return Console(width=max(Console().width, 110), highlight=False)


def print_table(
    console: Console,
    lines: Sequence[Line],
    columns: Mapping[str, str],
    section: str | None = None,
    title: str | None = None,
) -> None:
    """Print a table with one row for each line.

    Args:
        columns: heading of each column -> key of its values and their format, "ratio:.1f".
        section: key of a line; a rule separates rows that differ in it.
    """
    table = Table(title=title)
    for heading, column in columns.items():
        table.add_column(heading, justify="right" if ":" in column else "left")
    for line, following in zip(lines, [*lines[1:], {}], strict=True):
        ends = section is not None and line[section] != following.get(section)
        table.add_row(*(_cell(line, column) for column in columns.values()), end_section=ends)
    console.print(table)


def _cell(line: Line, column: str) -> str:
    key, _, form = column.partition(":")
    value = line[key]
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format(value, form)
