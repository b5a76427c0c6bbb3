from __future__ import annotations

import sys
from pathlib import Path

import pytest

from experiments.summary import ui_command


def test_a_server_is_named_without_its_password() -> None:
    assert "secret" not in ui_command("https://ann:secret@host/mlflow", None)


def test_the_local_ui_is_one_command_with_paths_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("shutil.which", lambda _: str(Path(sys.executable).with_name("mlflow")))
    command = ui_command(f"sqlite:///{tmp_path}/mlruns/mlflow.db", tmp_path / "mlruns" / "artifacts")
    assert command == (
        "mlflow ui --backend-store-uri sqlite:///mlruns/mlflow.db --artifacts-destination mlruns/artifacts --workers 1"
    )
