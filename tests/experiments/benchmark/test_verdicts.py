"""The made data of the honesty benchmark, what its studies say together, and tiny studies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.benchmark import __main__ as benchmark
from experiments.benchmark import coverage, studies, verdicts
from experiments.benchmark.studies import of_seeds
from experiments.benchmark.synthetic import BEND, RIGHT, clouds, curve, made_table, noise
from experiments.benchmark.tabulate import Line
from experiments.benchmark.verdicts import most_claims, simulated_study, verdict_line
from experiments.search.executors.serial import SerialExecutor

pytestmark = pytest.mark.slow


def study(verdict: str, selection: float, test: float, truth: float, folds_covered: bool) -> Line:
    gains = {"selection": selection, "test": test, "truth": truth}
    return {"verdict": verdict, **gains, "folds_covered": folds_covered}


HELPED = study("helped", 0.10, 0.05, 0.04, True)
NOTHING = study("no evidence either way", 0.02, -0.01, 0.0, False)
WORSE = study("default better", 0.03, -0.04, -0.01, False)


def test_noise_says_nothing_of_its_labels() -> None:
    x, y = noise(np.random.default_rng(0), 20_000)
    assert y.mean() == pytest.approx(0.5, abs=0.02)
    assert np.abs(np.corrcoef(np.column_stack([x, x**2]), y, rowvar=False)[-1, :-1]).max() < 0.03


def test_the_curve_is_what_it_says_and_a_line_has_part_of_it_right() -> None:
    x, y = curve(np.random.default_rng(0), 20_000)
    above = x[:, 0] + BEND * (x[:, 1] ** 2 - 1) > 0
    assert (above == y).mean() == pytest.approx(RIGHT, abs=0.01)
    assert 0.7 < ((x[:, 0] > 0) == y).mean() < RIGHT - 0.1


def test_the_best_rule_for_the_clouds_has_the_accuracy_that_is_asked_for() -> None:
    for best in (0.65, 0.95):
        x, y = clouds(np.random.default_rng(0), 40_000, best)
        assert ((x[:, 0] > 0) == y).mean() == pytest.approx(best, abs=0.01)


def test_a_made_table_is_another_with_another_seed() -> None:
    table = made_table(noise, 0, 20, 10)
    assert (len(table.target), table.own_test) == (30, 10)
    assert np.array_equal(table.features, made_table(noise, 0, 20, 10).features)
    assert not np.array_equal(table.features, made_table(noise, 1, 20, 10).features)


def test_studies_of_noise_may_claim_a_little() -> None:
    line = verdict_line("noise", [HELPED, WORSE, *[NOTHING] * 98])
    assert (line["studies"], line["helped"], line["worse"], line["bound"], line["held"]) == (
        *(100, 1, 1),
        most_claims(100),
        True,
    )
    assert line["ci95_low"] < 0.01 < line["ci95_high"] < 0.06
    assert line["selection"] == pytest.approx((0.10 + 0.03 + 98 * 0.02) / 100)
    assert line["test"] == pytest.approx((0.05 - 0.04 - 98 * 0.01) / 100)
    assert line["truth"] == pytest.approx((0.04 - 0.01) / 100)
    assert line["folds_covered"] == 0.01
    assert verdict_line("noise", [HELPED] * 9 + [NOTHING] * 91)["held"]
    assert not verdict_line("noise", [HELPED] * 10 + [NOTHING] * 90)["held"]


def test_studies_of_a_planted_gain_must_find_it() -> None:
    assert verdict_line("curve", [HELPED] * 9 + [NOTHING])["held"]
    assert not verdict_line("curve", [HELPED] * 8 + [NOTHING, WORSE])["held"]


def test_a_tiny_study_of_each_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "TRUTH", 1000)
    studied = of_seeds(SerialExecutor(), simulated_study, "noise", 2, 4)
    line = verdict_line("noise", studied)
    assert (line["made"], line["studies"]) == ("noise", 2)
    assert line["selection"] >= 0
    assert abs(line["truth"]) < 0.1
    assert of_seeds(SerialExecutor(), simulated_study, "noise", 2, 4) == studied
    assert simulated_study("curve", 0, 8)["truth"] > 0


def test_the_command_prints_and_writes_both_tables(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    seen: list[Any] = []

    def simulated(_: object, work: object, made: str, studies: int, trials: int) -> list[dict[str, Any]]:
        seen.append((work, made, studies, trials))
        return [HELPED, NOTHING] if made == "curve" else [NOTHING]

    def measured(draws: int, _: object) -> list[Line]:
        seen.append(draws)
        draw = {"best": 0.8, "accuracy": 0.8, "likelihood": True, "fold_model": True, "folds_low": 0, "folds_high": 1}
        return coverage.coverage_lines([{**draw, "wilson": number < 19} for number in range(20)])

    monkeypatch.setattr(verdicts, "of_seeds", simulated)
    monkeypatch.setattr(coverage, "measure_coverage", measured)
    monkeypatch.setattr(studies, "usable_cores", lambda: 1)
    arguments = ["--honesty", "--studies", "7", "--trials", "5", "--draws", "30", "--json", str(tmp_path / "rows.json")]
    assert benchmark.main(arguments) == 0
    assert seen == [(simulated_study, "noise", 7, 5), (simulated_study, "curve", 7, 5), 30]
    out = capsys.readouterr().out
    assert "50%" in out
    assert "Wilson, all draws: 95.0% [76.4%, 99.1%], 94.0% to 96.5% wanted: held." in out
    lines = json.loads((tmp_path / "rows.json").read_text())
    assert [line.get("made") for line in lines] == ["noise", "curve", None, None]
    assert lines[-1]["wilson"] == 0.95
