"""A home folder that is a test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.search.compiled import place


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(place, "home", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def folder(home: Path) -> Path:
    """The folder of compiled passes, made."""
    with place.opened(make=True):
        return home.joinpath(*place.FOLDERS)
