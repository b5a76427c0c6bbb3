"""Each side of a listed table has the same rows, and the lines say what their scores do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.benchmark import __main__ as benchmark
from experiments.benchmark import datasets, tables
from experiments.benchmark.known_scores import KnownScores
from experiments.benchmark.listed_tables import ListedTable, listed_tables
from experiments.benchmark.studies import test_frame as frame_of_test
from experiments.benchmark.tables import compare_split, compare_table, fit_boosting, paired, summary_line
from experiments.config.default_study import own_study
from experiments.data.prepare import prepare
from experiments.search.context import prepare_study

LIST = """
| # | file | task | target | leave out | note |
|---|---|---|---|---|---|
| 1 | words.csv | classification | y | copy | |
| 2 | prices.csv | regression | price | | groups: house |
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    x, word = rng.normal(size=120).round(3), rng.choice(["a", "b"], 120)
    y = np.where((word == "a") == (x > 0), "yes", "no")
    pd.DataFrame({"x": x, "word": word, "copy": y, "y": y}).to_csv(tmp_path / "words.csv", index=False)
    price = (50 + 20 * x + 10 * (word == "a") + rng.normal(0, 2, 120)).round(2)
    house = np.arange(120) // 3
    pd.DataFrame({"x": x, "word": word, "house": house, "price": price}).to_csv(tmp_path / "prices.csv", index=False)
    (tmp_path / "README.md").write_text(LIST)
    return tmp_path


def fake(scores: dict[str, list[float]]) -> tables.Measure:
    return lambda split: {side: {"score": of_side[split], "seconds": 4 + split} for side, of_side in scores.items()}


def test_a_line_has_the_paired_gain_and_every_score(folder: Path) -> None:
    scores = {"ours": [0.9, 0.8, 0.9], "peer": [0.8, 0.8, 0.7], "boosting": [0.9, 0.9, 0.9]}
    line = compare_table(ListedTable(1, folder / "words.csv", "classification", "y"), fake(scores), trials=4, splits=3)
    assert (line["table"], line["rows"], line["splits"], line["metric"]) == ("words", 120, 3, "accuracy")
    assert (line["scores"], line["seconds"]["peer"], line["peer_seconds"]) == (scores, [4, 5, 6], 15)
    assert line["difference"] == pytest.approx(10.0)
    assert line["standard_error"] == pytest.approx(10 / 3**0.5)
    assert line["beyond"] == "better by 1 s.e."


