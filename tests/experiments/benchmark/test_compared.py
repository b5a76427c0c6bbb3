"""The benchmark of comparisons: what pairs say together, one pair of tiny studies, and the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.benchmark import __main__ as benchmark
from experiments.benchmark import compared, studies
from experiments.benchmark.compared import bent, compared_pair, pairs_line
from experiments.benchmark.synthetic import RIGHT
from experiments.benchmark.tabulate import Line

pytestmark = pytest.mark.slow


def pair(truth: float, final: float, claimed: bool) -> Line:
    """The interval is [0.0, 0.2]."""
    return {"score": 0.1, "low": 0.0, "high": 0.2, "claimed": claimed, "truth": truth, "final": final}


def test_pairs_are_counted() -> None:
    line = pairs_line("planted", [pair(0.1, 0.3, True)] * 95 + [pair(0.3, 0.1, False)] * 5)
    assert (line["pairs"], line["rows"], line["covered"], line["covered_final"]) == (100, 400, 0.95, 0.05)
    assert (line["claimed"], line["held"]) == (0.95, True)
    assert line["truth"] == pytest.approx(0.11)
    assert line["width"] == pytest.approx(0.2)
    assert 0.88 < line["claimed_low"] < 0.95 < line["claimed_high"] < 0.98


def test_what_is_not_as_wanted_is_said() -> None:
    assert not pairs_line("sampler", [pair(0.1, 0.1, False)] * 90 + [pair(0.3, 0.1, False)] * 10)["held"]
    assert pairs_line("sampler", [pair(0.1, 0.1, False)] * 91 + [pair(0.3, 0.1, False)] * 9)["held"]
    assert not pairs_line("planted", [pair(0.1, 0.1, True)] * 69 + [pair(0.1, 0.1, False)] * 31)["held"]
    assert not pairs_line("noise", [pair(0.1, 0.1, True)] * 10 + [pair(0.1, 0.1, False)] * 90)["held"]


def test_a_line_has_only_a_part_of_the_planted_curve_right() -> None:
    x, y = bent(np.random.default_rng(0), 200_000)
    above = x[:, 0] + compared.BEND * (x[:, 1] ** 2 - 1) > 0
    assert (above == y).mean() == pytest.approx(RIGHT, abs=0.003)
    line = ((x[:, 0] > 0) == y).mean()
    assert 0.12 < RIGHT - line < 0.18


def test_a_pair_is_compared_and_its_truth_is_scored() -> None:
    found = compared_pair("planted", 0, 4)
    assert found == compared_pair("planted", 0, 4)
    assert found["low"] < found["score"] < found["high"]
    assert 0.0 < found["truth"] < 0.2
    assert found["claimed"] == (found["low"] > 0)


def test_the_command_prints_and_writes_a_line_for_each_kind(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    seen: list[Any] = []

    def pairs_of(_: object, work: object, kind: str, pairs: int, trials: int) -> list[dict[str, Any]]:
        seen.append((work, kind, pairs, trials))
        return [pair(0.1, 0.1, kind == "planted")] * pairs

    monkeypatch.setattr(compared, "of_seeds", pairs_of)
    monkeypatch.setattr(studies, "usable_cores", lambda: 1)
    arguments = ["--compared", "--studies", "7", "--trials", "5", "--json", str(tmp_path / "lines.json")]
    assert benchmark.main(arguments) == 0
    assert seen == [(compared_pair, kind, 7, 5) for kind in ("noise", "sampler", "planted")]
    assert [line["held"] for line in json.loads((tmp_path / "lines.json").read_text())] == [True, True, True]
    assert "Intervals of the difference between two studies" in capsys.readouterr().out
