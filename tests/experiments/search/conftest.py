"""The trials of a small search, and a journal of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.search.journal import Journal
from experiments.search.loop import Submit, search
from experiments.search.trial import FinishedTrial


@pytest.fixture
def trials(spec: StudySpec, space: Space, submit: Submit) -> list[FinishedTrial]:
    """All trials of the study."""
    return list(search(spec, space, [], submit))


@pytest.fixture
def identity() -> dict[str, Any]:
    """The identity of the study of a journal."""
    return {"spec": {"cv": {"n_splits": 3}}, "data": {"fingerprint": "d", "folds": "e"}, "uid": "u"}


@pytest.fixture
def path(tmp_path: Path, trials: list[FinishedTrial], space: Space, identity: dict[str, Any]) -> Path:
    """A journal of these trials."""
    journal = Journal(tmp_path / "journal.log")
    journal.begin(identity)
    for trial in trials:
        journal.append(trial, space.distributions, inside=True)
    return tmp_path / "journal.log"
