"""Categories in new rows that a model has not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.config.documents import readable
from experiments.evaluation.model import Model

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 3  # values of a column


class UnknownCategories:
    """The categories of some rows that were in no training row.

    Columns whose rare values share an input are left out: the model does not hold which values these were.
    """

    def __init__(self, model: Model):
        coded = [one for one in model.preprocessor.categories if not one.pooled]
        self._columns = {model.inputs[one.column][0]: frozenset(one.names) for one in coded}
        self._cells, self._values = 0, dict[str, dict[str, None]]()

    def look_at(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Count the unknown categories of rows, and return the rows."""
        for name, known in self._columns.items():
            present = rows[name].dropna()
            unknown = present[~present.isin(list(known))]
            if len(unknown):
                self._cells += len(unknown)
                self._values.setdefault(name, {}).update(dict.fromkeys(map(str, unknown.unique())))
        return rows

    def note(self) -> str:
        """Say which they are; empty if there are none."""
        if not self._cells:
            return ""
        columns = []
        for name, values in self._values.items():
            some = ", ".join(repr(readable(value, 40)) for value in list(values)[:SHOWN])
            columns.append(f"{readable(name, 40)} ({some}{', ...' if len(values) > SHOWN else ''})")
        cells = "1 cell holds a category" if self._cells == 1 else f"{self._cells} cells hold categories"
        return f"{cells} that the model has not seen: {', '.join(columns)}"