def test_a_small_table_has_five_splits_and_one_of_3000_rows_three(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure = fake(dict.fromkeys(tables.SIDES, [1.0] * 5))
    table = ListedTable(1, folder / "words.csv", "classification", "y")
    assert compare_table(table, measure, trials=1)["splits"] == 5
    monkeypatch.setattr(tables, "MANY", 120)
    assert compare_table(table, measure, trials=1)["splits"] == 3


def test_sides_are_measured_once_for_each_setting(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def ours(table: ListedTable, split: int, trials: int, settings: Sequence[str]) -> tables.Measured:
        asked.append((split, trials, tuple(settings)))
        return {"score": 0.75, "seconds": 2.0}

    def others(*arguments: object) -> tables.Measured:
        asked.append("another side")
        return {"score": 0.5, "seconds": 3.0}

    monkeypatch.setattr(tables, "_ours", ours)
    monkeypatch.setattr(tables, "_measured", others)
    table, cache = ListedTable(1, folder / "words.csv", "classification", "y"), folder / "known.json"
    first = compare_split(table, 1, 4, known=KnownScores(cache))
    assert first["ours"] == {"score": 0.75, "seconds": 2.0}
    assert first["peer"] == first["boosting"] == {"score": 0.5, "seconds": 3.0}
    assert asked == [(1, 4, ()), "another side", "another side"]
    assert compare_split(table, 1, 4, known=KnownScores(cache)) == first
    assert len(asked) == 3
    compare_split(table, 1, 4, ("training.epochs=9",), KnownScores(cache))
    assert asked[3:] == [(1, 4, ("training.epochs=9",))]
    compare_split(table, 1, 5, known=KnownScores(cache))
    assert asked[4:] == [(1, 5, ()), "another side"]  # boosting has no trials
    compare_split(table, 0, 4, known=KnownScores(cache))
    assert asked[6:] == [(0, 4, ()), "another side", "another side"]


def test_a_setting_that_breaks_a_rule_is_refused_before_anything_is_measured(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert benchmark.main(["--tables", str(folder), "--set", "training.epochs=-1"]) == 2
    assert "training.epochs" in capsys.readouterr().err


def test_a_lower_error_is_better_and_standard_errors_are_counted() -> None:
    assert paired("regression", [3.0, 3.1], [4.0, 4.0])["beyond"] == "better by 2 s.e."
    assert paired("classification", [0.5, 0.52], [0.6, 0.6])["beyond"] == "worse by 2 s.e."
    assert paired("classification", [0.5, 0.7], [0.6, 0.6])["beyond"] == ""
    assert paired("classification", [0.5], [0.6])["standard_error"] is None
    same = paired("regression", [2.0, 2.0], [2.0, 2.0])
    assert (same["difference"], same["standard_error"], same["beyond"]) == (0.0, 0.0, "")


def test_the_summary_counts_tables() -> None:
    lines = [
        {"difference": gain, "beyond": beyond, "ours": ours, "boosting": 2.0}
        | {f"{side}_seconds": 5.0 for side in tables.SIDES}
        for gain, beyond, ours in ((4.0, "better by 2 s.e.", 1.0), (1.0, "better by 1 s.e.", 2.0), (-2.0, "", 3.0))
    ]
    line = summary_line("regression", lines)
    assert (line["mean"], line["median"], line["better"], line["worse"]) == (1.0, 1.0, 1, 0)
    assert line["above_boosting"] == pytest.approx(1 / 3)
    assert line["ours_seconds"] == 15.0


@pytest.mark.slow
def test_a_study_takes_each_of_the_four_tables(tmp_path: Path) -> None:
    datasets.write_tables(tmp_path)
    listed, before = listed_tables(tmp_path), {file: file.read_bytes() for file in tmp_path.iterdir()}
    assert [table.file.stem for table in listed] == list(datasets.TABLES)
    for table in listed:
        data = prepare(own_study(str(table.file), None, table.settings)[0], {})
        assert (data.rows, len(data.folds.pairs)) == (len(pd.read_csv(table.file)), 5)
        inferred = [setting for setting in table.settings if not setting.startswith("data.task")]
        assert prepare(own_study(str(table.file), None, inferred)[0], {}).target.task == table.task
    datasets.write_tables(tmp_path)
    assert before == {file: file.read_bytes() for file in tmp_path.iterdir()}


@pytest.mark.slow
def test_without_a_folder_the_four_tables_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = {side: {"score": 0.5, "seconds": 1.0} for side in tables.SIDES}
    monkeypatch.setattr(tables, "compare_split", lambda *_, **__: measured)
    lines = list(tables.run(benchmark.parser().parse_args(["--tables", "--trials", "2", "--splits", "1"])))
    assert [line["table"] for line in lines if "table" in line] == list(datasets.TABLES)
    assert [line["tables"] for line in lines if "summary" in line] == [3, 1]


@pytest.mark.long
def test_the_tables_of_a_folder_are_compared(folder: Path, untracked: None, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder / "lines.json"
    command = ["--tables", str(folder), "--trials", "2", "--splits", "1", "--json", str(out)]
    quick = ["--set", "training.epochs=9", "--set", "final.members=1"]
    assert benchmark.main([*command, *quick]) == 0
    words, prices, classes, numbers = json.loads(out.read_text())
    assert (words["table"], prices["table"], prices["metric"]) == ("words", "prices", "RMSE")
    for side in tables.SIDES:
        assert round(24 * words[side], 6) % 1 == 0  # of 24 test rows
        assert words[side] < 1  # the copy of the target is left out
        assert 0 < prices[side] < 30
        assert words[f"{side}_seconds"] > 0
    assert (classes["summary"], classes["tables"], numbers["summary"]) == ("classification", 1, "regression")
    shown = capsys.readouterr().out
    assert f"{prices['ours']:.4g}" in shown
    assert "Over the tables" in shown


def test_the_command_gets_the_settings_of_the_list(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def tune(module: str, arguments: list[str], place: Path) -> float:
        asked.extend([module, *arguments])
        (place / "study").mkdir()
        test = {"metrics": {"r2": 0.5, "neg_root_mean_squared_error": -2.5}}
        (place / "study" / "results.json").write_text(json.dumps({"test": test}))
        return 7.0

    monkeypatch.setattr(tables, "time_module", tune)
    table = ListedTable(2, folder / "prices.csv", "regression", "price", ("x",), "house")
    assert tables._ours(table, 3, 4, ["training.epochs=9"]) == {"score": 2.5, "seconds": 7.0}
    assert asked[:3] == ["experiments.tune", "--data", str(folder / "prices.csv")]
    assert [word for word in asked if "=" in word] == [
        'data.target="price"',
        'data.task="regression"',
        'data.drop=["x"]',
        'data.groups="house"',
        "data.split_seed=3",
        "search.trials=4",
        "training.epochs=9",
    ]


@pytest.mark.slow
def test_boosting_takes_words_holes_and_values_that_only_the_test_rows_have(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    word, number = rng.choice(["left", "right", ""], 300), rng.normal(size=300).round(3)
    names = [f"name {one}" for one in range(300)]
    label = np.where(word == "left", "no", "yes")
    frame = pd.DataFrame({"number": number, "word": word, "name": names, "y": label})
    frame.loc[::7, "number"] = np.nan
    frame.to_csv(tmp_path / "t.csv", index=False)
    study = prepare_study(own_study(str(tmp_path / "t.csv"), "y", ['data.categories=["word", "name"]'])[0])
    model = fit_boosting(study)
    rows, y = frame_of_test(study)
    assert model.predict(rows).tolist() == y.tolist()
    booster = model[-1]
    assert booster.is_categorical_.tolist() == [True, True, False]
    assert (booster.n_iter_, booster.do_early_stopping_) == (100, False)
