from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

import pytest

from experiments.benchmark import scaling
from experiments.benchmark.datasets import write_table
from experiments.benchmark.tabulate import wide_console
from experiments.benchmark.timed_command import WHOLE, Seconds
from experiments.config.default_study import own_study
from experiments.search.executors.create import usable_cores


def test_two_workers_are_compared_with_one_in_the_same_round(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[bool, int]] = []

    def time_study(arguments: Sequence[str], folder: Path) -> Seconds:
        assert "search.trials=20" in arguments
        assert (folder.parent / "table.csv").exists()
        workers = int(arguments[arguments.index("--workers") + 1])
        tracked = "--tracking-uri" not in arguments
        asked.append((tracked, workers))
        search = 4.0 / workers + (1.0 if tracked else 0.0)
        return {WHOLE: search + 2.0, "search": search}

    monkeypatch.setattr(scaling, "time_study", time_study)
    lines = list(scaling.run(Namespace(trials=20, repeats=2)))
    once = [(False, 1), (False, 2), (True, 1), (True, 2)]
    assert asked == [*once, *reversed(once)]
    assert [(line["tracking"], line["part"], line["ratio"]) for line in lines] == [
        ("none", "search", 2.0),
        ("none", "whole command", 1.5),
        ("MLflow", "search", 5.0 / 3.0),
        ("MLflow", "whole command", 1.4),
    ]
    assert [line["trial"] for line in lines] == [0.2, None, 0.25, None]
    console = wide_console()
    with console.capture() as captured:
        scaling.show(lines, console)
    assert "1.67 to 1.67" in captured.get()
    assert f"{usable_cores()} cores." in captured.get()


def test_no_trial_of_the_study_is_shorter_than_another(tmp_path: Path) -> None:
    _, target = write_table(scaling.TABLE, tmp_path / "table.csv")
    spec, _ = own_study(str(tmp_path / "table.csv"), target, scaling.FIXED)
    assert set(spec.space) == {"learning_rate", "l2", "dropout"}
    assert (spec.search.pruner, spec.training.patience, spec.search.patience) == ("none", 0, 0)
