from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.reports.plots.learning_curves import loss_curves, score_curves
from experiments.search.trial import Curves
from support.svg import circles, elements, place, points, words


def test_the_chosen_epoch_is_named(study):
    result, trials = study
    curves = next(trial.curves for trial in trials if trial.number == result.best.number)
    assert f"chosen epoch, {result.best.epochs}" in words(score_curves(result, curves))
    assert f"chosen epoch, {result.best.epochs}" in words(loss_curves(result, curves))


def test_a_loss_has_the_unit_of_its_kind(study):
    curves = Curves((3,), ((0.5,),), ((0.7,),), ((0.6,),))
    squared = replace(study[0], spec={**study[0].spec, "training": {"loss": "mean_squared_error"}})
    assert "loss, nats per row" in words(loss_curves(study[0], curves))
    assert "loss per row" in words(loss_curves(squared, curves))


def test_many_folds_are_a_band(study):
    row = tuple(0.5 + 0.01 * fold for fold in range(25))
    curves = Curves((1, 2, 3), (row,) * 3, (row,) * 3, (row,) * 3)
    svg = score_curves(study[0], curves)
    assert "25 folds" in words(svg)
    (band,) = elements(svg, "path", fill="#0072b2", fill_opacity="0.18")
    assert len(points(band)) == 6
    assert len(elements(svg, "path", stroke_opacity="0.45")) == 0


def test_one_epoch_and_one_fold_can_be_drawn(study):
    curves = Curves((3,), ((0.5,),), ((0.7,),), ((0.6,),))
    svg = score_curves(study[0], curves)
    assert "1 fold" in words(svg)
    assert [x for x, y in circles(svg) if y > 0] == [place(svg, "3")[0]]
    assert "training" in words(loss_curves(study[0], curves))


def test_the_mean_is_that_of_the_folds_and_the_steep_start_is_off_the_scale(study):
    scores = ((0.1, 0.3), (0.8, 0.9), (0.8, 0.9), (0.9, 1.0), (0.9, 1.0))
    svg = score_curves(study[0], Curves((1, 2, 3, 4, 5), scores, scores, scores))
    (mean,) = [one for one in elements(svg, "path", stroke="#0072b2", stroke_width="1.8") if len(points(one)) > 2]
    assert len(elements(svg, "path", stroke="#0072b2", stroke_opacity="0.45")) == 2 + 1
    heights = [y for _, y in points(mean)]
    assert heights[3] == pytest.approx(place(svg, "0.95")[1] - 3.15, abs=0.01)
    assert heights[0] > place(svg, "epoch")[1]
    assert [x for x, _ in points(mean)] == pytest.approx([place(svg, str(epoch))[0] for epoch in range(1, 6)], abs=0.01)
