"""Rows in memory are predicted as the command predicts a file of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from experiments.config.candidate import Preprocessing
from experiments.config.target import Target
from experiments.data.inputs.preprocessing import fit_preprocessor
from experiments.data.new_data.row_format import RowFormat
from experiments.data.table import Kind
from experiments.errors import DataError
from experiments.evaluation.final_model.model import ROWS, Model, predicted, write_model
from experiments.evaluation.uncertainty.levels import Uncertainty
from experiments.predict import main as predict
from experiments.search.target_scaling import TargetScaler
from experiments.study.python.study_model import StudyModel
from nnet.network import Architecture, Network
from support.models import mixed_model, picture_model
from support.tables import mixed_frame


def saved(folder: Path, model: Model) -> StudyModel:
    write_model(model, folder / "model")
    return StudyModel(folder / "model")


def test_its_line_names_target_columns_and_networks(tmp_path: Path) -> None:
    model = saved(tmp_path, mixed_model(("a", "b", "c"), members=2))
    assert repr(model) == "<StudyModel: y, 3 classes, from 4 columns by 2 networks>"
    assert model.predicts == "y"
    assert list(model.inputs.values()) == ["number", "category", "number", "category"]
    assert repr(saved(tmp_path, mixed_model(()))) == "<StudyModel: y, a number, from 4 columns by 1 network>"


def test_a_frame_is_predicted_as_its_file(tmp_path: Path) -> None:
    model, frame = saved(tmp_path, mixed_model(("a", "b,c"))), mixed_frame(30, seed=5)
    frame.to_csv(tmp_path / "new.csv", index=False)
    assert predict([str(tmp_path / "model"), str(tmp_path / "new.csv"), "--out", str(tmp_path / "out.csv")]) == 0
    model.predict(frame).to_csv(tmp_path / "mine.csv", index=False, lineterminator="\n")
    assert (tmp_path / "mine.csv").read_text() == (tmp_path / "out.csv").read_text()


def test_a_class_is_a_number_where_labels_are_numbers(tmp_path: Path) -> None:
    model, frame = mixed_model(("0", "7")), mixed_frame(30, seed=5)
    texts = saved(tmp_path / "texts", model).predict(frame)["prediction"]
    numbers = saved(tmp_path / "numbers", replace(model, rows=replace(model.rows, numbered=True))).predict(frame)
    assert numbers["prediction"].dtype == np.int64
    assert numbers["prediction"].tolist() == list(map(int, texts))
    words = replace(mixed_model(("a", "b")), rows=replace(model.rows, numbered=True))
    with pytest.raises(DataError, match="has numbers for classes that are numbers"):
        saved(tmp_path / "words", words)


@pytest.mark.parametrize("classes", [("False", "True"), ("FALSE", "TRUE"), ("true", "false")])
def test_a_class_is_a_truth_value_where_labels_are(tmp_path: Path, classes: tuple[str, str]) -> None:
    model, frame = mixed_model(classes), mixed_frame(30, seed=5)
    texts = saved(tmp_path / "texts", model).predict(frame)["prediction"]
    truths = saved(tmp_path / "truths", replace(model, rows=replace(model.rows, numbered=True))).predict(frame)
    assert truths["prediction"].dtype == np.bool_
    assert truths["prediction"].tolist() == [text in ("True", "TRUE", "true") for text in texts]
    assert texts.nunique() == 2


def test_rows_of_another_form_are_answered_with_what_makes_a_frame_of_them(tmp_path: Path) -> None:
    model, frame = saved(tmp_path, mixed_model(())), mixed_frame(5)
    one, columns, records = frame.iloc[0], frame.to_dict("list"), frame.to_dict("records")
    for rows, said in (
        (one, "one row of a DataFrame is frame.iloc[[0]]"),
        (one.to_dict(), "pandas.DataFrame([rows]) makes one of a row by its columns, pandas.DataFrame(rows) of lists"),
        (columns, "pandas.DataFrame([rows]) makes one of a row by its columns, pandas.DataFrame(rows) of lists"),
        (records, "pandas.DataFrame(rows) makes one of rows by their columns"),
        ("new.csv", "pandas.read_csv reads a file"),
        (tmp_path / "new.csv", "pandas.read_csv reads a file"),
    ):
        with pytest.raises(DataError) as error:
            model.predict(rows)
        wanted = f"rows: must be a DataFrame or an array (rows, features), but got a {type(rows).__name__}; {said}."
        assert str(error.value) == wanted
    expected = model.predict(frame)
    assert model.predict(pd.DataFrame(columns)).equals(expected)
    assert model.predict(pd.DataFrame(records)).equals(expected)
    assert len(model.predict(pd.DataFrame([one.to_dict()]))) == 1


def test_predictions_have_the_index_of_the_rows_whatever_the_order_of_the_columns(tmp_path: Path) -> None:
    made, frame = mixed_model(()), mixed_frame(ROWS + 5, seed=5)
    model, known = saved(tmp_path, made), predicted(made, frame[:ROWS])["prediction"]
    moved = frame[frame.columns[::-1]].assign(y=0, other="x").set_axis(np.arange(len(frame)) + 100)
    predictions = model.predict(moved)
    assert list(predictions.index) == list(moved.index)
    assert predictions["prediction"][:ROWS].tolist() == known.tolist()
    one = model.predict(moved.loc[[107]])
    assert (one.index[0], one["prediction"].iloc[0]) == (107, known[7])
    table = model.predict(pa.Table.from_pandas(frame))
    assert table["prediction"].tolist() == predictions["prediction"].tolist()


def test_arrays_are_for_models_of_arrays(tmp_path: Path) -> None:
    made = picture_model()
    pictures = np.random.default_rng(0).integers(0, 256, (4, 2, 3)).astype(np.uint8)
    expected = predicted(made, pd.DataFrame(pictures.reshape(4, 6), columns=list("012345")))
    model = saved(tmp_path, made)
    for rows in (pictures, pictures.reshape(4, 6), pictures.reshape(4, 6).tolist()):
        assert model.predict(rows).equals(expected)
    with pytest.raises(DataError, match=r"^rows has 5 columns, but the model takes 6"):
        model.predict(pictures.reshape(4, 6)[:, :5])
    with pytest.raises(DataError, match=r"an array has no names of columns; the model needs a DataFrame with 'age', "):
        saved(tmp_path, mixed_model(())).predict(np.zeros((2, 4)))


@pytest.mark.parametrize(
    ("classes", "option", "argument", "columns"),
    [
        ((), "--interval", {"interval": 0.9}, ["interval_low", "interval_high"]),
        (("a", "b,c"), "--set-coverage", {"set_coverage": 0.8}, ["prediction_set"]),
    ],
)
def test_intervals_and_sets_are_those_of_the_command(
    tmp_path: Path, classes: tuple[str, ...], option: str, argument: dict[str, float], columns: list[str]
) -> None:
    known = Uncertainty(1.5, 99, "rows", {"0.8": 0.5, "0.9": 0.625})
    model, frame = saved(tmp_path, replace(mixed_model(classes, 2), uncertainty=known)), mixed_frame(6, seed=5)
    frame.to_csv(tmp_path / "new.csv", index=False)
    level = str(next(iter(argument.values())))
    files = [str(tmp_path / "model"), str(tmp_path / "new.csv"), "--out", str(tmp_path / "out.csv")]
    assert predict([*files, option, level]) == 0
    predictions = model.predict(frame, **argument)
    assert [name for name in predictions if name in columns] == columns
    predictions.to_csv(tmp_path / "mine.csv", index=False, lineterminator="\n")
    assert (tmp_path / "mine.csv").read_text() == (tmp_path / "out.csv").read_text()


def test_a_threshold_predicts_the_second_class_from_a_probability_on(tmp_path: Path) -> None:
    model, frame = saved(tmp_path, mixed_model(("no", "yes"))), mixed_frame(60, seed=5)
    usual, found = model.predict(frame), model.predict(frame, threshold=0.4)
    assert found.drop(columns="prediction").equals(usual.drop(columns="prediction"))
    assert list(found["prediction"]) == ["yes" if p >= 0.4 else "no" for p in usual["probability_yes"]]
    assert not found["prediction"].equals(usual["prediction"])
    with pytest.raises(DataError, match=r"^threshold: must be a number above 0 and below 1, but got 'half'; "):
        model.predict(frame, threshold="half")
    known = Uncertainty(1.0, 99, "rows", {"0.9": 0.625})
    model = saved(tmp_path, replace(mixed_model(("no", "yes")), uncertainty=known))
    with pytest.raises(DataError, match=r"^threshold: cannot stand beside set_coverage, "):
        model.predict(frame, threshold=0.2, set_coverage=0.9)


def test_a_level_that_the_model_lacks_is_named_as_the_argument_is(tmp_path: Path) -> None:
    model, frame = saved(tmp_path, mixed_model(("a", "b"))), mixed_frame(6)
    with pytest.raises(DataError, match=r"^interval: is for numbers, but the model predicts classes; set_coverage "):
        model.predict(frame, interval=0.9)
    with pytest.raises(DataError, match=r"^set_coverage: must be a share of 0\.5 to 0\.99"):
        model.predict(frame, set_coverage=90)


def test_a_category_that_is_new_is_warned_of(tmp_path: Path) -> None:
    frame = mixed_frame(6, seed=5)
    frame.loc[2, "colour"] = "mauve"
    with pytest.warns(
        UserWarning, match=r"that the model has not seen \(rows count from 0\): colour \('mauve' in row 2\)"
    ):
        saved(tmp_path, mixed_model(())).predict(frame)


def test_a_cell_that_does_not_fit_is_warned_of(tmp_path: Path) -> None:
    model, frame = saved(tmp_path, mixed_model(("a", "b"))), mixed_frame(3)
    expected = model.predict(frame.assign(age=[1.0, 0.0, np.nan]))
    said = r"1 cell taken for missing, as it does not fit the column: 'age' \('young' in row 2 \(from 0\); expected "
    with pytest.warns(UserWarning, match=said):
        assert model.predict(frame.assign(age=["1", "0", "young"])).equals(expected)
    truths = model.predict(frame.assign(age=[True, False, None]).astype({"age": "boolean"}))
    assert truths.equals(expected)
    assert model.predict(frame.assign(age=[True, False, True])).iloc[:2].equals(expected.iloc[:2])


def number_model(columns: int) -> Model:
    """Return a model of an array of numbers."""
    x, kinds = np.random.default_rng(0).normal(size=(50, columns)), ("number",) * columns
    fitted = fit_preprocessor(pd.DataFrame(np.where(x > 1.5, np.nan, x)), kinds, None, Preprocessing())
    network = Network(Architecture(fitted.width, (), 1), [np.random.SeedSequence(1)])
    inputs: tuple[tuple[str, Kind], ...] = tuple((str(at), "number") for at in range(columns))
    return Model(network, fitted, Target(("a", "b")), TargetScaler(), RowFormat(inputs, target="y"), 0)


def test_a_masked_number_is_missing(tmp_path: Path) -> None:
    model, x = saved(tmp_path, number_model(4)), np.random.default_rng(1).normal(size=(6, 4))
    expected = model.predict(np.where(x < 0, np.nan, x))
    assert not expected.equals(model.predict(x))
    assert model.predict(np.ma.array(x, mask=x < 0)).equals(expected)
    pixels = np.ma.array(np.zeros((2, 6), np.uint8), mask=[[False] * 6, [False] * 5 + [True]])
    with pytest.raises(DataError, match=r"^rows: are pictures, which need every pixel, but pixels are masked; fill"):
        saved(tmp_path / "pictures", picture_model()).predict(pixels)


def test_names_are_matched_as_those_of_a_file(tmp_path: Path) -> None:
    model, frame = saved(tmp_path, mixed_model(("a", "b"))), mixed_frame(3)
    expected = model.predict(frame)
    assert model.predict(frame.rename(columns={"age": " Age ", "city": "CITY"})).equals(expected)
    assert model.predict(frame.assign(AGE=7)).equals(expected)  # the column itself is there


def test_what_cannot_be_predicted_is_said(tmp_path: Path) -> None:
    model, frame = saved(tmp_path, mixed_model(())), mixed_frame(6)
    for rows, said in (
        (frame[:0], "there is no row to predict"),
        (np.zeros((0, 4)), r"^rows: there is no row to predict\.$"),
        ([], r"^rows: there is no row to predict\.$"),
        ([[1, 2], [3]], "must be an array .rows, features., but its rows have different lengths"),
        (frame.assign(age="young"), "column 'age' must hold numbers such as 1234.5, but none of its 6 cells fits"),
        (frame.drop(columns="age"), "the rows: must have every column of the model, but lacks 'age'"),
        (["red", "blue"], "must be a DataFrame or an array of numbers"),
    ):
        with pytest.raises(DataError, match=said):
            model.predict(rows)
