"""The fault table: its rows from all files, in the order of their numbers, and the kills."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from experiments.benchmark.fault_rows.row import Row
from experiments.errors import SpecError

GROUPS = (
    *("deaths", "storage", "tracking", "training", "identity", "places", "leak", "ray_cluster", "surroundings"),
    *("names", "study_files", "tables", "arrays", "class_counts", "foreign_models"),  # bad input
)
KILLS = "kills"


def table_rows() -> list[Row]:
    """Return the rows of the table."""
    rows = [row for group in GROUPS for row in import_module(f"experiments.benchmark.fault_rows.{group}").ROWS]
    return sorted(rows, key=lambda row: int(row.name))


def chosen_rows(words: str) -> Sequence[Row]:
    """Return the rows that words name: numbers between commas, "kills", or nothing for the whole table.

    Raises:
        SpecError: there is no such row.
    """
    rows = table_rows()
    if not words:
        return rows
    chosen: list[Row] = []
    for word in words.split(","):
        found = kill_rows() if word == KILLS else [row for row in rows if row.name == word]
        if not found:
            known = ", ".join(row.name for row in rows)
            raise SpecError(f"--faults: must name rows of {known} or {KILLS}, but got {word!r}.")
        chosen += found
    return chosen


def kill_rows() -> Sequence[Row]:
    """Return a row for each kill."""
    from experiments.benchmark.fault_rows import kills

    rows: Sequence[Row] = kills.ROWS
    return rows
