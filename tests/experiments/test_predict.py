"""The command's answers are the model's, row by row, whatever else is in the file."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation.final_model.model import Model, predicted, read_model, write_model
from experiments.evaluation.uncertainty.levels import Uncertainty
from experiments.predict import main
from nnet.metrics import class_probabilities
from support.models import mixed_model, picture_model
from support.pictures import grey, save
from support.tables import mixed_frame

NEW = mixed_frame(9000, seed=5)


CLASSES: tuple[tuple[str, ...], ...] = (("no", "yes"), ("a", "b", "c,d"), ())


@pytest.fixture(
    params=[(classes, members) for classes in CLASSES for members in (1, 3)],
    ids=lambda chosen: f"{len(chosen[0])} classes, {chosen[1]} networks",
)
def model(request: pytest.FixtureRequest, tmp_path: Path) -> Model:
    """A model in a study's folder."""
    made = mixed_model(*request.param)
    (tmp_path / "study").mkdir()
    write_model(made, tmp_path / "study" / "model")
    return made


def test_a_file_of_any_length_is_predicted_row_by_row(model: Model, tmp_path: Path) -> None:
    NEW.to_csv(tmp_path / "new.csv", index=False)
    assert main([str(tmp_path / "study"), str(tmp_path / "new.csv"), "--out", str(tmp_path / "out.csv")]) == 0
    found = pd.read_csv(tmp_path / "out.csv")
    z = model.network.predict_folds(model.preprocessor.transform(NEW), slice(0, model.network.folds))
    assert len(found) == len(NEW)
    if not model.target.classes:
        assert list(found) == ["prediction"]
        np.testing.assert_allclose(found["prediction"], z[:, :, 0].mean(axis=0) * 20.0 + 500.0, rtol=1e-5)
        return
    expected = np.mean([class_probabilities(one) for one in z], axis=0)
    assert list(found) == ["prediction", *(f"probability_{name}" for name in model.target.classes)]
    np.testing.assert_allclose(found.iloc[:, 1:], expected, atol=1e-5)
    assert (found["prediction"] == np.array(model.target.classes)[found.iloc[:, 1:].to_numpy().argmax(1)]).all()


def test_a_row_gets_the_same_bits_in_any_company(model: Model) -> None:
    ours = predicted(model, NEW.iloc[:300])
    for rows in (slice(0, 1), slice(0, 37), slice(0, 299)):
        assert predicted(model, NEW.iloc[rows]).equals(ours.iloc[rows])


