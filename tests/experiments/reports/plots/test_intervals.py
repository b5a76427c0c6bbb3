from __future__ import annotations

import pytest

from experiments.evaluation.results import ScoreDifference
from experiments.reports.plots.intervals import Dot, difference, dots
from support.svg import words

pytestmark = pytest.mark.slow

NEAR = [Dot("tuned", 0.97, (0.95, 0.98), main=True), Dot("ridge", 0.95, (0.93, 0.97))]
ERRORS = [Dot("tuned", -31_000.0, (-33_000.0, -29_000.0)), Dot("ridge", -32_000.0, (-34_000.0, -30_000.0))]


def test_any_difference_can_be_drawn():
    for score, interval in ((0.0, (0.0, 0.0)), (-0.5, (-1.0, -0.1)), (1e-9, (-1e-8, 1e-8)), (1e9, (0.0, 2e9))):
        compared = ScoreDifference(score=score, ci95=interval, p_value=0.5, method="mcnemar_bonett_price")
        svg = difference(compared, "neg_root_mean_squared_error")
        assert {"← default better", "tuned better →", "0", "difference in RMSE"} <= words(svg)


def test_scores_stand_below_each_other_by_name():
    assert {"tuned", "ridge", "test accuracy"} <= words(dots("d", NEAR, "accuracy", "test"))


def test_a_much_worse_score_stands_on_the_edge_with_its_number():
    far = words(dots("d", [*NEAR, Dot("majority", 0.1056, (0.08, 0.14))], "accuracy"))
    assert "0.1056" in far
    assert not {"0.2", "0.4"} & far
    assert "0.9000" not in words(dots("d", [*NEAR, Dot("weak", 0.9, (0.88, 0.92))], "accuracy"))


def test_errors_are_positive_and_grow_to_the_right():
    near = dots("d", ERRORS, "neg_root_mean_squared_error")
    assert {"30,000", "34,000", "RMSE (lower is better)"} <= words(near)
    assert near.index(">30,000<") < near.index(">34,000<") or _place(near, "30,000") < _place(near, "34,000")
    far = dots("d", [*ERRORS, Dot("mean", -250_000.0, (-260_000.0, -240_000.0))], "neg_root_mean_squared_error")
    assert _place(far, "250,000") > _place(far, "32,000")


def _place(svg: str, text: str) -> float:
    """Return the horizontal place of a text."""
    start = svg[: svg.index(f">{text}<")].rpartition("<text")[2]
    return float(start.split(' x="')[1].split('"')[0])


def test_one_score_or_equal_scores_can_be_drawn():
    for score in (0.0, 1.0, -31415.9, 1e-9):
        assert "a" in words(dots("d", [Dot("a", score, None)], "r2"))
        assert "b" in words(dots("d", [Dot("a", score, (score, score)), Dot("b", score, None)], "r2"))
