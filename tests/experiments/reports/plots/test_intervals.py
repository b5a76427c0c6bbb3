from __future__ import annotations

from xml.etree import ElementTree

import pytest

from experiments.evaluation.results import ScoreDifference
from experiments.reports.plots.intervals import Dot, difference, dots


def _words(svg):
    return {text.text for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")}


@pytest.mark.parametrize(("score", "interval"), [(0.0, (0.0, 0.0)), (-0.5, (-1.0, -0.1)), (1e-9, (-1e-8, 1e-8))])
def test_any_difference_can_be_drawn(score, interval):
    svg = difference(ScoreDifference(score=score, ci95=interval, p_value=0.5, method="mcnemar_bonett_price"))
    assert {"← default better", "tuned better →", "0"} <= _words(svg)


def _marks(svg):
    return [float(mark.get("x")) for mark in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}use")]


def test_scores_stand_below_each_other_by_name():
    svg = dots("d", [Dot("tuned", 0.97, (0.95, 0.98), main=True), Dot("default", 0.96, None)], "accuracy")
    assert {"tuned", "default", "accuracy"} <= _words(svg)


def test_a_score_far_below_stands_on_the_edge_with_its_number():
    near = [Dot("tuned", 0.97, (0.95, 0.98)), Dot("plain", 0.95, (0.93, 0.97))]
    far = dots("d", [*near, Dot("majority", 0.1056, (0.08, 0.14))], "accuracy")
    assert "0.106" in _words(far)
    assert "0.106" not in _words(dots("d", [*near, Dot("weak", 0.9, (0.88, 0.92))], "accuracy"))
    assert not {"0.2", "0.4"} & _words(far)


@pytest.mark.parametrize("score", [0.0, 1.0, -31415.9, 1e-9])
def test_one_score_or_equal_scores_can_be_drawn(score):
    assert "a" in _words(dots("d", [Dot("a", score, None)], "m"))
    assert "b" in _words(dots("d", [Dot("a", score, (score, score)), Dot("b", score, None)], "m"))
