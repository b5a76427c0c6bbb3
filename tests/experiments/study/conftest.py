"""Two studies that have not begun, and the signals of a shell."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.study_folders import FILE


@pytest.fixture
def studies(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text(FILE.format(name=name))
    return tmp_path


@pytest.fixture
def plain_signals() -> Iterator[None]:
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)  # Ray, in an earlier test, has one of its own
    yield
    signal.signal(signal.SIGTERM, before)
