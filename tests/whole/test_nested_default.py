"""Nested cross-validation in which every outer search chose the default configuration."""

from __future__ import annotations

from contextlib import chdir
from typing import Any

import experiments
from experiments.reproduce import main as reproduce
from experiments.tracking.uris import OFF
from support.desk import CommandRunner


def test_where_every_search_chose_the_default_nothing_is_compared(desk: CommandRunner) -> None:
    spec: dict[str, Any] = {
        "study": {"name": "default"},
        "data": {"source": "iris"},
        "cv": {"outer": 2, "n_splits": 2},
        "training": {"epochs": 4},
        "search": {"trials": 2},
        "space": {"learning_rate": {"low": 1e-7, "high": 1e-6}},
        "default": {"learning_rate": 0.05},
        "final": {"members": 1},
    }
    with chdir(desk.folder):
        result = experiments.run(spec, workers=1, tracking_uri=OFF, quiet=True).result
        assert reproduce(["default", "--final", "--workers", "1"]) == 0
    assert result.outer is not None
    assert result.test is not None
    assert [one.number for one in result.outer.folds] == [0, 0]
    assert all(one.default == one.score for one in result.outer.folds)
    assert (result.test.default, result.test.difference, result.test.verdict) == (None, None, "not compared")
    page = (desk.folder / "studies" / "default" / "report.md").read_text()
    assert "not compared: every outer search chose the default configuration." in page
