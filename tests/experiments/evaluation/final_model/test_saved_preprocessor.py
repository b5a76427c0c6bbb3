"""The arrays of a saved preprocessor are checked before they are used; test_model.py damages those of whole models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from experiments.errors import DataError
from experiments.evaluation.final_model.saved_preprocessor import array_of, read_preprocessor, rules_of

FOLDER = Path("model")
ARRAYS = {
    "numeric": np.array([0, 2]),
    **{name: np.zeros(2) for name in ("fill", "offset")},
    "scale": np.ones(2),
    **{name: np.empty(0, np.int64) for name in ("flagged", "ranked")},
    "quantiles": np.empty((0, 0)),
}


def test_arrays_that_an_earlier_version_did_not_write_are_empty() -> None:
    fitted = read_preprocessor(FOLDER, ARRAYS, ())
    assert (fitted.part.tolist(), fitted.clipped.size, fitted.bin_of.size) == ([0, 0], 0, 0)


def test_rules_hold_of_the_columns_that_it_takes() -> None:
    fitted = read_preprocessor(FOLDER, ARRAYS, ())
    assert not all(rules_of(fitted, ("number", "category", "number")).values())  # the category is not preprocessed
    assert not all(rules_of(fitted, ("number", "number")).values())
    whole = read_preprocessor(FOLDER, ARRAYS | {"numeric": np.array([0, 1])}, ())
    assert all(rules_of(whole, ("number", "date")).values())


@pytest.mark.parametrize("wrong", [None, np.zeros(3), np.zeros(2, np.int64), np.array([0.0, np.inf])])
def test_an_array_of_other_numbers_is_refused(wrong: np.ndarray | None) -> None:
    with pytest.raises(DataError, match=r"^model: units must be finite numbers of shape \(2,\), but there is "):
        array_of(FOLDER, {} if wrong is None else {"units": wrong}, "units", np.float64, (2,))
