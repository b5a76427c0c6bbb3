"""What a model cannot predict is an error that MLflow's server answers with, in the words of this program."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from experiments.errors import DataError
from experiments.evaluation.final_model.model import write_model
from experiments.evaluation.uncertainty.levels import Uncertainty
from experiments.tracking.pyfunc import PyfuncModel, _load_pyfunc
from support.models import mixed_model
from support.tables import mixed_frame

FRAME = mixed_frame(20, seed=5)
NUMBER = next(name for name in FRAME if FRAME[name].dtype.kind == "f")
REFUSED: list[tuple[tuple[str, ...], pd.DataFrame, dict[str, Any], str]] = [
    (("a", "b"), FRAME[:0], {}, "there is no row to predict; give one at least."),
    (("a", "b"), FRAME, {"set_coverage": 2}, "set_coverage: must be a share of 0.5 to 0.99"),
    (("a", "b"), FRAME, {"set_coverage": 0.95}, "set_coverage 0.95 needs|set_coverage: 0.95 needs"),
    (("a", "b"), FRAME, {"interval": 0.9}, "interval: is for numbers"),
    ((), FRAME, {"interval": 0.95}, "interval 0.95 needs|interval: 0.95 needs"),
    ((), FRAME, {"set_coverage": 0.9}, "set_coverage: is for classes"),
    ((), FRAME, {"threshold": 0.2}, "threshold: is for models of two classes, but this one predicts a number"),
    (("a", "b"), FRAME, {"threshold": 1.0}, "threshold: must be a number above 0 and below 1, but got 1.0"),
    ((), FRAME.drop(columns=NUMBER), {}, "the rows: must have every column of the model, but lacks"),
    ((), FRAME.assign(**{NUMBER: "abc"}), {}, "the rows: "),
]


def loaded(folder: Path, classes: tuple[str, ...]) -> PyfuncModel:
    write_model(replace(mixed_model(classes), uncertainty=Uncertainty(1.5, 50, "rows", {"0.9": 0.625})), folder)
    return _load_pyfunc(str(folder))


@pytest.mark.slow
@pytest.mark.parametrize(("classes", "rows", "params", "words"), REFUSED)
def test_a_bad_request_is_an_invalid_value_with_its_reason(
    tmp_path: Path, environment: None, classes: tuple[str, ...], rows: pd.DataFrame, params: dict[str, Any], words: str
) -> None:
    from mlflow.exceptions import MlflowException

    with pytest.raises(MlflowException, match=f"^({words})") as error:
        loaded(tmp_path, classes).predict(rows, params)
    assert (error.value.error_code, error.value.get_http_status_code()) == ("INVALID_PARAMETER_VALUE", 400)
    assert "\n" not in error.value.message


def test_where_mlflow_is_not_installed_it_is_an_error_of_this_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mlflow.exceptions", None)
    with pytest.raises(DataError, match="there is no row to predict"):
        loaded(tmp_path, ()).predict(FRAME[:0])
