"""A user's own files through the whole command: what they say is what their rows say, and the model can be used."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.metrics import accuracy_score, r2_score

from support.desk import CommandRunner
from support.tables import mixed_frame

FEW = ["--set", "search.trials=3", "--set", "training.epochs=4", "--set", "cv.n_splits=3", "--workers", "1"]


def test_pictures_are_the_arrays_that_they_were_made_from(desk: CommandRunner) -> None:
    chance = np.random.default_rng(0)
    labels = chance.integers(0, 4, 280)
    images = chance.integers(0, 128 + 40 * labels[:, None, None], (280, 9, 8))
    for part, letter, rows in (("train", "train", range(200)), ("test", "t10k", range(200, 280))):
        order = np.array(sorted(rows, key=lambda row: (labels[row], row)))
        for row in order:
            folder = desk.folder / "png" / part / str(labels[row])
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(images[row].astype(np.uint8)).save(folder / f"{row:05}.png")
        (desk.folder / "idx").mkdir(exist_ok=True)
        pixels, classes = images[order].astype(np.uint8), labels[order].astype(np.uint8)
        (desk.folder / "idx" / f"{letter}-images-idx3-ubyte").write_bytes(
            struct.pack(">IIII", 0x803, len(order), 9, 8) + pixels.tobytes()
        )
        (desk.folder / "idx" / f"{letter}-labels-idx1-ubyte").write_bytes(
            struct.pack(">II", 0x801, len(order)) + classes.tobytes()
        )
    small = [*FEW, "--set", "final.members=1", "--set", "study.name=digits", "--quiet"]
    pictures = desk.tuned("--data", "png/", *small, "--set", "data.size=[8, 9]", "--out", "a")
    arrays = desk.tuned("--data", "idx/", *small, "--out", "b")
    assert pictures["data"]["rows"] == 280
    assert pictures["trials"] == arrays["trials"]
    assert pictures["test"]["score"] == arrays["test"]["score"]
    assert pictures["test"]["metrics"] == arrays["test"]["metrics"]


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_predictions_of_the_test_rows_have_the_score_of_the_results(task: str, desk: CommandRunner) -> None:
    results, truth, predicted = predicted_test_rows(task, desk)
    score = accuracy_score if task == "classification" else r2_score
    assert score(truth, predicted) == pytest.approx(results["test"]["score"], rel=1e-6)


def predicted_test_rows(task: str, desk: CommandRunner) -> tuple[dict[str, Any], pd.Series[Any], pd.Series[Any]]:
    """A study with a test file, and what its model predicts of that file."""
    frame = mixed_frame(240, seed=4)
    signal = (frame["age"] - 40) / 12 + 2.0 * (frame["colour"] == "red") - 1.0
    frame["y"] = np.where(signal > 0, "yes", "no") if task == "classification" else 1000 + 50 * signal
    frame[:180].to_csv(desk.folder / "people.csv", index=False)
    frame[180:].to_csv(desk.folder / "held_out.csv", index=False)
    own = ["--data", "people.csv", "--target", "y", "--set", "data.test=held_out.csv", "--quiet"]
    results = desk.tuned(*own, *FEW, "--out", "people")
    assert (results["split"]["test"], results["data"]["task"]) == (60, task)
    done = desk.predict("people", "held_out.csv", "--out", "out.csv")
    assert (done.code, done.error) == (
        0,
        "note: the target 'y' is there, too; it is not used: --keep y copies it beside the predictions, and python -m "
        "experiments.score scores them\n",
    )
    out = pd.read_csv(desk.folder / "out.csv")
    return results, frame["y"][180:], out["prediction"]


def test_a_table_as_people_have_it_runs_at_the_first_attempt(desk: CommandRunner) -> None:
    """Row numbers, names, an empty and a constant column, "-" for missing, rows without a target."""
    frame = mixed_frame(160, seed=4).assign(nothing="", country="NL")
    frame.insert(0, "PersonId", range(1, 161))
    frame["name"] = [f"Person {row}, Ms." for row in range(160)]
    frame["height"] = frame["height"].map("{:.2f}".format).where(frame["height"].notna(), "-")
    frame["y"] = np.where(frame["age"] + 20 * (frame["colour"] == "red") > 45, "yes", "no")
    frame.loc[[7, 77], "y"] = ""
    frame.to_csv(desk.folder / "people.csv", index=False)
    done = desk.tune("--data", "people.csv", "--target", "y", *FEW)
    assert done.code == 0, done
    assert (
        "people: 158 rows, 2 numbers and 2 categories -> y; left out: PersonId (counts the rows), nothing (empty), "
        "country (always the same), name (differs in nearly every row); --keep NAME takes one in; taken for missing "
        "numbers: -; 2 rows without y left out\n"
    ) in done.out
    first = desk.results(Path("studies/people"))
    report = (desk.folder / "studies" / "people" / "report.md").read_text()
    assert "left out: PersonId (counts the rows), nothing (empty)" in report
    again = desk.tuned("people", "--out", "again")  # from the study file that was written
    assert again["digest"] == first["digest"]
    assert (len(first["reading"]["left_out"]), again["reading"]["left_out"]) == (4, [])
    taken = desk.tune("--data", "people.csv", "--target", "y", *FEW, "--keep", "PersonId", "--plan", "--out", "kept")
    assert 'numbers = ["PersonId", "age", "height"]' in taken.out


def test_copies_are_said_recorded_and_kept_on_one_side(desk: CommandRunner) -> None:
    chance = np.random.default_rng(0)
    first = pd.DataFrame(chance.normal(size=(60, 3)).round(3), columns=["a", "b", "c"])
    rows = pd.concat([first.assign(y=chance.permutation(["no", "yes"] * 30))] * 3)
    rows.to_csv(desk.folder / "mine.csv", index=False)
    done = desk.tune("--data", "mine.csv", "--target", "y", *FEW)
    assert "rows: 120 of 180 repeat other rows; copies stay on one side of every split; " in done.out
    result = desk.results(Path("studies/mine"))
    assert result["copies"] == {"rows": 120, "split": "together", "test": 0}
    assert 'copies = "together"' in (desk.folder / "studies" / "mine" / "study.toml").read_text()
    report = (desk.folder / "studies" / "mine" / "report.md").read_text()
    assert "120 copies of earlier rows kept on one side of every split" in report
    assert desk.tuned("mine", "--out", "again")["digest"] == result["digest"]
    same = desk.tune("--data", "mine.csv", "--target", "y", "--test", "mine.csv", *FEW, "--out", "same")
    assert (same.code, same.error.count("\n")) == (2, 1)
    assert "data: the test rows must be other rows" in same.error


def test_a_file_as_people_write_it_runs_again_from_the_study_file(desk: CommandRunner) -> None:
    """Another encoding, semicolons, a title and a total; what was found stands in the study file."""
    frame = mixed_frame(160, seed=4).assign(région=["Médoc", "Côte"] * 80)
    frame["y"] = np.where(frame["age"] + 20 * (frame["colour"] == "red") > 45, "oui", "non")
    text = "Ventes 2024\n\n" + frame.to_csv(index=False, sep=";") + "Total\n"
    (desk.folder / "people.csv").write_text(text, encoding="cp1252")
    done = desk.tune("--data", "people.csv", "--target", "y", *FEW)
    assert done.code == 0, done
    assert "separated by semicolons; read as cp1252;" in done.out
    study = (desk.folder / "studies" / "people" / "study.toml").read_text(encoding="utf-8")
    assert 'encoding = "cp1252"\n' in study
    assert 'separator = ";"\nskip = 2\n' in study
    again = desk.tuned("people", "--out", "again")
    assert again["digest"] == desk.results(Path("studies/people"))["digest"]
    frame.drop(columns="y").to_excel(desk.folder / "new.xlsx", index=False)
    done = desk.predict("people", "new.xlsx")
    assert (done.code, done.error, done.out.count("\n")) == (0, "", 161)


def test_a_folder_of_pictures_as_people_have_it_runs_at_the_first_attempt(desk: CommandRunner) -> None:
    """Parts, sizes, other files, a broken picture; and the model takes pictures of any size."""
    rng = np.random.default_rng(0)
    for part, rows in (("Train", 24), ("val", 4), ("Test", 8)):
        for name in ("dark", "light"):
            for row in range(rows):
                pixels = rng.integers(0, 200, (5 + row % 3 // 2, 6), np.uint8) // (4 if name == "dark" else 1)
                folder = desk.folder / "sky" / part / name / "more"
                folder.mkdir(parents=True, exist_ok=True)
                Image.fromarray(pixels).save(folder / f"{row}.PNG")
    (desk.folder / "sky" / "labels.csv").touch()
    (desk.folder / "sky" / "Train" / "dark" / "x.png").touch()
    done = desk.tune("--data", "sky", *FEW)
    assert done.code == 0, done
    assert (
        "sky: 72 pictures of 6 x 5, grey -> class (2 classes); Test/ is the test set (16 pictures); 72 pictures in "
        "folders below a class belong to it ('dark', 'light'); val/ joins the training pictures (8 pictures); 22 of 72 "
        "pictures brought to 6 x 5, the size of most (data.size = [6, 5]); 1 other file passed over (.csv); 1 picture "
        "left out that cannot be read: Train/dark/x.png (of no known format)\n"
    ) in done.out
    first = desk.results(Path("studies/sky"))
    again = desk.tuned("sky", "--out", "again")
    assert (again["digest"], again["spec"]["data"]["size"]) == (first["digest"], [6, 5])
    assert desk.predict("sky", "sky/Test", "--out", "out.csv").code == 0
    out = pd.read_csv(desk.folder / "out.csv")
    assert (len(out), out["file"][0]) == (16, "dark/more/0.PNG")
    assert accuracy_score(out["file"].str.split("/").str[0], out["prediction"]) == first["test"]["score"]


def test_a_strict_study_refuses_what_would_be_left_out(desk: CommandRunner) -> None:
    (desk.folder / "mine.csv").write_text("n,a,y\n" + "".join(f"{row},{row % 7},{row % 2}\n" for row in range(40)))
    done = desk.tune("--data", "mine.csv", "--target", "y", "--set", "data.strict=true", *FEW)
    assert done.code == 2
    assert "data.strict leaves nothing to decide, but column 'n' (counts the rows) would be left out" in done.error


def test_dates_and_formats_are_features_of_the_study_its_file_and_its_model(desk: CommandRunner) -> None:
    lines = [
        f"{row % 28 + 1}.{row % 12 + 1}.2026;{row % 9},{row % 7}5;{row * 37 % 90 + 1}.500,25 €" for row in range(120)
    ]
    targets = [f"{1 + row % 12 + (row % 9) / 4:.2f}" for row in range(120)]
    text = "day;size;paid;y\n" + "".join(f"{line};{y}\n" for line, y in zip(lines, targets, strict=True))
    (desk.folder / "sales.csv").write_text(text)
    said = desk.tune("--data", "sales.csv", "--target", "y", "--set", "data.target_transform=log", *FEW)
    assert "sales: 120 rows, 2 numbers and 1 date -> y; " in said.out, said.error
    for how in ("size read as 1234,5", "paid read as 1.234,5 €", "day read as %d.%m.%Y"):
        assert how in said.out
    first = json.loads((desk.folder / "studies/sales/results.json").read_text())
    assert {one["name"]: (one["kind"], one["format"]) for one in first["reading"]["columns"]} == {
        "day": ("date", "%d.%m.%Y"),
        "size": ("number", "1234,5"),
        "paid": ("number", "1.234,5 €"),
    }
    assert desk.tuned("sales", "--out", "again")["digest"] == first["digest"]  # from the study file that was written
    (desk.folder / "new.csv").write_text("paid,day,size\n" + '"1.500 €",3.2.2026,"2,55"\n' + '"1.500 €",soon,"2,55"\n')
    predicted = desk.predict("sales", "new.csv")
    assert predicted.out.splitlines()[0] == "prediction"
    assert all(0 < float(line) < 100 for line in predicted.out.splitlines()[1:])
    assert predicted.error == (
        "note: 1 cell taken for missing, as it does not fit the column: 'day' ('soon' in line 3; expected dates "
        "written as %d.%m.%Y)\n"
    )


def test_test_rows_that_a_column_names_are_those_of_a_test_file(desk: CommandRunner) -> None:
    """One table with a column of a public split, and the same rows in two files: all but names and places is equal."""
    frame = mixed_frame(160, seed=4)
    frame["y"] = np.where(frame["age"] + 20 * (frame["colour"] == "red") > 45, "yes", "no")
    parts = np.random.default_rng(0).choice(["train", "val", "test"], 160, p=[0.6, 0.15, 0.25])
    frame[parts != "test"].to_csv(desk.folder / "learn.csv", index=False)
    frame[parts == "test"].to_csv(desk.folder / "held_out.csv", index=False)
    marked = frame.assign(split=parts)[["split", *frame.columns]]
    marked.to_csv(desk.folder / "people.csv", index=False)
    done = desk.tune("--data", "people.csv", "--target", "y", "--test-rows", "split=test", *FEW)
    assert done.code == 0, done
    tested = int((parts == "test").sum())
    assert (
        f"the test set is the {tested} rows in which 'split' is 'test'; the others are development rows (" in done.out
    )
    one = desk.results(Path("studies/people"))
    two = desk.tuned("--data", "learn.csv", "--target", "y", "--test", "held_out.csv", *FEW, "--out", "two")
    for part in ("trials", "split", "copies", "holdout", "best", "default", "test", "final"):
        assert one[part] == two[part], part
    rows = [[mistake.pop("row") for mistake in of["analysis"]["out_of_fold"]["mistakes"]] for of in (one, two)]
    assert rows[0] == np.flatnonzero(parts != "test")[rows[1]].tolist()
    assert one["analysis"]["out_of_fold"] == two["analysis"]["out_of_fold"]
    assert (one["ledger"]["largest_overlap"], two["ledger"]["largest_overlap"]) == (0.0, 1.0)
    report = (desk.folder / "studies" / "people" / "report.md").read_text()
    assert f"{tested} rows, those with split=test" in report
    assert 'test_rows = "split=test"' in (desk.folder / "studies" / "people" / "study.toml").read_text()
    assert desk.tuned("people", "--out", "again")["digest"] == one["digest"]
    predictions = []
    for name, new in (("marked", marked), ("plain", frame)):
        new.to_csv(desk.folder / f"{name}.csv", index=False)
        assert desk.predict("people", f"{name}.csv", "--out", f"{name}_out.csv").code == 0
        predictions.append((desk.folder / f"{name}_out.csv").read_text())
    assert predictions[0] == predictions[1]
