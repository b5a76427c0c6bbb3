"""Early stopping and the plateau, on curves that no longer rise."""

from __future__ import annotations

import math

import pytest

from nnet.stopping import EarlyStopping, Plateau


@pytest.mark.parametrize("patience", [1, 2, 3])
def test_early_stopping_stops_after_patience_scores_without_a_better_one(patience):
    stopping = EarlyStopping(patience)
    scores = [0.1, 0.5, 0.5, 0.4, math.nan, 0.4]
    stopped = [epoch for epoch, score in enumerate(scores, start=1) if stopping.update(epoch, score)]
    assert stopped[0] == 2 + patience
    assert (stopping.best_epoch, stopping.best) == (2, 0.5)


def test_early_stopping_starts_counting_anew_at_a_better_score_and_never_stops_without_patience():
    stopping, never = EarlyStopping(2), EarlyStopping(0)
    scores = [0.5, 0.4, 0.6, 0.5, 0.7, 0.1, 0.1]
    assert [stopping.update(epoch, score) for epoch, score in enumerate(scores)] == [False] * 6 + [True]
    assert not any(never.update(epoch, score) for epoch, score in enumerate(scores))
    assert (never.best_epoch, never.best) == (4, 0.7)


def test_scores_may_all_be_negative_or_none_a_number():
    stopping = EarlyStopping(2)
    assert [stopping.update(epoch, score) for epoch, score in enumerate([-9.0, -8.0, -8.5, -9.0])][-2:] == [False, True]
    assert (stopping.best_epoch, stopping.best) == (1, -8.0)
    nowhere = EarlyStopping(2)
    assert [nowhere.update(epoch, math.nan) for epoch in (1, 2, 3)] == [False, True, True]
    assert (nowhere.best_epoch, nowhere.best) == (0, -math.inf)


@pytest.mark.parametrize(
    ("patience", "scores", "factors"),
    [
        (1, [0.1, 0.2, 0.3], [1, 1, 1]),
        (1, [0.3, 0.2, 0.3, 0.4, 0.4], [1, 0.5, 0.25, 0.25, 0.125]),
        (2, [0.3, 0.2, 0.1, 0.2, 0.3], [1, 1, 0.5, 0.5, 0.25]),  # the best stays what it was before the drop
        (2, [0.3, 0.2, 0.4, 0.3, 0.2], [1, 1, 1, 1, 0.5]),
        (2, [0.3, math.nan, 0.2, 0.4, 0.3], [1, 1, 0.5, 0.5, 0.5]),
        (2, [math.nan] * 4, [1, 0.5, 0.5, 0.25]),
    ],
)
def test_plateau_lowers_the_factor_after_patience_scores_without_a_better_one(patience, scores, factors):
    plateau = Plateau(0.5, patience)
    assert plateau.factor == 1
    for score, factor in zip(scores, factors, strict=True):
        assert plateau.update(score) == plateau.factor == factor


@pytest.mark.parametrize(("decay", "factor"), [(0.0, 0.0), (0.1, 0.1**3), (1.0, 1.0)])
def test_plateau_decays_by_its_decay(decay, factor):
    plateau = Plateau(decay, 1)
    assert [plateau.update(0.0) for _ in range(4)][-1] == pytest.approx(factor)
