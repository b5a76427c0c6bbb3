from __future__ import annotations

from pathlib import Path

import pytest

from experiments.evaluation.scoring.ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A ledger whose file does not exist yet."""
    return Ledger(tmp_path / "studies" / "ledger.jsonl")
