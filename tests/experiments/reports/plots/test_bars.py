from __future__ import annotations

import pytest

from experiments.reports.plots.bars import Bar, bars
from support.svg import words

pytestmark = pytest.mark.slow


def test_a_bar_a_row_with_itswords():
    svg = bars("b", [Bar("long", 0.5, words="50%"), Bar("none", 0.0), Bar("back", -0.1, 0.05, "−0.1")], "share")
    assert {"long", "50%", "none", "back", "−0.1", "share"} <= words(svg)
    assert svg.count("fill: #0072b2") == 2
    assert svg.count("fill: #d55e00") == 1


def test_bars_without_length_can_be_drawn():
    assert "a" in words(bars("b", [Bar("a", 0.0)], "share"))