def test_a_study_has_a_name(model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    NEW.iloc[:3].to_csv(tmp_path / "new.csv", index=False)
    (tmp_path / "studies").mkdir()
    (tmp_path / "study").rename(tmp_path / "studies" / "mine")
    monkeypatch.chdir(tmp_path)
    assert main(["mine", "new.csv", "--out", "out.csv"]) == 0
    assert len(pd.read_csv("out.csv")) == 3


def test_a_link_of_the_name_of_the_unfinished_file_is_not_followed(model: Model, tmp_path: Path) -> None:
    NEW.iloc[:3].to_csv(tmp_path / "new.csv", index=False)
    (tmp_path / "file").write_text("somebody's")
    (tmp_path / ".out.csv.part").symlink_to("file")
    assert main([str(tmp_path / "study"), str(tmp_path / "new.csv"), "--out", str(tmp_path / "out.csv")]) == 0
    assert (tmp_path / "file").read_text() == "somebody's"
    assert len(pd.read_csv(tmp_path / "out.csv")) == 3


def test_a_pipe_gets_the_predictions_and_stays_a_pipe(model: Model, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    NEW.iloc[:3].to_csv(tmp_path / "new.csv", index=False)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        for name in (str(pipe), f"/dev/fd/{reader}"):
            assert main([str(tmp_path / "study"), str(tmp_path / "new.csv"), "--out", name]) == 0
            assert os.read(reader, 1 << 16).startswith(b"prediction")
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_standard_output_has_the_answer_alone(model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    NEW.iloc[:3].assign(name="x", other=1).to_csv(tmp_path / "new.csv", index=False)
    assert main([str(tmp_path / "study" / "model"), str(tmp_path / "new.csv")]) == 0
    out, error = capsys.readouterr()
    assert len(out.splitlines()) == 4
    said = "columns that the model does not use: name, other; --keep NAME copies one beside the predictions"
    assert error == f"note: {said}\n"
    NEW.iloc[:3].assign(age=["old", "3", "old"]).to_csv(tmp_path / "new.csv", index=False)
    assert main([str(tmp_path / "study" / "model"), str(tmp_path / "new.csv")]) == 0
    out, error = capsys.readouterr()
    assert len(out.splitlines()) == 4
    said = "'age' (2 cells, first 'old' in line 2; expected numbers such as 1234.5)"
    assert error == f"note: 2 cells taken for missing, as they do not fit the column: {said}\n"


def test_a_column_that_cannot_be_read_is_refused_and_nothing_is_printed(
    model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    NEW.iloc[:3].assign(age="old").to_csv(tmp_path / "new.csv", index=False)
    assert main([str(tmp_path / "study" / "model"), str(tmp_path / "new.csv")]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert "column 'age' must hold numbers such as 1234.5, but none of its 3 cells fits: 'old' in line 2; " in error


@pytest.mark.parametrize(("classes", "option"), [((), "--interval"), (("a", "b", "c,d"), "--set-coverage")])
def test_a_level_adds_what_the_model_says_of_each_row(
    classes: tuple[str, ...], option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = Uncertainty(1.5, 99, "rows", {"0.8": 0.5, "0.9": 0.625})
    made = replace(mixed_model(classes, 2), uncertainty=known)
    write_model(made, tmp_path / "model")
    rows = NEW.iloc[:5000].assign(id=[f"{row:05}" for row in range(5000)])
    rows.to_csv(tmp_path / "new.csv", index=False)
    command = [str(tmp_path), str(tmp_path / "new.csv"), "--keep", "id", "--keep", "colour"]
    assert main([*command, option, "0.9", "--out", str(tmp_path / "out.csv")]) == 0
    error = capsys.readouterr().err
    assert error.startswith("note: about 90% of new rows like the development rows should have their truth in the ")
    assert error.count("\n") == 1
    found = pd.read_csv(tmp_path / "out.csv", dtype={"id": str})
    assert found["id"].tolist() == rows["id"].tolist()
    assert list(found)[:3] == ["id", "colour", "prediction"]
    expected = pd.concat([predicted(made, NEW.iloc[at : at + 4096], "0.9") for at in (0, 4096)])[:5000]
    beside = ["interval_low", "interval_high"] if not classes else ["prediction_set"]
    assert list(found)[3 : 3 + len(beside)] == beside
    for name in beside:
        assert found[name].tolist() == expected[name].tolist()
    for level, words in (("0.95", "needs at least 19 rows"), ("9", "must be a share of 0.5 to 0.99")):
        assert main([*command, option, level]) == 2
        out, error = capsys.readouterr()
        assert (out, error.count("\n"), words in error) == ("", 1, True)


def test_a_model_from_before_says_how_to_get_a_level(
    model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    NEW.iloc[:3].to_csv(tmp_path / "new.csv", index=False)
    option = "--set-coverage" if model.target.classes else "--interval"
    assert main([str(tmp_path / "study"), str(tmp_path / "new.csv"), option, "0.9"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {option}: the model was made before models held the errors that this needs; ")
    assert "python -m experiments.tune STUDY" in error


def test_a_column_that_is_kept_must_be_there_and_have_a_name_of_its_own(
    model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    NEW.iloc[:3].assign(prediction=1, probability_a=1).to_csv(tmp_path / "new.csv", index=False)
    taken = ["prediction", *(["probability_a"] if "a" in model.target.classes else [])]
    for name, words in (
        ("nothing", "--keep: "),
        *((name, f"{name!r} is a column of the predictions") for name in taken),
    ):
        assert main([str(tmp_path / "study"), str(tmp_path / "new.csv"), "--keep", name]) == 2
        out, error = capsys.readouterr()
        assert (out, error.count("\n"), words in error) == ("", 1, True)


def test_unknown_categories_are_named_with_their_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_model(mixed_model(("no", "yes")), tmp_path / "model")
    rows = NEW.iloc[:4500].copy()
    rows.loc[rows.index[[7, 4200]], "colour"] = ["teal", "mauve"]
    rows.to_csv(tmp_path / "new.csv", index=False)
    assert main([str(tmp_path), str(tmp_path / "new.csv"), "--out", str(tmp_path / "out.csv")]) == 0
    assert capsys.readouterr().err == (
        "note: 2 cells hold categories that the model has not seen (rows count from 0): colour ('teal', 'mauve' in "
        "rows 7, 4200)\n"
    )


@pytest.mark.parametrize(
    ("study", "content", "words"),
    [
        ("study", "age,city\n1,a\n", "lacks 'height', 'colour'"),
        ("study", "age,city,height,colour\n1,a,1\n", "4 cells that most lines have, but line 2 has 3"),
        ("nowhere", "age,city,height,colour\n1,a,1,red\n", "MODEL: must be a study's name ("),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str], study: str, content: str, words: str
) -> None:
    (tmp_path / "new.csv").write_text(content)
    before = sorted(tmp_path.iterdir())
    assert main([str(tmp_path / study), str(tmp_path / "new.csv"), "--out", str(tmp_path / "out.csv")]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert words in error
    assert error.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_pictures_are_named_and_unreadable_ones_have_no_prediction(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = picture_model()
    (tmp_path / "study").mkdir()
    write_model(made, tmp_path / "study" / "model")
    images = [grey(2, 3) for _ in range(3)]
    for name, pixels in zip(("a, b.png", "c/d.png", "e.png"), images, strict=True):
        save(tmp_path / "new" / name, pixels)
    (tmp_path / "new" / "d.png").write_bytes(b"")
    (tmp_path / "new" / "labels.csv").touch()
    assert main([str(tmp_path / "study"), str(tmp_path / "new"), "--out", str(tmp_path / "out.csv")]) == 0
    assert capsys.readouterr().err == (
        "note: 1 other file passed over (.csv)\n"
        "note: no prediction for 1 picture that cannot be read: d.png (of no known format)\n"
    )
    found = pd.read_csv(tmp_path / "out.csv")
    assert found["file"].tolist() == ["a, b.png", "c/d.png", "d.png", "e.png"]
    expected = predicted(made, pd.DataFrame([one.ravel() for one in images]))
    assert found["prediction"].fillna("none").tolist() == [
        *expected["prediction"][:2],
        "none",
        expected["prediction"][2],
    ]
    np.testing.assert_allclose(found["probability_a"].dropna(), expected["probability_a"], rtol=1e-6)
    assert main([str(tmp_path / "study"), str(tmp_path / "new" / "d.png")]) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_the_new_rows_are_not_overwritten(model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    NEW.iloc[:3].to_csv(tmp_path / "new.csv", index=False)
    before = (tmp_path / "new.csv").read_bytes()
    (tmp_path / "other").symlink_to(tmp_path / "new.csv")
    for out in ("new.csv", "study/../new.csv", "other"):
        assert main([str(tmp_path / "study"), str(tmp_path / "new.csv"), "--out", str(tmp_path / out)]) == 2
        assert "is the file of the new rows" in capsys.readouterr().err
    assert (tmp_path / "new.csv").read_bytes() == before


def test_a_name_of_a_file_that_is_no_text_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), str(tmp_path / "new.csv"), "--out", "out.XLSX"]) == 2
    error = capsys.readouterr().err
    assert error == "error: --out: predictions are written as CSV, but out.XLSX ends in .XLSX; name a .csv file.\n"


@pytest.mark.parametrize("name", ["x" * 600, ".", "/"])
def test_names_that_no_file_has_are_one_line(
    model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    NEW.iloc[:3].to_csv(tmp_path / "new.csv", index=False)
    study, new = str(tmp_path / "study"), str(tmp_path / "new.csv")
    for arguments in ([name, new], [study, name], [study, new, "--out", name]):
        assert main(arguments) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_a_column_that_the_study_filled_down_is_filled_in_new_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = mixed_model(("no", "yes"))
    write_model(replace(model, rows=replace(model.rows, fill_down=("city",))), tmp_path / "model")
    frame = mixed_frame(6).assign(city=["Basel", None, None, "Delft", None, None])
    frame.to_csv(tmp_path / "new.csv", index=False)
    frame.assign(city=frame["city"].ffill()).to_csv(tmp_path / "full.csv", index=False)

    def output(name: str, *arguments: str) -> str:
        assert main([str(tmp_path / "model"), str(tmp_path / name), *arguments]) == 0
        return capsys.readouterr().out

    assert output("new.csv") == output("full.csv")
    assert output("new.csv", "--set", 'data.fill_down=["age"]') != output("full.csv")


def test_a_workbook_and_an_encoding_are_read_as_the_studys_were(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = mixed_model(("no", "yes"))
    rows = replace(model.rows, layout={"sheet": "New", "encoding": "cp1250"})
    write_model(replace(model, rows=rows), tmp_path / "model")
    frame = mixed_frame(12).assign(city=["Łódź", *["Żory"] * 11])
    frame.to_csv(tmp_path / "utf8.csv", index=False)
    frame.to_csv(tmp_path / "cp1250.csv", index=False, encoding="cp1250")
    with pd.ExcelWriter(tmp_path / "new.xlsx") as book:
        frame.iloc[:3].to_excel(book, sheet_name="Old", index=False)
        frame.to_excel(book, sheet_name="New", index=False)
    frame.to_excel(tmp_path / "other.xlsx", sheet_name="Sheet1", index=False)

    def output(*arguments: str) -> tuple[str, str]:
        assert main([str(tmp_path / "model"), *arguments, "--keep", "city"]) == 0
        out, error = capsys.readouterr()
        return out, error

    expected, note = output(str(tmp_path / "utf8.csv"))
    assert expected.splitlines()[1].startswith("Łódź,")
    for name in ("cp1250.csv", "new.xlsx", "other.xlsx"):
        assert output(str(tmp_path / name)) == (expected, note)
    found, note = output(str(tmp_path / "new.xlsx"), "--set", "data.sheet=Old")
    assert expected.startswith(found)
    assert found.count("\n") == 4
    assert "Old" not in note


def test_shares_of_outputs_are_not_passed_off_as_probabilities(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known, made = Uncertainty(quantiles={}, temperature=1.0), mixed_model(("no", "yes"))
    mixed_frame(3).to_csv(tmp_path / "new.csv", index=False)
    for name, probabilities, uncertainty in (("a", True, known), ("b", False, known), ("c", False, None)):
        write_model(replace(made, probabilities=probabilities, uncertainty=uncertainty), tmp_path / name)
        assert main([str(tmp_path / name), str(tmp_path / "new.csv")]) == 0
        assert ("shares of outputs alone" in capsys.readouterr().err) == (name == "b")


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("search.trials=3", "--set: new rows have the keys data.separator, data.encoding, data.skip, data.sheet, "),
        ("data.target=age", "data.header, data.fill_down, but got 'data.target=age'."),
        ("data=3", "but got 'data=3'."),
        ("data.skip=-1", "data.skip"),
        ("data.sheet=New", "--set: data: sheet cannot be set for source"),  # a .csv has none
        ("nothing", "--set needs key=value"),
    ],
)
def test_only_keys_of_new_rows_are_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], override: str, words: str
) -> None:
    write_model(mixed_model(()), tmp_path / "model")
    mixed_frame(5).to_csv(tmp_path / "new.csv", index=False)
    assert main([str(tmp_path / "model"), str(tmp_path / "new.csv"), "--set", override]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


def test_what_is_written_is_read_back_as_the_same_model(model: Model, tmp_path: Path) -> None:
    again = read_model(tmp_path / "study" / "model")
    assert predicted(again, NEW.iloc[:50]).equals(predicted(model, NEW.iloc[:50]))


def test_an_identifier_with_the_name_of_a_prediction_keeps_its_place(model: Model, tmp_path: Path) -> None:
    write_model(replace(model, rows=replace(model.rows, identifiers=("prediction",))), tmp_path / "named")
    NEW.iloc[:2].assign(prediction=["p", "q"]).to_csv(tmp_path / "new.csv", index=False)
    assert main([str(tmp_path / "named"), str(tmp_path / "new.csv"), "--out", str(tmp_path / "out.csv")]) == 0
    written = pd.read_csv(tmp_path / "out.csv")
    assert list(written)[:2] == ["prediction of the file", "prediction"]
    assert written["prediction of the file"].tolist() == ["p", "q"]
