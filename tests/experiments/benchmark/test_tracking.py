"""Both halves of a pair are the same study, and only one of them is in MLflow."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from experiments.benchmark import tracking

pytestmark = pytest.mark.slow


def test_pairs_alternate_after_a_study_that_makes_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(tracking, "run_study", lambda *_, tracked: asked.append(tracked))
    (cost,) = tracking.run(Namespace(trials=40, repeats=2))
    assert asked == [True, False, True, True, False]
    assert cost["row"] == "digits study, 40 trials"
    assert cost["seconds"] > 0
    assert cost["ratio"] > 0


def test_a_study_leaves_a_database_only_with_tracking(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(
        '[study]\nname = "tiny"\n[data]\nsource = "moons"\n[cv]\nn_splits = 2\n[training]\nepochs = 2\n'
        "[space]\nl2 = { low = 0.0, high = 1.0 }\n"
    )
    tracking.run_study(tmp_path, tmp_path / "tiny.toml", 1, tracked=False)
    assert (tmp_path / "study" / "results.json").exists()
    assert not (tmp_path / "mlruns" / "mlflow.db").exists()
