"""Twelve kinds of studies, each made in a folder of its own, in seconds, by the command or by `experiments.run`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import experiments
from experiments.tracking.tracker import OFF
from support.desk import CommandRunner
from support.kinds import NAMES
from support.tables import mixed_table

LEARNING_RATE = {"learning_rate": {"low": 1e-3, "high": 1e-1, "log": True}}
MOONS = """\
[study]
name = "resumed"
[data]
source = "moons"
test_size = 0.3
[cv]
n_splits = 3
[training]
epochs = 6
batch_size = 32
patience = 0
[search]
trials = 26
[search.pruner_options]
n_startup_trials = 3
[space]
learning_rate = { low = 1e-3, high = 1e-1, log = true }
hidden_layers = { low = 0, high = 2 }
hidden_units = { low = 4, high = 32, log = true }
l2 = { low = 1e-6, high = 1e-1, log = true }
activation = { choices = ["relu", "tanh"] }
[final]
members = 3
epochs = 9
"""


def study(name: str, **sections: Any) -> dict[str, Any]:
    """A study file's content: three trials of four epochs in two folds, and a final model of one network."""
    document: dict[str, Any] = {
        "study": {"name": name},
        "data": {"source": "iris"},
        "cv": {"n_splits": 2},
        "training": {"epochs": 4, "batch_size": 16, "patience": 0},
        "search": {"trials": 3, "lookahead": 2, "pruner": "none"},
        "space": {**LEARNING_RATE, "dropout": {"low": 0.0, "high": 0.5}},
        "final": {"members": 1},
    }
    return {key: document.get(key, {}) | sections.get(key, {}) for key in [*document, *sections]} | {
        "space": sections.get("space", document["space"])
    }


def ran(document: dict[str, Any], data: Any = None, **chosen: Any) -> None:
    """Run a study here, unknown to MLflow."""
    experiments.run(document, data, workers=1, tracking_uri=OFF, quiet=True, **chosen)


def resumed() -> None:
    """Begun with a try of one trial, and gone on with; with trials that were pruned."""
    Path("studies").mkdir()
    Path("studies/resumed.toml").write_text(MOONS)
    desk, options = CommandRunner(Path.cwd()), ("resumed", "--workers", "1", "--tracking-uri", OFF)
    for more in (["--trials", "1"], []):
        done = desk.tune(*options, *more)
        assert (done.code, done.error) == (0, ""), done


def extended() -> None:
    """Trials were added before the test rows were scored, by a call that does only this."""
    ran(study("extended"), look="leave")
    more = study("extended", search={"trials": 6})
    ran(more, look="leave")
    ran(more, look="only")


def fresh() -> None:
    """Started anew after its test rows had been scored, and not scored again; another study scored them too."""
    ran(study("another", study={"seed": 1}))
    ran(study("fresh"))
    ran(study("fresh"), look="leave", fresh=True)


def default_wins() -> None:
    """No trial learns as fast as the default."""
    space = {"learning_rate": {"low": 1e-7, "high": 1e-6}}
    ran(study("default wins", space=space, default={"learning_rate": 0.05}))


def separate() -> tuple[Any, Any]:
    """Two classes that any network tells apart."""
    chance, y = np.random.default_rng(0), np.arange(90) % 2
    return chance.normal(size=(90, 3)) + 40.0 * y[:, None], y


def tied() -> None:
    """All trials but the default have the same value."""
    space = {"learning_rate": {"low": 0.02, "high": 0.05}}
    spec = study("tied", space=space, default={"learning_rate": 1e-9}, training={"epochs": 8})
    ran(spec, separate())


def no_default() -> None:
    """The default diverges."""
    spec = study("no default", default={"learning_rate": 1e30}, training={"optimizer": "sgd"})
    ran(spec)


def no_look() -> None:
    """The test rows were scored by another study only."""
    ran(study("another", study={"seed": 1}))
    ran(study("no look"), look="leave")


def groups() -> None:
    """Rows belong to groups, which stay together."""
    table = mixed_table(120, groups=np.repeat(np.arange(24), 5))
    texts = {"author": "Ann (ann@example.org)", "purpose": "All patients\nof 2025 | <b>", "limits": "None known."}
    ran(study("groups", preprocessing={"rare": 0.05}, report=texts), table)


def time() -> None:
    """Rows come in an order of time; how numbers are scaled is searched."""
    space = {**LEARNING_RATE, "numbers": {"choices": ["standard", "quantile"]}}
    ran(study("time", space=space), mixed_table(120, time=np.arange(120)))


def regression() -> None:
    """The target is a number, and the metric an error of tens of thousands."""
    table = mixed_table(120, "regression")
    table = replace(table, target=1000.0 * table.target)
    cv = {"n_splits": 2, "metric": "neg_root_mean_squared_error"}
    ran(study("regression", cv=cv, final={"members": 2}), table)


def pictures() -> None:
    """Rows are pictures."""
    ran(study("pictures", data={"source": "digits"}, search={"trials": 2}, training={"epochs": 2}))


def own_test() -> None:
    """The test rows come in a file of their own, with copies of rows, formats of numbers and dates, and an infinity."""
    table = mixed_table(150)
    frame = table.features.assign(target=table.target)  # type: ignore[union-attr]
    frame["paid"] = [f"${row % 7 + 1},{row:03}" for row in range(150)]
    frame["far"] = [np.inf if row == 60 else row % 11 / 4 for row in range(150)]
    frame["day"] = [f"{row % 28 + 1}.{row % 12 + 1}.2026" for row in range(150)]
    frame.iloc[[*range(110), *range(8)]].to_csv("learn.csv", index=False)
    frame.iloc[[*range(113, 150), 20, 30, 40]].to_csv("test.csv", index=False)
    ran(study("own test", data={"source": "learn.csv", "target": "target", "test": "test.csv"}))


MAKERS: tuple[Callable[[], None], ...] = (
    *(resumed, extended, fresh, default_wins, tied, no_default, no_look),
    *(groups, time, regression, pictures, own_test),
)
KINDS: dict[str, Callable[[], None]] = dict(zip(NAMES, MAKERS, strict=True))


def made(kind: str, above: Path) -> Path:
    """Make a study of this kind; returns the folder in which it was made, the study's own is studies/KIND in it."""
    place = above / kind
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    with chdir(place):
        KINDS[kind]()
    return place
