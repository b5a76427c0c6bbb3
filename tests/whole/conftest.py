"""A desk for each test, and the study as it is when nothing happens to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from experiments.search.executors import worker
from experiments.search.executors.base import Executor
from experiments.search.executors.serial import SerialExecutor
from experiments.study.running import options
from experiments.tracking.mlflow_setup import SETTINGS
from experiments.tracking.tracker import OFF
from support.desk import STUDY, CommandRunner, desk_in
from support.made_once import made_once


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is here: all of it starts commands, some of it needs more than Python."""
    for item in items:
        if item.nodeid.startswith("tests/whole/"):
            item.add_marker("slow")
            for name in ("browser", "ray"):
                if item.path.stem == f"test_{name}":
                    item.add_marker(name)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", OFF)  # MLflow takes longer than a small study


@pytest.fixture(autouse=True, scope="module")
def single_worker() -> Iterator[None]:
    """Let this process be the worker of a study that it runs with one: its own would take a second to start.

    Commands in processes of their own have workers of their own. The passes of this process stay NumPy's, for the tests
    that come later.
    """
    local = options.LocalExecutor

    def executor(workers: int, *rest: Any) -> Executor:
        return SerialExecutor() if workers == 1 else local(workers, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(options, "LocalExecutor", executor)
        patch.setattr(worker, "load_passes", lambda: None)
        yield


@pytest.fixture
def tracked(environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what MLflow gets: in the desk's own database."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI")


@pytest.fixture
def desk(tmp_path: Path, database: Path) -> CommandRunner:
    return desk_in(tmp_path / "desk", database)


@pytest.fixture(scope="session")
def undisturbed() -> dict[str, Any]:
    """The results of the study as they are when nothing happens to it, with one worker."""

    def make(folder: Path) -> None:
        desk_in(folder).tuned("moons", "--workers", "1", "--tracking-uri", OFF)

    return CommandRunner(made_once("undisturbed", make)).results()


@pytest.fixture(scope="session")
def looked_once(database: Path) -> Path:
    """A desk whose study of 5 trials has had its look."""

    def make(folder: Path) -> None:
        desk_in(folder, database, STUDY.replace("trials = 14", "trials = 5")).studied("studies/moons")

    return made_once("looked", make)


@pytest.fixture
def done(looked_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandRunner:
    """A copy of it, in which the test works."""
    shutil.copytree(looked_once, tmp_path / "done")
    monkeypatch.chdir(tmp_path / "done")
    return CommandRunner(tmp_path / "done")
