"""The score of new rows is that of what the model predicts, at its temperature."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.errors import DataError
from experiments.evaluation.baseline_scores import Truth
from experiments.evaluation.external_score import score_blind, score_model
from experiments.evaluation.levels import Uncertainty
from experiments.evaluation.model import predicted
from support.models import mixed_model
from support.tables import mixed_frame

ROWS = 5000  # more than are predicted at a time
FRAME = mixed_frame(ROWS, seed=3)
Y = np.random.default_rng(0).integers(0, 2, ROWS)


@pytest.mark.parametrize("temperature", [1.0, 2.5])
def test_probabilities_are_those_of_the_predictions(temperature: float) -> None:
    known = Uncertainty(temperature, 99, "rows", {"0.8": 0.5})
    model = replace(mixed_model(("no", "yes"), 2), uncertainty=known)
    scored = score_model(model, "accuracy", FRAME, Truth(Y))
    shares = np.concatenate([predicted(model, FRAME[at : at + 4096]).iloc[:, 1:].to_numpy() for at in (0, 4096)])
    assert scored.metrics["neg_log_loss"] == pytest.approx(np.log(shares[np.arange(ROWS), Y]).mean())
    assert scored.record.score == (shares.argmax(axis=1) == Y).mean()
    assert scored.calibration is not None
    assert sum(part.rows for part in scored.calibration.bins) == ROWS
    assert scored.confusion is not None
    assert [sum(row) for row in scored.confusion] == np.bincount(Y).tolist()


def test_what_has_no_interval_is_refused() -> None:
    model, few = mixed_model(("no", "yes")), FRAME[:40]
    with pytest.raises(DataError, match=r"roc_auc has no interval: .*; there are 40 rows of 1 of the 2 classes; add "):
        score_model(model, "roc_auc", few, Truth(np.zeros(40, np.intp)))
    with pytest.raises(DataError, match="needs two rows"):
        score_model(model, "accuracy", FRAME[:1], Truth(Y[:1]))
    with pytest.raises(DataError, match="two blocks of time, but all 40 are of 1"):
        score_model(model, "accuracy", few, Truth(Y[:40], np.zeros(40), ordered=True))


def test_the_blind_baseline_knows_the_shares_of_what_was_learnt_from() -> None:
    learnt = np.repeat([0, 1], [30, 10])
    counts = score_blind("accuracy", Target(("no", "yes")), learnt, None, Truth(Y))
    assert (counts.id, counts.score) == ("majority_class", (Y == 0).mean())
    weighted = score_blind("accuracy", Target(("no", "yes")), learnt, np.repeat([1.0, 9.0], [30, 10]), Truth(Y))
    assert weighted.score == (Y == 1).mean()
    numbers = score_blind("neg_mean_absolute_error", Target(), np.array([1.0, 3.0]), None, Truth(Y.astype(float)))
    assert (numbers.id, numbers.score) == ("mean", -np.abs(Y - 2.0).mean())
