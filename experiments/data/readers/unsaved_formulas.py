"""Formulas of a sheet whose values a program did not save: their columns are empty, which is said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from experiments.data.raw_table import listed

PROBE = 20  # rows
UNSAVED = "there are only formulas in"


def unsaved_formulas(path: Path, sheet: str, start: int, empty: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    """Say which empty columns hold formulas.

    Args:
        start: number of the first row below the header, from 0.
        empty: position in the sheet, from 0, and name of each column without a value.
    """
    if not empty:
        return ()
    import openpyxl

    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
        try:
            rows = [*book[sheet].iter_rows(start + 1, start + PROBE, values_only=True)]
        finally:
            book.close()
    found = [name for at, name in empty if any(str(row[at]).startswith("=") for row in rows if at < len(row))]
    if not found:
        return ()
    return (f"{UNSAVED} {listed(found)}, as their values were not saved; open the file in a spreadsheet and save it",)
