"""The model of a study, for rows that a Python program has in memory."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.config.readable import count
from experiments.data.new_data.row_format import are_truths
from experiments.data.raw_table import listed
from experiments.data.readers.masked_arrays import has_masked, without_mask
from experiments.errors import DataError
from experiments.evaluation.final_model.model import Model, predict_frame, read_model

if TYPE_CHECKING:
    import pandas as pd

NO_ROW = "rows: there is no row to predict."


class StudyModel:
    """The final model of a study, the mean of its networks.

    Args:
        folder: the `model` folder of a study.

    Raises:
        DataError: a file of it is missing or damaged.
    """

    def __init__(self, folder: Path):
        self._model = read_model(folder)

    @property
    def predicts(self) -> str:
        """Return the name of the target."""
        return self._model.rows.target

    @property
    def inputs(self) -> dict[str, str]:
        """Return the columns that it takes, each with its kind: number, category, date or pixel."""
        return dict(self._model.rows.inputs)

    def __repr__(self) -> str:
        model = self._model
        classes, networks = len(model.target.classes), count(model.networks, "network")
        what = f"{classes} classes" if classes else "a number"
        return f"<StudyModel: {model.rows.target}, {what}, from {len(model.rows.inputs)} columns by {networks}>"

    def predict(
        self,
        rows: Any,
        *,
        interval: float | None = None,
        set_coverage: float | None = None,
        threshold: float | None = None,
    ) -> pd.DataFrame:
        """Predict new rows as `python -m experiments.predict` predicts a file of them.

        Args:
            rows: a DataFrame, or another table with Arrow's interface, whose columns go by name; those that the model
                  does not know are ignored. For a model that learnt from an array also an array (N, features), or
                  (N, height, width[, 3]) of pictures. A masked number is missing.
            interval: share of new rows whose true number should lie in the interval, such as 0.9; for a model that
                  predicts a number.
            set_coverage: share of new rows whose true class should be in the set, such as 0.9; for a model that
                  predicts classes.
            threshold: probability from which on the second of two classes, the one that scores such as F1 are of and
                  the last of the probabilities, is predicted, such as 0.2; else the more probable class is.

        Returns:
            `prediction`, and for classes `probability_NAME` of each, with the index of the rows. A class is a number or
            a truth value where the study's labels are such, and else its name. With `interval` also `interval_low` and
            `interval_high`, with `set_coverage` also `prediction_set`, a JSON list of the classes as texts.

        Raises:
            DataError: there is no row, a column is missing or has cells of which none can be read, or the model has no
                such interval, set or threshold.

        Warns:
            UserWarning: a category is one that the model has not seen, or a cell is not of its column's type and so
                taken for missing, or a number or date lies far outside those of training.
        """
        import pandas as pd

        from experiments.evaluation.uncertainty.levels import ARGUMENTS, asked_level
        from experiments.evaluation.uncertainty.threshold import PARAMS, asked_threshold

        model = self._model
        level = asked_level(model.uncertainty, model.target, interval, set_coverage, ARGUMENTS)
        threshold = asked_threshold(model.target, threshold, level, PARAMS)
        frame = _frame(rows, model)
        if not len(frame):
            raise DataError(NO_ROW)
        predictions, notes = predict_frame(model, frame, level, threshold)
        for note in notes:
            warnings.warn(note, stacklevel=2)
        if model.rows.numbered and are_truths(model.target.classes):
            predictions["prediction"] = predictions["prediction"].str.casefold() == "true"
        elif model.rows.numbered:
            predictions["prediction"] = pd.to_numeric(predictions["prediction"])
        return predictions.set_axis(frame.index)


def _instead(rows: Any) -> str | None:
    """Return what makes a DataFrame of rows in another form; None if they may be an array."""
    import pandas as pd

    if isinstance(rows, pd.Series):
        return "one row of a DataFrame is frame.iloc[[0]]"
    if isinstance(rows, str | Path):
        return "pandas.read_csv reads a file"
    if isinstance(rows, Mapping):
        return "pandas.DataFrame([rows]) makes one of a row by its columns, pandas.DataFrame(rows) of lists"
    if isinstance(rows, list) and rows and isinstance(rows[0], Mapping):
        return "pandas.DataFrame(rows) makes one of rows by their columns"
    return None


def _frame(rows: Any, model: Model) -> pd.DataFrame:
    """Return rows as a DataFrame with the columns of the model.

    Raises:
        DataError: they are no table, or an array that the model cannot take.
    """
    import pandas as pd

    if isinstance(rows, pd.DataFrame):
        return rows
    if hasattr(rows, "__arrow_c_stream__") and hasattr(rows, "columns"):
        import pyarrow as pa

        from experiments.data.readers.plain_columns import plain_column

        table = pa.table(rows)
        return pa.table(list(map(plain_column, table.columns)), table.column_names).to_pandas()
    if (instead := _instead(rows)) is not None:
        raise DataError(
            f"rows: must be a DataFrame or an array (rows, features), but got a {type(rows).__name__}; {instead}."
        )
    try:
        x = without_mask(rows)
    except ValueError:
        raise DataError("rows: must be an array (rows, features), but its rows have different lengths.") from None
    names, picture = model.rows.names, model.rows.picture
    if x.ndim and not len(x):
        raise DataError(NO_ROW)
    if x.ndim < 2 or x.dtype.kind not in "iufb":
        raise DataError(
            f"rows: must be a DataFrame or an array of numbers (rows, features), but got {x.dtype} of {x.shape}."
        )
    if picture is not None and has_masked(rows):
        raise DataError("rows: are pictures, which need every pixel, but pixels are masked; fill them in.")
    if picture is not None:
        from experiments.data.new_data.new_pictures import array_rows

        x, notes = array_rows(x, "rows", picture)
        for note in notes:
            warnings.warn(note, stacklevel=3)
    if not all(name.isdecimal() for name in names):
        raise DataError(f"rows: an array has no names of columns; the model needs a DataFrame with {listed(names)}.")
    x = x.reshape(len(x), -1)
    return pd.DataFrame(x, columns=list(map(str, range(x.shape[1]))))
