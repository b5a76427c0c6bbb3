"""Variants are screened on the same configurations, and what is known is not computed again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.benchmark import __main__ as benchmark
from experiments.benchmark import screen
from experiments.benchmark.listed_tables import ListedTable
from experiments.benchmark.screened_variant import Variant, screened
from experiments.errors import DataError, SpecError
from experiments.search.executors.serial import SerialExecutor

LIST = """
| # | file | task | target | leave out | note |
|---|---|---|---|---|---|
| 1 | signs.csv | classification | y | | |
| 2 | other.csv | classification | y | | |
| 3 | sums.csv | regression | y | | |
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(150, 2)).round(3)
    frame = pd.DataFrame(x, columns=["a", "b"])
    for name, y in (("signs", np.where(x[:, 0] > 0, "yes", "no")), ("sums", x.sum(axis=1)), ("other", x[:, 0] > 0)):
        frame.assign(y=y).to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "README.md").write_text(LIST)
    return tmp_path


class Bench:
    """A fake of the workers, which notes what is screened."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int, int, Variant]] = []

    def screened(self, table: ListedTable, split: int, configurations: int, variant: Variant) -> dict[str, Any]:
        self.asked.append((table.file.stem, split, configurations, variant))
        better = 0.1 if variant else 0.0
        if table.task == "classification":
            return {"winner": 0.7 + better + split / 10, "default": None if variant else 0.6, "seconds": 1.0}
        winner = 4.0 * 10**split - (1.0 if variant else 0.0)  # gains of 25% and 2.5%
        return {"winner": winner, "default": 5.0, "seconds": 2.0}


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = Bench()
    monkeypatch.setattr(screen, "screened", made.screened)
    monkeypatch.setattr(screen, "study_workers", SerialExecutor)
    return made


def lines_of(*arguments: object) -> list[dict[str, Any]]:
    options = benchmark.parser().parse_args(["--screen", *map(str, arguments)])
    options.trials = options.trials or 16
    return list(screen.run(options))


def test_gains_are_paired_and_over_the_other_variant(folder: Path, bench: Bench) -> None:
    lines = lines_of(folder, "--set", "training.epochs=9")
    assert bench.asked[:4] == [
        ("signs", split, 16, variant) for split in (0, 1) for variant in ((), ("training.epochs=9",))
    ]
    tables = {(line["table"], line["variant"]): line for line in lines if "table" in line}
    assert {name for name, _ in tables} == {"signs", "sums"}  # the odd ones
    better = tables["signs", "training.epochs=9"]
    assert (better["winner"], better["winner_gain"]) == (pytest.approx(0.85), pytest.approx(10.0))
    assert (better["default"], better["default_gain"]) == (None, None)
    assert tables["signs", "the defaults"]["winner_gain"] == 0.0
    numbers = tables["sums", "training.epochs=9"]
    assert (numbers["winner_gain"], numbers["winner"]) == (pytest.approx(13.75), 21.0)
    assert (numbers["default_gain"], numbers["seconds"]) == (0.0, 4.0)
    means = {(one["summary"], one["variant"], one["side"]): one for one in lines if "summary" in one}
    assert means["classification", "training.epochs=9", "winner"]["mean"] == pytest.approx(10.0)
    assert means["classification", "training.epochs=9", "winner"]["score"] == pytest.approx(0.85)
    assert ("classification", "training.epochs=9", "default") not in means  # it diverged
    assert means["regression", "training.epochs=9", "winner"]["score"] is None


def test_known_scores_are_kept_and_extended(folder: Path, bench: Bench) -> None:
    cache = folder / "known.json"
    first = lines_of(folder, "--splits", 1, "--cache", cache)
    assert len(bench.asked) == 2
    again = lines_of(folder, "--splits", 1, "--cache", cache, "--set", "training.epochs=9")
    assert bench.asked[2:] == [(name, 0, 16, ("training.epochs=9",)) for name in ("signs", "sums")]
    assert [line for line in again if line.get("variant") == "the defaults"] == first
    del bench.asked[:]
    assert lines_of(folder, "--splits", 1, "--cache", cache, "--set", "training.epochs=9") == again
    assert bench.asked == []
    lines_of(folder, "--splits", 2, "--cache", cache, "--against", "training.epochs=9")
    assert {split for _, split, _, _ in bench.asked} == {1}
    lines_of(folder, "--splits", 1, "--cache", cache, "--trials", 3)
    assert bench.asked[-1] == ("sums", 0, 3, ())
    assert len(json.loads(cache.read_text())) == 10


def test_a_file_of_something_else_is_left_alone(folder: Path, bench: Bench) -> None:
    (folder / "known.json").write_text('{"a": 1}')
    with pytest.raises(DataError, match=r"known\.json: is not a file of known scores; name another one"):
        lines_of(folder, "--cache", folder / "known.json")
    assert (folder / "known.json").read_text() == '{"a": 1}'


def test_a_setting_that_breaks_a_rule_is_refused_before_anything_is_computed(folder: Path, bench: Bench) -> None:
    with pytest.raises(SpecError, match=r"training\.epochs"):
        lines_of(folder, "--set", "training.epochs=-1")
    assert bench.asked == []


def test_options_of_another_benchmark_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, message in (
        (["--set", "a=1"], "--set goes with --study, --tables or --screen"),
        (["--large", "--set", "a=1"], "--set goes with --study, --tables or --screen"),
        (["--screen", str(folder), "--target", "y"], "go with --study, which is missing"),
        (["--tables", str(folder), "--against", "a=1"], "--against goes with --screen"),
        (["--large", "--cache", "c.json"], "--cache goes with --tables or --screen"),
        (["--uncertainty", "--half", "odd"], "--half goes with --tables, --screen or --uncertainty FOLDER"),
    ):
        assert benchmark.main(arguments) == 2
        assert message in capsys.readouterr().err


@pytest.mark.long
def test_the_command_screens_in_workers(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--screen", str(folder), "--trials", "2", "--splits", "1", "--half", "all"]
    assert benchmark.main([*command, "--set", "training.epochs=4", "--cache", str(folder / "known.json")]) == 0
    shown = capsys.readouterr().out
    assert "training.epochs=4" in shown
    known = json.loads((folder / "known.json").read_text())
    table = ListedTable(3, folder / "sums.csv", "regression", "y")
    (cell,) = (one for one in known if one["key"][0] == "sums.csv" and one["key"][-1] == ["training.epochs=4"])
    here = screened(table, 0, 2, ("training.epochs=4",))
    assert (cell["winner"], cell["default"]) == (here["winner"], here["default"])
    assert f"{cell['winner']:.4g}" in shown
