"""Commands without MLflow, which takes longer than a small study."""

from __future__ import annotations

import pytest

from experiments.tracking.tracker import OFF


@pytest.fixture
def untracked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", OFF)
