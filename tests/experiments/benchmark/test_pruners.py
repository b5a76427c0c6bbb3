"""What pruning saves: the scores, the epochs, and the command, on a study of a second."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.benchmark import __main__ as benchmark
from experiments.benchmark import pruners
from experiments.benchmark.pruners import compare_study, searched_line, with_new_folds, with_pruner
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


def test_a_tiny_study_is_compared() -> None:
    names = ("none", "successive_halving, 4")
    lines = compare_study(parse_spec(TINY, "tiny"), {name: pruners.COMPARED[name] for name in names}, 1)
    assert [line["pruner"] for line in lines] == list(names)
    assert lines[0]["epochs"] == 8 * 6 > lines[1]["epochs"] > 0
    assert lines[0]["pruned"] == 0 < lines[1]["pruned"]
    for line in lines:
        assert 0.5 < line["again"] <= 1
        assert 0.5 < line["score"] <= 1
        assert line["seconds"] > 0


def test_lines_are_means_of_scores_and_medians_of_the_rest_over_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    scores, epochs = iter([0.5, 0.9, 0.8]), iter([20, 10, 90])

    def line(*_: object) -> Line:
        return {"score": next(scores), "again": 0.5, "pruned": 0.0, "epochs": next(epochs), "seconds": 1.0}

    monkeypatch.setattr(pruners, "searched_line", line)
    (found,) = compare_study(parse_spec(TINY, "tiny"), {"none": {"pruner": "none"}}, 3)
    assert (found["study"], found["pruner"], found["epochs"]) == ("tiny", "none", 20)
    assert (found["score"], found["again"]) == (pytest.approx(2.2 / 3), 0.5)


def test_a_winner_is_scored_again_on_other_folds_of_the_same_rows() -> None:
    spec = parse_spec({**TINY, "cv": {"n_splits": 2, "splitter": "KFold", "metric": "accuracy"}}, "tiny")
    data = prepare(spec, {})
    other = with_new_folds(spec, data)
    assert [len(rows) for rows, _ in other.folds.pairs] == [len(data.folds.pairs[0][0])] * 2 * pruners.REPEATS
    assert not any(np.array_equal(data.folds.pairs[0][0], train) for train, _ in other.folds.pairs)
    assert other.development is data.development
    executor, seeded = SerialExecutor(), with_pruner(spec, {"pruner": "none"}, 1)
    inputs, new = (share_inputs(Space(spec), one, executor.share) for one in (data, other))
    line = searched_line(seeded, executor, inputs, inputs)
    assert 0.5 < line["score"] < 1
    assert line["again"] == line["score"]
    again = searched_line(seeded, executor, inputs, new)["again"]
    assert 0.5 < again < 1
    assert again != line["score"]


def test_the_command_prints_and_writes_and_leaves_out_what_has_no_files(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    seen = []

    def compared(spec: Any, names: Sequence[str], seeds: int) -> list[Line]:
        seen.append((spec.study.name, spec.search.trials, spec.data.rows, seeds))
        numbers = {"score": 0.9, "again": 0.7, "pruned": 0.5, "epochs": 10, "seconds": 1.0}
        return [{"study": spec.study.name, "pruner": name, **numbers} for name in names]

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
