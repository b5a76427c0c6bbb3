"""The score of new rows is that of what the model predicts, at its temperature."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.errors import DataError
from experiments.evaluation.final_model.model import predicted
from experiments.evaluation.scoring.external_score import check_scorable, score_blind, score_model
from experiments.evaluation.scoring.final_score import Truth
from experiments.evaluation.uncertainty.levels import Uncertainty
from support.models import mixed_model
from support.tables import mixed_frame

ROWS = 5000  # more than are predicted at a time
FRAME = mixed_frame(ROWS, seed=3)
Y = np.random.default_rng(0).integers(0, 2, ROWS)
TWO = Target(("no", "yes"))


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


@pytest.mark.parametrize(
    ("metric", "target", "truth", "words"),
    [
        ("accuracy", TWO, Truth(Y[:1]), "needs two rows"),
        ("accuracy", TWO, Truth(Y[:40], np.zeros(40), ordered=True), "two blocks of time, but all 40 are of 1"),
        ("roc_auc", TWO, Truth(np.zeros(40, np.intp)), "roc_auc has no score on them; there are 40 rows of 1 of the 2"),
        ("roc_auc_ovr", Target(("a", "b", "c")), Truth(Y[:40]), "40 rows of 2 of the 3 classes; add others"),
        (
            "roc_auc_ovr",
            Target(tuple("abcdefgh")),
            Truth(np.arange(40) % 8, np.arange(40) % 8),
            r"of 1,000 bootstrap samples of the test groups only \d+ have a score; there are 40 rows of 8 of the 8",
        ),
        ("neg_mean_squared_log_error", Target(), Truth(np.array([-2.0, 3.0])), "there are 2 rows; add others"),
        ("r2", Target(), Truth(np.array([3.5, 3.5])), "r2 has no score where all 2 targets are 3.5; add others"),
    ],
)
def test_rows_without_a_score_of_any_model_are_refused(metric: str, target: Target, truth: Truth, words: str) -> None:
    with pytest.raises(DataError, match=words):
        check_scorable(metric, target, truth)


@pytest.mark.parametrize(
    ("metric", "target", "y"),
    [("accuracy", TWO, [0, 0]), ("f1", TWO, [0, 0]), ("roc_auc", TWO, [0, 1]), ("r2", Target(), [3.0, 4.0])],
)
def test_rows_with_a_score_are_taken(metric: str, target: Target, y: list[float]) -> None:
    check_scorable(metric, target, Truth(np.array(y)))


def test_the_blind_baseline_knows_the_shares_of_what_was_learnt_from() -> None:
    learnt = np.repeat([0, 1], [30, 10])
    counts = score_blind("accuracy", TWO, learnt, None, Truth(Y))
    assert (counts.id, counts.score) == ("majority_class", (Y == 0).mean())
    weighted = score_blind("accuracy", TWO, learnt, np.repeat([1.0, 9.0], [30, 10]), Truth(Y))
    assert weighted.score == (Y == 1).mean()
    numbers = score_blind("neg_mean_absolute_error", Target(), np.array([1.0, 3.0]), None, Truth(Y.astype(float)))
    assert (numbers.id, numbers.score) == ("mean", -np.abs(Y - 2.0).mean())
