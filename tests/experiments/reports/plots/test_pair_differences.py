"""Differences of pairs against zero, with the better study's name on its side."""

from __future__ import annotations

import pytest

from experiments.reports.plots.pair_differences import NamedDifference, pair_differences
from experiments.reports.plots.svg import BLUE, INK, SIZE
from experiments.reports.plots.text_width import text_width
from support.comparisons import difference
from support.svg import circles, place, words


def test_each_pair_has_its_dot_and_a_claimed_one_the_first_colour() -> None:
    rows = [
        NamedDifference("a", "b", difference(0.02, 0.01, 0.03)),
        NamedDifference("a", "c", difference(-0.01, -0.02, 0.005)),
    ]
    svg = pair_differences(rows, "accuracy")
    assert {"← b better", "a better →", "← c better", "difference in accuracy"} <= words(svg)
    ((claimed, upper),), ((open_one, lower),) = circles(svg, fill=BLUE), circles(svg, fill=INK)
    assert upper < lower
    zero, right = place(svg, "0")[0], place(svg, "0.02", 1)[0]
    assert claimed == pytest.approx(right, abs=0.1)
    assert open_one == pytest.approx(zero - (right - zero) / 2, abs=0.1)


def test_no_difference_at_all_can_be_drawn() -> None:
    assert circles(pair_differences([NamedDifference("a", "b", difference(0.0, 0.0, 0.0))], "accuracy"), fill=INK)


def test_long_names_do_not_meet() -> None:
    first, second = (f"churn_of_customers_with_{kind}_scaling" for kind in ("piecewise", "standard"))
    svg = pair_differences([NamedDifference(first, second, difference(0.02, 0.01, 0.03))], "accuracy")
    left, right = sorted(word for word in words(svg) if word and "better" in word)[::-1]
    assert (left[0], right[-1]) == ("←", "→")
    room = place(svg, right)[0] - place(svg, left)[0]
    assert text_width(left, SIZE) + text_width(right, SIZE) < room
