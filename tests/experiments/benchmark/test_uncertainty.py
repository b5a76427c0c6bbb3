"""The lines of the benchmark, from studies that are made up, and the command's options."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.benchmark import __main__ as benchmark
from experiments.benchmark import uncertainty
from experiments.benchmark.listed_tables import ListedTable
from experiments.benchmark.tabulate import Line
from experiments.search.executors.serial import SerialExecutor

LIST = """
| # | file | task | target | leave out | note |
|---|---|---|---|---|---|
| 1 | one.csv | classification | y | | |
| 2 | two.csv | regression | y | | |
"""


def draw(low: float, high: float) -> Line:
    return {"coverage_0.8": low, "size_0.8": 1.0, "coverage_0.9": high, "size_0.9": 2.0}


def test_the_mean_over_the_draws_must_be_near_the_level() -> None:
    line = uncertainty.made_line("number", [draw(0.78, 0.9), None, draw(0.8, 0.96)])
    assert (line["made"], line["draws"]) == ("number", 2)
    assert (line["coverage_0.8"], line["coverage_0.9"]) == (pytest.approx(0.79), pytest.approx(0.93))
    assert line["error_0.9"] == pytest.approx(0.03)
    assert (line["held"], line["kept"], line["gain"]) == (True, None, None)
    for outside in (draw(0.77, 0.9), draw(0.85, 0.9), draw(0.8, 0.87), draw(0.8, 0.95)):
        assert not uncertainty.made_line("number", [outside, outside])["held"]


def test_classes_have_a_gain_in_log_loss() -> None:
    draws = [
        draw(0.8, 0.9) | {"temperature": t, "loss": 0.5, "raw_loss": raw, "accuracy": 0.7}
        for t, raw in ((1.0, 0.5), (1.5, 0.7))
    ]
    line = uncertainty.made_line("two classes", draws)
    assert (line["kept"], line["accuracy"]) == (0.5, 0.7)
    assert line["gain"] == pytest.approx(0.1)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What is measured, by a fake."""
    seen: list[tuple[object, ...]] = []

    def listed(table: ListedTable, split: int, configurations: int) -> Line | None:
        seen.append((table.file.stem, split, configurations))
        losses = {"temperature": 2.0, "loss": 0.5, "raw_loss": 0.625, "accuracy": 0.8} if table.number == 1 else {}
        return draw(0.8, 0.875 if split else 1.0) | losses

    def drawn(kind: str, number: int) -> Line | None:
        seen.append((kind, number))
        return draw(0.8, 0.9)

    monkeypatch.setattr(uncertainty, "listed", listed)
    monkeypatch.setattr(uncertainty, "drawn", drawn)
    monkeypatch.setattr(uncertainty, "study_workers", SerialExecutor)
    return seen


def test_made_rows_have_as_many_draws_of_each_kind(
    asked: list[tuple[object, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert benchmark.main(["--uncertainty", "--draws", "3"]) == 0
    assert asked == [(kind, number) for kind in uncertainty.UNCERTAIN for number in range(3)]
    assert "held: both at most 2% below and 4% above the level" in capsys.readouterr().out
    assert benchmark.parser().parse_args(["--uncertainty"]).draws is None


def test_tables_are_those_of_a_half_with_a_summary(
    asked: list[tuple[object, ...]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "README.md").write_text(LIST)
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").touch()
    assert benchmark.main(["--uncertainty", str(tmp_path)]) == 0
    assert asked == [("one", split, 8) for split in range(3)]
    asked.clear()
    assert benchmark.main(["--uncertainty", str(tmp_path), "--half", "all", "--trials", "2", "--splits", "2"]) == 0
    assert asked == [(name, split, 2) for name in ("one", "two") for split in range(2)]
    out = capsys.readouterr().out
    assert "+0.1250" in out
    assert "coverage less 0.9" in out
    assert benchmark.main(["--uncertainty", "--half", "odd"]) == 2
    assert "--half goes with --tables, --screen or --uncertainty FOLDER" in capsys.readouterr().err
