"""A study's model as MLflow loads it; the models that `tracking.model` writes name this module."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.errors import DataError
from experiments.evaluation.final_model.model import Model, predict_frame, read_model
from experiments.evaluation.uncertainty.levels import ARGUMENTS, asked_level
from experiments.evaluation.uncertainty.threshold import PARAMS, asked_threshold


class PyfuncModel:
    """A model whose predictions are those of `python -m experiments.predict`."""

    def __init__(self, model: Model):
        self._model = model

    def predict(self, rows: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Return `prediction`, and `probability_NAME` of each class; columns go by name, and others are ignored.

        Args:
            params: `interval` adds `interval_low` and `interval_high` at that level to numbers, `set_coverage` adds
                    `prediction_set` to classes; from the probability `threshold` on the second of two classes is
                    predicted.

        Raises:
            MlflowException: there is no row, a column is missing or cannot be read, or the model has no such level
                or threshold.
                MLflow's server answers with its message. Where MLflow is not installed, it is a `DataError`.

        Warns:
            UserWarning: a category is one that the model has not seen, or a cell is not of its column's type and so
                taken for missing, or a number or date lies far outside those of training.
        """
        try:
            return self._predicted(rows, params or {})
        except DataError as error:
            raise _invalid(error) from error

    def _predicted(self, rows: pd.DataFrame, params: Mapping[str, Any]) -> pd.DataFrame:
        interval, set_coverage = map(params.get, ARGUMENTS)
        level = asked_level(self._model.uncertainty, self._model.target, interval, set_coverage, ARGUMENTS)
        threshold = asked_threshold(self._model.target, params.get(PARAMS[0]), level, PARAMS)
        if not len(rows):
            raise DataError("there is no row to predict; give one at least.")
        predictions, notes = predict_frame(self._model, rows, level, threshold)
        for note in notes:
            warnings.warn(note, stacklevel=3)
        return predictions


def _invalid(error: DataError) -> Exception:
    """Return an error as MLflow's, whose server answers any other with a stack trace and without its message."""
    try:
        exceptions: Any = importlib.import_module("mlflow.exceptions")  # what loads a model through MLflow has it
    except ImportError:
        return error
    invalid: Exception = exceptions.MlflowException.invalid_parameter_value(str(error))
    return invalid


def _load_pyfunc(path: str) -> PyfuncModel:
    return PyfuncModel(read_model(Path(path)))
