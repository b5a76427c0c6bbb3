"""An empty database of MLflow, which tests copy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from experiments.tracking.mlflow_setup import SETTINGS, make_database, prepare_mlflow


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its path. It takes seconds to make, so the processes of a test run share it."""
    own = tmp_path_factory.getbasetemp()
    path = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "database" / "mlflow.db"
    if not path.exists():
        prepare_mlflow(dict(SETTINGS))
        make_database(path)
    return path
