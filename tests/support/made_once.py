"""What takes long to make and is only copied and read: made by one of the processes of a test run, for all of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from experiments.tracking.mlflow_setup import SETTINGS, make_database, prepare_mlflow

PLACE: list[Path] = []  # of this test run


@pytest.fixture(scope="session", autouse=True)
def place_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    own = tmp_path_factory.getbasetemp()
    PLACE.append(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder of this name, which `make` fills in the first process that asks for it."""
    folder = PLACE[0] / name
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            part = folder.with_suffix(".part")
            part.mkdir()
            make(part)
            part.rename(folder)
    return folder


@pytest.fixture(scope="session")
def database() -> Path:
    """The path of an empty database of MLflow, which tests copy."""

    def make(folder: Path) -> None:
        prepare_mlflow(dict(SETTINGS))
        make_database(folder / "mlflow.db")

    return made_once("database", make) / "mlflow.db"
