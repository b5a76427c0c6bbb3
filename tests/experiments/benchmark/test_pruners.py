"""What pruning saves: the target, when it is reached, and the command, on a study of a second."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest

from experiments.benchmark import __main__ as benchmark
from experiments.benchmark import pruners
from experiments.benchmark.pruners import (
    Searched,
    compare_study,
    pruner_line,
    score_again,
    target_of,
    timed_search,
    with_new_folds,
    with_pruner,
)
from experiments.benchmark.tabulate import Line
from experiments.config.space import Space
from experiments.config.study_file import parse_spec
from experiments.data.prepare import prepare
from experiments.search.executors.serial import SerialExecutor
from experiments.search.inputs import share_inputs

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
    line = pruner_line("digits", "median", trials(0.6, None, 0.84, 0.85), 0.83, 0.82)
    assert (line["score"], line["again"], line["pruned"]) == (0.85, 0.82, 0.25)
    assert (line["seconds"], line["epochs"]) == (4.0, 40)
    assert (line["seconds_to_target"], line["epochs_to_target"]) == (3.0, 30)


def test_a_tiny_study_is_compared() -> None:
    names = ("none", "successive_halving, 4")
    lines = compare_study(parse_spec(TINY, "tiny"), {name: pruners.COMPARED[name] for name in names}, 1)
    assert [line["pruner"] for line in lines] == list(names)
    assert lines[0]["epochs"] == 8 * 6 > lines[1]["epochs"] > 0
    assert lines[0]["pruned"] == 0 < lines[1]["pruned"]
    for line in lines:
        assert 0.5 < line["again"] <= 1
        assert 0 < line["seconds_to_target"] <= line["seconds"]
        assert 0 < line["epochs_to_target"] <= line["epochs"]


def test_lines_are_means_of_scores_and_medians_of_the_rest_over_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    found = iter([trials(0.1), trials(0.5, None), trials(0.9), trials(0.7)])  # the first study only warms up
    again = iter([0.4, 0.8, 0.6])
    monkeypatch.setattr(pruners, "timed_search", lambda *_: Searched(next(found), Mock()))
    monkeypatch.setattr(pruners, "score_again", lambda *_: next(again))
    (line,) = compare_study(parse_spec(TINY, "tiny"), {"none": {"pruner": "none"}}, 3)
    assert (line["study"], line["pruner"], line["epochs"]) == ("tiny", "none", 10)
    assert (line["score"], line["again"]) == (pytest.approx(0.7), pytest.approx(0.6))


def test_a_winner_is_scored_again_on_other_folds_of_the_same_rows() -> None:
    spec = parse_spec({**TINY, "cv": {"n_splits": 2, "splitter": "KFold", "metric": "accuracy"}}, "tiny")
    data = prepare(spec, {})
    other = with_new_folds(spec, data)
    assert [len(rows) for rows, _ in other.folds.pairs] == [len(data.folds.pairs[0][0])] * 2 * pruners.REPEATS
    assert not any(np.array_equal(data.folds.pairs[0][0], train) for train, _ in other.folds.pairs)
    assert other.development is data.development
    executor, seeded = SerialExecutor(), with_pruner(spec, {"pruner": "none"}, 1)
    inputs, new = (share_inputs(Space(spec), one, executor.share) for one in (data, other))
    search = timed_search(seeded, executor, inputs)
    best = search.best.result.value
    assert best == search.trials["score"].max() == score_again(seeded, search.best, executor, inputs)
    again = score_again(seeded, search.best, executor, new)
    assert again is not None
    assert 0.5 < again < 1
    assert again != best


def test_the_command_prints_and_writes_and_leaves_out_what_has_no_files(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    seen = []

    def compared(spec: Any, names: Sequence[str], seeds: int) -> list[Line]:
        seen.append((spec.study.name, spec.search.trials, spec.data.rows, seeds))
        return [pruner_line(spec.study.name, name, trials(0.9), 0.8, 0.7) for name in names]

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
