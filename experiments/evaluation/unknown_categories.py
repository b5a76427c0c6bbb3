"""Categories in new rows that a model has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from experiments.config.documents import readable
from experiments.evaluation.model import Model

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 3  # values, and rows, of a column


@dataclass
class Unknown:
    """The unknown categories of a column.

    cells:  number of cells that hold one.
    values: the different ones.
    rows:   the first rows with one, from 0.
    """

    cells: int = 0
    values: dict[str, None] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)


class UnknownCategories:
    """The categories of some rows that were in no training row.

    Columns whose rare values share an input are left out: the model does not hold which values these were.
    """

    def __init__(self, model: Model):
        self._known = model.rows.categories
        self._found: dict[str, Unknown] = {}
        self._rows = 0

    def look_at(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Note the unknown categories of the next rows, and return the rows."""
        for name, known in self._known.items():
            column = rows[name]
            unknown = np.flatnonzero(column.notna() & ~column.isin(list(known)))
            if len(unknown):
                found = self._found.setdefault(name, Unknown())
                found.cells += len(unknown)
                found.values.update(dict.fromkeys(map(str, column.iloc[unknown].unique())))
                found.rows += (self._rows + unknown[: SHOWN + 1]).tolist()
        self._rows += len(rows)
        return rows

    def note(self) -> str:
        """Say which they are and in which rows, from 0; empty if there are none."""
        if not self._found:
            return ""
        columns = []
        for name, found in self._found.items():
            values = _first([repr(readable(value, 40)) for value in found.values])
            rows = f"row{'s' if found.cells > 1 else ''} {_first(found.rows)}"
            columns.append(f"{readable(name, 40)} ({values} in {rows})")
        total = sum(found.cells for found in self._found.values())
        cells = "1 cell holds a category" if total == 1 else f"{total} cells hold categories"
        return f"{cells} that the model has not seen, by row from 0: {', '.join(columns)}"


def _first(words: Sequence[object]) -> str:
    """Join the first few words.

    >>> _first([4, 9]), _first([1, 2, 3, 4])
    ('4, 9', '1, 2, 3, ...')
    """
    return ", ".join(map(str, words[:SHOWN])) + (", ..." if len(words) > SHOWN else "")
