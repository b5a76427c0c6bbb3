"""Numbers and dates of new rows that lie far outside those that a model learnt from.

What a network predicts for them follows from no row that it has seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.config.readable import readable
from experiments.data.formats.date_formats import ISO, date_text
from experiments.data.new_data.row_format import Ranges
from experiments.data.table import Kind

# share of a range's width, up to which a value may lie outside: of some new rows one is a new extreme
BEYOND: Mapping[Kind, float] = {"number": 0.25, "date": 0.1}
SHOWN = 3  # columns


@dataclass
class Outside:
    """The cells of a column that lie outside of its range.

    cells:   number of them.
    value:   the farthest of them.
    row:     its row, from 0.
    """

    cells: int
    value: float
    row: int


class OutsideRanges:
    """The cells of new rows that lie far outside the ranges that a model learnt from.

    Args:
        ranges:  column -> lowest and highest value in training.
        kinds:   column -> its kind.
        formats: column -> the format in which its dates are written.
    """

    def __init__(self, ranges: Ranges, kinds: Mapping[str, Kind], formats: Mapping[str, str]):
        self._ranges = {name: ranges[name] for name in kinds if name in ranges}  # in the order of the columns
        self._kinds = kinds
        self._forms = {name: formats.get(name, ISO) for name, kind in kinds.items() if kind == "date"}
        self._found: dict[str, Outside] = {}
        self._rows = 0

    def look_at(self, rows: pd.DataFrame) -> None:
        """Note the cells of the next rows that lie far outside."""
        for name, (low, high) in self._ranges.items():
            values = rows[name].to_numpy(np.float64)
            beyond = np.nan_to_num(np.maximum(low - values, values - high), nan=0.0)
            outside = beyond > BEYOND[self._kinds[name]] * (high - low)
            if outside.any():
                self._note(name, Outside(int(outside.sum()), float(values[at := int(beyond.argmax())]), at))
        self._rows += len(rows)

    def lines(self) -> list[str]:
        """Say which cells lie far outside, and of what; no line if there are none."""
        if not self._found:
            return []
        cells = sum(found.cells for found in self._found.values())
        said = f"{cells} cells are" if cells > 1 else "1 cell is"
        columns = [self._said(name, found) for name, found in self._found.items()]
        more = f" and {len(columns) - SHOWN} more columns" if len(columns) > SHOWN else ""
        return [
            f"{said} far outside what the model learnt from (rows count from 0): {', '.join(columns[:SHOWN])}{more}"
        ]

    def _note(self, name: str, new: Outside) -> None:
        new.row += self._rows
        if (old := self._found.get(name)) is not None:
            low, high = self._ranges[name]
            new.cells += old.cells
            if max(low - old.value, old.value - high) >= max(low - new.value, new.value - high):
                new.value, new.row = old.value, old.row
        self._found[name] = new

    def _said(self, name: str, found: Outside) -> str:
        value, low, high = (self._written(name, number) for number in (found.value, *self._ranges[name]))
        farthest = f"{found.cells} cells, farthest " if found.cells > 1 else ""
        return f"{readable(name, 40)} ({farthest}{value} in row {found.row}; learnt from {low} to {high})"

    def _written(self, name: str, number: float) -> str:
        form = self._forms.get(name)
        return f"{number:.7g}" if form is None else date_text(number, form).removesuffix("T00:00:00")
