"""The coverage of the nested interval: what studies say together, and a tiny study of each kind."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.benchmark import __main__ as benchmark
from experiments.benchmark import nested, studies
from experiments.benchmark.nested import coverage_line, nested_study, together
from experiments.benchmark.tabulate import Line

pytestmark = pytest.mark.slow


def study(interval: tuple[float, float], kept: float, outer: float) -> dict[str, Any]:
    return {"score": 0.7, "nested": interval, "wilson": (0.6, 0.8), "folds": (0.9, 1.0), "kept": kept, "outer": outer}


def test_an_interval_is_compared_with_the_mean_of_the_models() -> None:
    """The mean of the kept models is 0.75, that of the outer ones 0.65."""
    studies = [study((0.5, 0.7), 0.70, 0.6), study((0.6, 0.8), 0.72, 0.7), study((0.74, 0.8), 0.83, 0.65)]
    line = coverage_line("curve", studies)
    assert (line["truth"], line["truth_on_fewer"]) == (pytest.approx(0.75), pytest.approx(0.65))
    assert (line["nested"], line["nested_on_fewer"], line["nested_of_model"]) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert (line["wilson"], line["folds"], line["held"]) == (1.0, 0.0, False)
    assert line["half_width"] == pytest.approx((0.1 + 0.1 + 0.03) / 3)


def test_the_last_line_is_all_studies() -> None:
    few = coverage_line("curve", [study((0, 1), 0.9, 0.9)])
    (everything,) = together([coverage_line("noise", [study((0.5, 0.7), 0.6, 0.6)] * 3), few])
    assert (everything["made"], everything["studies"], everything["nested"]) == ("all", 4, 1.0)
    assert everything["truth"] == pytest.approx((3 * 0.6 + 0.9) / 4)
    assert everything["held"]


def test_a_tiny_nested_study(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nested, "TRUTH", 1000)
    found = nested_study("curve", 0, 2)
    assert found == nested_study("curve", 0, 2)
    assert found["nested"][0] <= found["wilson"][0] < found["score"] < found["wilson"][1] <= found["nested"][1]
    assert 0.4 < found["kept"] <= 1
    assert 0.4 < found["outer"] <= 1


def test_the_command_prints_what_was_wanted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []

    def simulated(_: object, work: object, made: str, studies: int, trials: int) -> list[Line]:
        asked.append((work, made, studies, trials))
        return [study((0.5, 0.9), 0.7, 0.7)] * studies

    monkeypatch.setattr(nested, "of_seeds", simulated)
    monkeypatch.setattr(studies, "usable_cores", lambda: 1)
    assert benchmark.main(["--nested", "--studies", "3"]) == 0
    assert asked == [(nested_study, "noise", 3, 10), (nested_study, "curve", 3, 10)]
    assert "interval, all studies: 100.0% [61.0%, 100.0%], at least 88% wanted: held." in capsys.readouterr().out
