"""Nested cross-validation where every outer search chose the default, and where outer folds have fewer groups."""

from __future__ import annotations

from contextlib import chdir
from typing import Any

import experiments
from experiments.reproduce import main as reproduce
from experiments.tracking.uris import OFF
from support.desk import CommandRunner

OUTER = ("outer-1", "outer-2")


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


def test_outer_studies_of_fewer_groups_have_fewer_folds_again(desk: CommandRunner) -> None:
    """The whole study has 5 folds of its 5 sites; the outer ones, of 2 and 3 sites, have as many."""
    rows = "".join(f"{site},{row / 7},{row % 3 + site / 10}\n" for site in range(5) for row in range(12))
    (desk.folder / "sites.csv").write_text("site,x,y\n" + rows)
    words = ["--data", "sites.csv", "--target", "y", "--groups", "site", "--set", "cv.outer=2", "--set", "epochs=3"]
    with chdir(desk.folder):
        done = desk.tune(*words, "--set", "search.trials=2", "--set", "members=1", "--tracking-uri", OFF)
        assert done.code == 0, done.error
        assert reproduce(["sites", "--workers", "1"]) == 0
        assert reproduce(["sites", "--final", "--workers", "1"]) == 0
    folds = [len(desk.results(desk.folder / "studies" / "sites" / name)["best"]["fold_scores"]) for name in OUTER]
    assert sorted(folds) == [2, 3]
