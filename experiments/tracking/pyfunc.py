"""A study's model as MLflow loads it; the models that `tracking.model` writes name this module."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.data.cell_notes import CellNotes
from experiments.data.new_rows import frame_rows
from experiments.errors import DataError
from experiments.evaluation.levels import ARGUMENTS, asked_level
from experiments.evaluation.model import ROWS, Model, predicted, read_model


class PyfuncModel:
    """A model whose predictions are those of `python -m experiments.predict`."""

    def __init__(self, model: Model):
        self._model = model

    def predict(self, rows: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Return `prediction`, and `probability_NAME` of each class; columns go by name, and others are ignored.

        Args:
            params: `interval` adds `interval_low` and `interval_high` at that level to numbers, `set_coverage` adds
                    `prediction_set` to classes.

        Raises:
            DataError: there is no row, a column is missing, or the model has no such level.

        Warns:
            UserWarning: a category is one that the model has not seen, or a cell is not of its column's type and so
                taken for missing.
        """
        interval, set_coverage = map((params or {}).get, ARGUMENTS)
        level = asked_level(self._model.uncertainty, self._model.target, interval, set_coverage, ARGUMENTS)
        if not len(rows):
            raise DataError("there is no row to predict.")
        cells = CellNotes(self._model.rows.categories)
        chunks = frame_rows(rows, self._model.rows, ROWS, cells)
        predictions = pd.concat([predicted(self._model, chunk, level) for chunk in chunks], ignore_index=True)
        for note in cells.lines():
            warnings.warn(note, stacklevel=2)
        return predictions


def _load_pyfunc(path: str) -> PyfuncModel:
    return PyfuncModel(read_model(Path(path)))
