from __future__ import annotations

import pytest

from experiments.evaluation.records.results import ScoreDifference
from experiments.reports.plots.intervals import Dot, difference, dots
from support.svg import circles, elements, place, points, words

NEAR = [Dot("tuned", 0.97, (0.95, 0.98), main=True), Dot("ridge", 0.95, (0.93, 0.97))]
ERRORS = [Dot("tuned", -31_000.0, (-33_000.0, -29_000.0)), Dot("ridge", -32_000.0, (-34_000.0, -30_000.0))]


def test_any_difference_can_be_drawn():
    for score, interval in ((0.0, (0.0, 0.0)), (-0.5, (-1.0, -0.1)), (1e-9, (-1e-8, 1e-8)), (1e9, (0.0, 2e9))):
        compared = ScoreDifference(score=score, ci95=interval, p_value=0.5, method="mcnemar_bonett_price")
        svg = difference(compared, "neg_root_mean_squared_error")
        assert {"← default better", "tuned better →", "0", "difference in RMSE"} <= words(svg)


def test_scores_stand_below_each_other_by_name():
    assert {"tuned", "ridge", "test accuracy"} <= words(dots(NEAR, "accuracy", "test"))


def test_a_much_worse_score_stands_on_the_edge_with_its_number():
    far = words(dots([*NEAR, Dot("majority", 0.1056, (0.08, 0.14))], "accuracy"))
    assert "0.1056" in far
    assert not {"0.2", "0.4"} & far
    assert "0.9000" not in words(dots([*NEAR, Dot("weak", 0.9, (0.88, 0.92))], "accuracy"))


def test_errors_are_positive_and_grow_to_the_right():
    near = dots(ERRORS, "neg_root_mean_squared_error")
    assert {"30,000", "34,000", "RMSE (lower is better)"} <= words(near)
    assert place(near, "30,000") < place(near, "34,000")
    far = dots([*ERRORS, Dot("mean", -250_000.0, (-260_000.0, -240_000.0))], "neg_root_mean_squared_error")
    assert place(far, "250,000") > place(far, "32,000")
    assert len(circles(far)) == 2


def test_dots_and_intervals_stand_at_their_scores():
    svg = dots(NEAR, "accuracy")
    (main,), (other,) = circles(svg, fill="#0072b2"), circles(svg, fill="#22262b")
    (interval,) = elements(svg, "path", stroke="#22262b")
    at = {score: place(svg, score)[0] for score in ("0.93", "0.95", "0.97")}
    assert (main[0], other[0]) == (pytest.approx(at["0.97"], abs=0.01), pytest.approx(at["0.95"], abs=0.01))
    assert [x for x, _ in points(interval)] == pytest.approx([at["0.93"], at["0.97"]], abs=0.01)
    assert other[1] == pytest.approx(place(svg, "ridge")[1] - 3.15, abs=0.01)


def test_a_score_without_an_interval_is_hollow():
    assert len(circles(dots([*NEAR, Dot("default", 0.96, None)], "accuracy"), fill="none")) == 1


def test_the_number_of_a_score_off_the_scale_carries_its_key():
    svg = dots([*NEAR, Dot("majority", 0.1056, None, key="test.references[0].score")], "accuracy")
    (number,) = [one for one in elements(svg, "text") if one.get("data-fact")]
    assert (number.get("data-fact"), number.text) == ("test.references[0].score", "0.1056")


def test_one_score_or_equal_scores_can_be_drawn():
    for score in (0.0, 1.0, -31415.9, 1e-9):
        assert "a" in words(dots([Dot("a", score, None)], "r2"))
        assert "b" in words(dots([Dot("a", score, (score, score)), Dot("b", score, None)], "r2"))
