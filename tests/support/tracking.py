"""What several tests of tracking share: results, a card, and patience."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from experiments.records.tracking import StudyCard
from experiments.records.tracking_runs import Scalar
from experiments.search.trial import Curves, Reason, State, TrialResult

NASTY = "digits 😀 שלום <script>alert('x')</script> \"../"
PARAMS: dict[str, Scalar] = {"learning_rate": 0.01, "hidden_layers": 2, "l2": 0.0, "activation": "relu"}


def result(
    number: int,
    state: State = "COMPLETE",
    reason: Reason = "",
    epochs: int = 3,
    spoilt: Mapping[int, float] = MappingProxyType({}),
) -> TrialResult:
    """A trial over two folds; `spoilt` replaces the losses of its first fold at some epochs (from 1)."""
    scores = tuple((0.5 + 0.1 * number / 100, 0.7 + epoch / 1000) for epoch in range(1, epochs + 1))
    losses = tuple((spoilt.get(epoch, 0.4), 0.2) for epoch in range(1, epochs + 1))
    curves = Curves(tuple(range(1, epochs + 1)), scores, losses, losses)
    value = sum(scores[-1]) / 2
    return TrialResult(
        number, state, reason, value if state == "COMPLETE" else None, value, epochs, 0.1, scores[-1], curves, 2.0
    )


def card(name: str = NASTY, uid: str = "uid-1", **changes: Any) -> StudyCard:
    fields: dict[str, Any] = {
        "description": "A study.",
        "params": {"cv.splitter": "StratifiedKFold", "training.epochs": 3},
        "tags": {"mlflow.source.git.commit": "abc123"},
        "log_scaled": frozenset({"learning_rate", "l2"}),
    }
    return StudyCard(name, uid, **(fields | changes))


def wait_for(happened: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)
