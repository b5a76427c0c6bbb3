from __future__ import annotations

import pytest

from experiments.reports.blocks import Fact
from experiments.reports.plots.bars import Bar, bars
from experiments.reports.plots.svg import SIZE
from experiments.reports.plots.text_width import text_width
from support.svg import elements, place, points, words

ROWS = [
    Bar("long", 0.5, Fact("a", "50%")),
    Bar("none", 0.0, Fact("b", "0%")),
    Bar("back", -0.1, Fact("c", "−0.1"), deviation=0.05),
]


def test_a_bar_a_row_with_its_words():
    svg = bars(ROWS, "share")
    assert {"long", "50%", "none", "back", "−0.1", "share"} <= words(svg)
    assert [one.get("data-fact") for one in elements(svg, "text") if one.get("data-fact")] == ["a", "b", "c"]
    assert len(elements(svg, "path", stroke="#22262b")) == 1


def test_bars_are_as_long_as_their_values_and_backward_ones_have_their_own_colour():
    svg = bars(ROWS, "share")
    widths = [float(one.get("width")) for one in elements(svg, "rect", fill="#0072b2")]
    (back,) = elements(svg, "rect", fill="#d55e00")
    zero = place(svg, "0.0")[0]
    assert widths == [pytest.approx((place(svg, "0.4")[0] - zero) * 5 / 4, abs=0.03), 0]
    assert float(back.get("x")) + float(back.get("width")) == pytest.approx(zero, abs=0.02)
    assert float(back.get("width")) == pytest.approx(widths[0] / 5, abs=0.02)


def test_the_words_of_the_longest_bar_lie_inside_the_picture():
    svg = bars([Bar("a", 0.123, Fact("a", "0.123456789"))], "share")
    assert place(svg, "0.123456789")[0] + text_width("0.123456789", SIZE) <= 302


def test_a_dotted_line_stands_at_the_limit_also_beyond_the_bars():
    svg = bars([Bar("a", 0.5, Fact("a", "50%"))], "share", limit=0.6)
    (limit,) = elements(svg, "path", stroke="#22262b", stroke_dasharray="1.5 1.5")
    zero, half = place(svg, "0.0")[0], place(svg, "0.6")[0]
    assert points(limit)[0][0] == pytest.approx(half, abs=0.1)
    assert half > zero


def test_the_limit_does_not_cross_the_words_of_a_bar():
    for length, aside in ((0.58, True), (0.3, False)):
        svg = bars([Bar("a", length, Fact("a", "58%"))], "share", limit=0.6)
        assert (place(svg, "58%")[0] > place(svg, "0.6")[0]) == aside


def test_bars_without_length_can_be_drawn():
    assert "a" in words(bars([Bar("a", 0.0, Fact("a", "0"))], "share"))
