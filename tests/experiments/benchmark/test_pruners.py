"""What pruning saves: the target, when it is reached, and the command, on a study of a second."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from experiments.benchmark import __main__ as benchmark
from experiments.benchmark import pruners
from experiments.benchmark.pruners import Step, compare_study, pruner_rows, target_of
from experiments.config.study_file import parse_spec
from experiments.search.trial import Curves, TrialResult

pytestmark = pytest.mark.slow

TINY: dict[str, Any] = {
    "study": {"name": "tiny"},
    "data": {"source": "moons"},
    "cv": {"n_splits": 2},
    "training": {"epochs": 6, "patience": 0},
    "search": {"trials": 8, "pruner": "patient", "pruner_options": {"patience": 1}},
    "space": {"learning_rate": {"low": 1e-4, "high": 1e-1, "log": True}},
}


def steps(*values: float | None) -> list[Step]:
    """One trial a second, ten epochs each; None is a pruned one."""
    nothing = Curves((), (), (), ())
    results = [
        TrialResult(number, "PRUNED", "pruned", None, 0.1, 3, None, (), nothing)
        if value is None
        else TrialResult(number, "COMPLETE", "", value, value, 9, 0.04, (value,) * 4, nothing)
        for number, value in enumerate(values)
    ]
    return [Step(number + 1.0, 10 * (number + 1), result) for number, result in enumerate(results)]


def test_the_target_is_the_lowest_of_the_best_less_its_standard_error() -> None:
    assert target_of([steps(0.5, 0.9, 0.8), steps(0.7, None, 0.85)]) == pytest.approx(0.85 - 0.04 / 2)


def test_a_row_says_when_the_target_is_reached() -> None:
    runs: dict[tuple[str, int], Sequence[Step]] = {
        ("none", 0): steps(0.5, 0.9, 0.8),
        ("median", 0): steps(0.7, None, 0.85),
        ("none", 1): steps(0.5, 0.6, 0.6),
        ("median", 1): steps(0.6, None, None),
    }
    none, median = pruner_rows("digits", runs)
    assert (none.pruner, none.score, none.pruned) == ("none", 0.75, 0.0)
    assert (none.seconds, none.epochs, none.seconds_to_target, none.epochs_to_target) == (3.0, 30, 2.0, 20)
    assert (median.pruner, median.score, median.pruned) == ("median", 0.725, 0.5)
    assert (median.seconds_to_target, median.epochs_to_target) == (2.0, 20)


def test_a_tiny_study_is_compared() -> None:
    rows = compare_study(parse_spec(TINY, "tiny"), ("none", "successive_halving"), 1, {})
    assert [row.pruner for row in rows] == ["none", "successive_halving"]
    assert rows[0].epochs == 8 * 6 > rows[1].epochs > 0
    assert rows[0].pruned == 0 < rows[1].pruned
    for row in rows:
        assert 0 < row.seconds_to_target <= row.seconds
        assert 0 < row.epochs_to_target <= row.epochs


def test_the_command_prints_and_writes_and_leaves_out_what_has_no_files(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    seen = []

    def compared(spec: Any, names: Sequence[str], seeds: int, _: object) -> list[pruners.PrunerRow]:
        seen.append((spec.study.name, spec.search.trials, spec.data.rows, seeds))
        return [pruners.PrunerRow(spec.study.name, name, 0.9, 0.25, 1.0, 100, 0.5, 40) for name in names]

    monkeypatch.setattr(pruners, "compare_study", compared)
    monkeypatch.delenv("MNIST_FOLDER", raising=False)
    arguments = ["--pruners", "--trials", "5", "--seeds", "2", "--json", str(tmp_path / "rows.json")]
    assert benchmark.main(arguments) == 0
    out = capsys.readouterr().out
    assert "hyperband" in out
    assert "mnist is left out: MNIST_FOLDER names no folder with its files" in out
    assert seen == [("digits", 5, None, 2)]
    assert [line["pruner"] for line in json.loads((tmp_path / "rows.json").read_text())] == list(pruners.COMPARED)
    monkeypatch.setenv("MNIST_FOLDER", str(tmp_path))
    assert benchmark.main(["--pruners"]) == 0
    assert seen[1:] == [("digits", 40, None, 3), ("mnist", 40, 6000, 3)]
