"""Both halves of a pair are the same study, and only one of them is in MLflow."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from experiments.benchmark import tracking
from experiments.benchmark.render import tracking_table
from experiments.benchmark.tracking import TrackingCost, tracking_cost

pytestmark = pytest.mark.slow


def test_pairs_alternate_after_a_study_that_makes_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def seconds(place: Path, study: Path, trials: int, tracked: bool) -> float:
        asked.append(tracked)
        return 12.0 if tracked else 10.0

    monkeypatch.setattr(tracking, "seconds_of", seconds)
    assert tracking_cost(40, 2) == TrackingCost("digits study, 40 trials", 12.0, 10.0, 1.2)
    assert asked == [True, False, True, True, False]


def test_a_study_leaves_a_database_only_with_tracking(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(
        '[study]\nname = "tiny"\n[data]\nsource = "moons"\n[cv]\nn_splits = 2\n[training]\nepochs = 2\n'
        "[space]\nl2 = { low = 0.0, high = 1.0 }\n"
    )
    assert tracking.seconds_of(tmp_path, tmp_path / "tiny.toml", 1, tracked=False) > 0
    assert (tmp_path / "study" / "results.json").exists()
    assert not (tmp_path / "mlruns" / "mlflow.db").exists()


def test_the_table_shows_the_ratio() -> None:
    console = Console(file=io.StringIO(), width=120)
    console.print(tracking_table(TrackingCost("digits", 12.34, 10.0, 1.234)))
    assert isinstance(console.file, io.StringIO)
    assert all(text in console.file.getvalue() for text in ("12.3", "10.0", "1.23"))
