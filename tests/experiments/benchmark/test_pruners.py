"""What pruning saves: the target, when it is reached, and the command, on a study of a second."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from experiments.benchmark import __main__ as benchmark
from experiments.benchmark import pruners
from experiments.benchmark.pruners import compare_study, pruner_line, target_of
from experiments.benchmark.tabulate import Line
from experiments.config.study_file import parse_spec

pytestmark = pytest.mark.slow

TINY: dict[str, Any] = {
    "study": {"name": "tiny"},
    "data": {"source": "moons"},
    "cv": {"n_splits": 2},
    "training": {"epochs": 6, "patience": 0},
    "search": {"trials": 8, "pruner": "patient", "pruner_options": {"patience": 1}},
    "space": {"learning_rate": {"low": 1e-4, "high": 1e-1, "log": True}},
}


def trials(*values: float | None) -> pd.DataFrame:
    """Return trials that finish one a second, of ten epochs each; None is a pruned trial."""
    scores = [math.nan if value is None else value for value in values]
    numbers = range(1, len(values) + 1)
    columns = {"seconds": [float(number) for number in numbers], "epochs": [10 * number for number in numbers]}
    return pd.DataFrame({**columns, "score": scores, "error": 0.02, "pruned": [value is None for value in values]})


def test_the_target_is_the_lowest_of_the_best_less_its_standard_error() -> None:
    assert target_of([trials(0.5, 0.9, 0.8), trials(0.7, None, 0.85)]) == pytest.approx(0.85 - 0.02)


def test_a_line_says_when_the_target_is_reached() -> None:
    line = pruner_line("digits", "median", trials(0.6, None, 0.84, 0.85), 0.83)
    assert (line["score"], line["pruned"], line["seconds"], line["epochs"]) == (0.85, 0.25, 4.0, 40)
    assert (line["seconds_to_target"], line["epochs_to_target"]) == (3.0, 30)


def test_a_tiny_study_is_compared() -> None:
    lines = compare_study(parse_spec(TINY, "tiny"), ("none", "successive_halving"), 1)
    assert [line["pruner"] for line in lines] == ["none", "successive_halving"]
    assert lines[0]["epochs"] == 8 * 6 > lines[1]["epochs"] > 0
    assert lines[0]["pruned"] == 0 < lines[1]["pruned"]
    for line in lines:
        assert 0 < line["seconds_to_target"] <= line["seconds"]
        assert 0 < line["epochs_to_target"] <= line["epochs"]


def test_lines_are_medians_over_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = iter([0.1, 0.5, 0.9, 0.6])  # the first study only warms up
    monkeypatch.setattr(pruners, "timed_search", lambda *_: trials(next(scores)))
    (line,) = compare_study(parse_spec(TINY, "tiny"), ("none",), 3)
    assert (line["study"], line["pruner"], line["score"], line["epochs"]) == ("tiny", "none", 0.6, 10)


def test_the_command_prints_and_writes_and_leaves_out_what_has_no_files(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    seen = []

    def compared(spec: Any, names: Sequence[str], seeds: int) -> list[Line]:
        seen.append((spec.study.name, spec.search.trials, spec.data.rows, seeds))
        return [pruner_line(spec.study.name, name, trials(0.9), 0.8) for name in names]

    monkeypatch.setattr(pruners, "compare_study", compared)
    monkeypatch.delenv("MNIST_FOLDER", raising=False)
    monkeypatch.chdir(Path(__file__).parents[3])
    arguments = ["--pruners", "--trials", "5", "--seeds", "2", "--json", str(tmp_path / "rows.json")]
    assert benchmark.main(arguments) == 0
    out = capsys.readouterr().out
    assert "hyperband" in out
    assert "mnist was left out: set MNIST_FOLDER to the folder with its files" in out
    assert seen == [("digits", 5, None, 2)]
    assert [line["pruner"] for line in json.loads((tmp_path / "rows.json").read_text())] == list(pruners.COMPARED)
    monkeypatch.setenv("MNIST_FOLDER", str(tmp_path))
    assert benchmark.main(["--pruners"]) == 0
    assert seen[1:] == [("digits", 40, None, 3), ("mnist", 40, 6000, 3)]
