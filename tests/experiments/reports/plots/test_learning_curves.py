from __future__ import annotations

import pytest

from experiments.reports.plots.learning_curves import loss_curves, score_curves
from experiments.search.trial import Curves
from support.svg import words

pytestmark = pytest.mark.slow


def test_the_chosen_epoch_is_named(study):
    result, trials = study
    curves = next(trial.curves for trial in trials if trial.number == result.best.number)
    assert f"chosen epoch, {result.best.epochs}" in words(score_curves(result, curves))
    assert f"chosen epoch, {result.best.epochs}" in words(loss_curves(result, curves))


def test_many_folds_are_a_band(study):
    row = tuple(0.5 + 0.01 * fold for fold in range(25))
    curves = Curves((1, 2, 3), (row,) * 3, (row,) * 3, (row,) * 3)
    assert "25 folds" in words(score_curves(study[0], curves))


def test_one_epoch_and_one_fold_can_be_drawn(study):
    curves = Curves((3,), ((0.5,),), ((0.7,),), ((0.6,),))
    assert "1 fold" in words(score_curves(study[0], curves))
    assert "training" in words(loss_curves(study[0], curves))
