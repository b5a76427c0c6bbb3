"""A study's model on new labelled rows: the figures, what is said beside them, what the ledger tells later studies."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import experiments
from experiments.errors import DataError
from experiments.predict import main as predict
from experiments.score import main
from support.desk import CommandRunner
from support.tables import mixed_frame

FEW = ["--set", "search.trials=2", "--set", "training.epochs=4", "--set", "cv.n_splits=3", "--quiet"]
EARLIER = Path(__file__).parents[1] / "support"
PEOPLE = ["--data", "people.csv", "--target", "y", "--out", "studies/people", *FEW]


def frame_of(rows: int, seed: int, task: str = "classification") -> pd.DataFrame:
    frame = mixed_frame(rows, seed)
    chance = np.random.default_rng(seed + 1)
    signal = (frame["age"] - 40) / 12 + 2.0 * (frame["colour"] == "red") - 1.0 + chance.normal(0, 0.5, rows)
    frame["y"] = np.where(signal > 0, "yes", "no") if task == "classification" else 1000 + 50 * signal
    return frame


@pytest.fixture(autouse=True)
def here(desk: CommandRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    frame_of(180, 4).to_csv("people.csv", index=False)
    frame_of(60, 8).to_csv("new.csv", index=False)


def scored(*arguments: str) -> dict[str, Any]:
    assert main([*arguments, "--out", "score.json"]) == 0
    document: dict[str, Any] = json.loads(Path("score.json").read_bytes())
    return document


def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path("studies/ledger.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_the_studys_own_test_rows_have_the_figures_of_its_test_and_are_the_same_look(
    task: str, desk: CommandRunner
) -> None:
    frame = frame_of(240, 4, task)
    frame[:180].to_csv("people.csv", index=False)
    frame[180:].to_csv("held_out.csv", index=False)
    results = desk.tuned(*PEOPLE, "--set", "data.test=held_out.csv")
    before = lines()
    found, test = scored("people", "held_out.csv"), results["test"]
    assert [found[key] for key in ("rows", "ci_method", "ci_draws", "confusion")] == [
        test[key] for key in ("rows", "ci_method", "ci_draws", "confusion")
    ]
    assert found["score"] == pytest.approx(test["score"], rel=1e-6)
    assert found["ci95"] == pytest.approx(test["ci95"], rel=1e-6)
    assert found["metrics"] == pytest.approx(test["metrics"], rel=1e-6)
    blind = test["references"][0]
    assert [found["baseline"][key] for key in ("id", "score", "ci95")] == [
        blind[key] for key in ("id", "score", "ci95")
    ]
    assert found["known"] == {"development": 0, "test": 60, "reason": ""}
    assert (found["difference"], found["ledger"]["times"], found["ledger"]["own"]) == (None, 1, 1)
    assert lines() == before


def test_new_rows_are_scored_beside_the_test_score_and_a_later_study_is_told(
    desk: CommandRunner, capsys: pytest.CaptureFixture[str]
) -> None:
    results = desk.tuned(*PEOPLE)
    found = scored("people", "new.csv")
    said = capsys.readouterr().out
    predict(["people", "new.csv", "--out", "predicted.csv"])
    truth, predicted = pd.read_csv("new.csv")["y"], pd.read_csv("predicted.csv")["prediction"]
    assert found["score"] == pytest.approx((truth == predicted).mean())
    assert found["known"] == {"development": 0, "test": 0, "reason": ""}
    test = results["test"]
    assert [found["test"][key] for key in ("score", "ci95", "rows")] == [test[key] for key in ("score", "ci95", "rows")]
    (low, high), (least, most), gain = found["ci95"], test["ci95"], found["score"] - test["score"]
    assert found["difference"]["score"] == pytest.approx(gain)
    assert found["difference"]["ci95"] == pytest.approx(
        [
            gain - math.hypot(found["score"] - low, most - test["score"]),
            gain + math.hypot(high - found["score"], test["score"] - least),
        ]
    )
    for words in (
        f"accuracy {found['score']:.4f}",
        f"{test['score']:.4f}",
        "majority class",
        "log loss",
        "used in 1 test, by this study alone.",
        ", the two samples being independent",
    ):
        assert words in said
    before, content = lines(), Path("score.json").read_bytes()
    assert scored("people", "new.csv") == found
    assert (lines(), Path("score.json").read_bytes()) == (before, content)
    later = desk.tuned("--data", "new.csv", "--target", "y", "--out", "studies/new", *FEW)
    assert (later["ledger"]["looks"], later["ledger"]["largest_overlap"]) == (2, 1.0)
    again = scored("people", "new.csv")["ledger"]
    assert (again["times"], again["own"], again["largest_overlap"]) == (2, 1, 0.2)
    assert desk.tuned(*PEOPLE)["digest"] == results["digest"]  # and goes on as before


def test_rows_of_the_study_are_found_in_any_company(desk: CommandRunner, capsys: pytest.CaptureFixture[str]) -> None:
    desk.tuned(*PEOPLE)
    known = pd.read_csv("people.csv")[100:130]
    both = pd.concat([pd.read_csv("new.csv"), known])[["y", "colour", "height", "city", "age"]]
    both.assign(nr=range(90)).to_csv("both.csv", index=False)
    found = scored("people", "both.csv")
    assert found["known"]["development"] + found["known"]["test"] == 30
    assert found["known"]["development"] > 15
    assert found["difference"] is None
    said = capsys.readouterr().out.splitlines()
    assert f"{found['known']['development']} of these 90 rows are equal to rows that the model learnt from" in said[2]
    Path("away").mkdir()
    Path("people.csv").rename("away/people.csv")
    (Path("studies") / "people" / "study.toml").unlink()
    lost = scored("people", "both.csv")
    assert lost["known"]["development"] is None
    assert "--data FILE" in lost["known"]["reason"]
    assert lost["known"]["test"] == found["known"]["test"]
    assert lost["baseline"] == {**found["baseline"], "settings": lost["baseline"]["settings"]}
    assert scored("people", "both.csv", "--data", "away/people.csv") == found


def test_groups_are_drawn_as_a_whole_where_the_file_has_them(
    desk: CommandRunner, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = frame_of(240, 4).assign(nurse=[f"n{row // 6}" for row in range(240)])
    frame[:180].to_csv("people.csv", index=False)
    frame[180:].to_csv("new.csv", index=False)
    desk.tuned(*PEOPLE, "--groups", "nurse")
    found = scored("people", "new.csv")
    assert (found["drawn"], found["units"], found["difference"]) == ("groups", 10, None)
    frame[180:].drop(columns="nurse").to_csv("alone.csv", index=False)
    capsys.readouterr()
    alone = scored("people", "alone.csv")
    assert (
        "no column 'nurse', the study's data.groups: intervals take rows to be independent" in capsys.readouterr().err
    )
    assert (alone["drawn"], alone["score"], alone["difference"]) == ("rows", found["score"], None)
    assert alone["ci95"] != found["ci95"]
    frame[180:186].to_csv("one.csv", index=False)
    before = lines()
    assert main(["people", "one.csv"]) == 2
    assert "needs rows of two groups, but all 6 are of 1;" in capsys.readouterr().err
    assert lines() == before


def test_a_folder_of_pictures_is_scored_by_its_folders(desk: CommandRunner) -> None:
    chance = np.random.default_rng(0)
    for part, rows in (("learn", 60), ("later", 20)):
        for row in range(rows):
            folder = Path(part) / ("dark", "light")[row % 2]
            folder.mkdir(parents=True, exist_ok=True)
            pixels = chance.integers(0, 120, (4, 4)) + 110 * (row % 2)
            Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{row}.png")
    desk.tuned("--data", "learn/", "--out", "studies/learn", *FEW)
    found = scored("learn", "later")
    assert (found["rows"], found["known"]["development"], found["known"]["test"]) == (20, 0, 0)
    assert (sum(map(sum, found["confusion"])), found["classes"]) == (20, ["dark", "light"])
    assert scored("learn", "learn")["known"]["development"] == 48


def test_from_python_it_is_the_same(desk: CommandRunner, capsys: pytest.CaptureFixture[str]) -> None:
    desk.tuned(*PEOPLE)
    command, study = scored("people", "new.csv"), experiments.open("people")
    found = study.score(pd.read_csv("new.csv"))
    assert (found.score, list(found.ci95), found.metrics) == (command["score"], command["ci95"], command["metrics"])
    assert repr(found) == (
        f"<ExternalScore of people: accuracy {found.score:.5g}, 95% interval [{found.ci95[0]:.5g}, "
        f"{found.ci95[1]:.5g}], 60 rows>"
    )
    assert (found.file, found.known.development, found.ledger.times) == ("", 0, 1)
    odd = pd.read_csv("new.csv").assign(unused=1)
    odd.loc[:4, "y"] = "perhaps"
    with pytest.raises(DataError, match=r"'perhaps' \(5 rows, .* by 'data\.drop_classes="):
        study.score(odd)
    for classes in (["perhaps"], "perhaps"):
        with pytest.warns(UserWarning, match="columns that the score does not use: unused"):
            assert study.score(odd, drop_classes=classes).left_out.dropped == 5
    with pytest.raises(DataError, match=r"drop_classes: .* has no class '7'; it has "):
        study.score(odd, drop_classes=[7])
    odd.to_csv("odd.csv", index=False)
    assert scored("people", "odd.csv", "--set", "data.drop_classes=perhaps")["left_out"]["dropped"] == 5
    assert "5 rows of data.drop_classes" in " ".join(capsys.readouterr().out.split())


def test_studies_of_earlier_versions_are_scored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(EARLIER / "version_0_1_0", tmp_path / "first")
    monkeypatch.chdir(tmp_path / "first")
    chance = np.random.default_rng(0)
    rows = pd.DataFrame(chance.normal(size=(40, 2)), columns=["x", "y"])
    rows.assign(**{"class": np.where(rows["y"] > 0, "upper", "lower")}).to_csv("new.csv", index=False)
    found = scored("moons", "new.csv")
    assert (found["rows"], found["baseline"]["id"], found["difference"]) == (40, "majority_class", None)
    shutil.copytree(EARLIER / "version_0_2_0", tmp_path / "second")
    monkeypatch.chdir(tmp_path / "second")
    before = lines()
    capsys.readouterr()
    found = scored("nested", "studies/people.csv")
    assert (found["test"]["nested"], found["known"]["development"], found["difference"]) == (True, 56, None)
    assert "of the procedure, not of this model" in capsys.readouterr().out
    assert lines()[: len(before)] == before
    assert [entry["kind"] for entry in lines()[len(before) :]] == ["reserved", "completed"]
