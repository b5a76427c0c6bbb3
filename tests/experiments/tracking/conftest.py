"""A place to write studies to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.tracking import tracker as tracking
from experiments.tracking.mlflow_setup import SETTINGS, prepare_mlflow
from support.tracking import Place


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings that the writer makes in its process, taken back afterwards, and a patient writer."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "2")
    monkeypatch.setattr(tracking, "PROGRAM", "support.patient_writer")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]), prepend=os.pathsep)
    mlflow = prepare_mlflow({})
    mlflow.set_tracking_uri(None)  # that of a test before goes before the variable
    yield
    mlflow.set_tracking_uri(None)


@pytest.fixture
def place(tmp_path: Path, database: Path, environment: None) -> Place:
    return Place(tmp_path / "place", database)
