"""Choices by one metric, scored by another."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.errors import SpecError
from experiments.evaluation.analysis.selection_bias import Candidates, corrected_selection
from experiments.evaluation.comparison.choices import choice_scores
from experiments.evaluation.comparison.other_metric import ChosenByAnother, check_named_metric
from experiments.evaluation.records.reasons import BootstrapTooSlow
from experiments.evaluation.statistics.resampling import Samples, samples_of
from experiments.search.executors.serial import Inline
from experiments.search.out_of_fold import npy

ROWS = 200
COIN = Target(("no", "yes"))
Y = np.arange(ROWS) % 2


def logits(wrong: int, size: float) -> Inline:
    """Outputs that are wrong in so many rows, and equally sure of each."""
    predicted = np.where(np.arange(ROWS) < wrong, 1 - Y, Y)
    return Inline(npy(size * np.eye(2, dtype=np.float32)[predicted]))


CAREFUL, RASH = logits(40, 1.5), logits(30, 8.0)  # the rash one errs less often, and is punished more for it


def samples(metric: str) -> Samples:
    found = samples_of(metric, COIN, [CAREFUL, RASH], Y, np.arange(ROWS))
    assert not isinstance(found, BootstrapTooSlow)
    return found


@pytest.mark.parametrize("metric", ["neg_log_loss", "roc_auc", "f1"])
def test_the_choice_is_that_of_the_own_metric_and_the_score_that_of_the_other(metric: str) -> None:
    accuracy, other = samples("accuracy"), samples(metric)
    by_accuracy = accuracy.scores(np.ones((1, ROWS)))[0]
    assert by_accuracy.argmax() == 1
    found = choice_scores(ChosenByAnother(accuracy, other), other.draws)
    rash = other.scores(np.ones((1, ROWS)))[0, 1]
    assert found[np.isfinite(found)].mean() == pytest.approx(rash, abs=0.02)


def test_by_the_own_metric_the_score_is_the_corrected_one() -> None:
    for metric in ("accuracy", "neg_log_loss", "roc_auc", "balanced_accuracy"):
        own = samples(metric)
        everything = own.scores(np.ones((1, ROWS)))[0]
        record = corrected_selection(own, ROWS, Candidates(tuple(everything.tolist()), (1, 1), None)).record
        named = choice_scores(ChosenByAnother(own, own), own.draws)
        assert named.mean() == pytest.approx(record.corrected, abs=1e-12)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("metric", "target", "y", "words"),
    [
        ("acuracy", COIN, Y, "got 'acuracy' (did you mean"),
        ("r2", COIN, Y, "r2 scores numbers, but the target is 2 classes; take accuracy"),
        (
            "f1",
            Target(("a", "b", "c")),
            np.arange(ROWS) % 3,
            "f1 is for two classes, but the target has 3; take f1_macro",
        ),
        ("accuracy", Target(), np.linspace(0, 1, ROWS), "accuracy scores classes, but the target is a number"),
        ("neg_mean_squared_log_error", Target(), np.linspace(-2, 1, ROWS), "cannot score these rows"),
    ],
)
def test_a_metric_that_cannot_score_the_target_is_refused_by_the_options_name(
    metric: str, target: Target, y: np.ndarray, words: str
) -> None:
    with pytest.raises(SpecError) as raised:
        check_named_metric(metric, target, y)
    assert str(raised.value).startswith("--metric: ")
    assert words in str(raised.value)


def test_a_metric_that_fits_is_taken() -> None:
    check_named_metric("neg_log_loss", COIN, Y)
    check_named_metric("r2", Target(), np.linspace(0, 1, ROWS))
