from __future__ import annotations

import pytest

from experiments.reports.plots.marks import Mark, Stroke, path
from experiments.reports.plots.svg import document
from support.svg import circles, elements, points


def _svg(drawn):
    return document(20, 20, drawn)


def test_equal_marks_say_their_look_once():
    drawn = Mark("circle", "#0072b2", 2.5, opacity=0.5).at([(1, 2), (3, 4)])
    assert drawn.count("#0072b2") == drawn.count("fill-opacity") == 1
    assert circles(_svg(drawn), fill="#0072b2") == [(1, 2), (3, 4)]


def test_each_mark_has_its_title():
    svg = _svg(Mark("diamond", "#0072b2", 2).at([(5, 5), (9, 9)], ["trial 1", "trial <2>"]))
    assert [one[0].text for one in elements(svg, "path")] == ["trial 1", "trial <2>"]
    with pytest.raises(ValueError, match="shorter"):
        Mark("circle", "#0072b2", 2).at([(5, 5), (9, 9)], ["trial 1"])


def test_a_shape_lies_around_its_point():
    for shape in ("diamond", "down", "up", "left", "right", "cross", "bar"):
        (drawn,) = elements(_svg(Mark(shape, "#0072b2", 2).at([(5, 7)])), "path")
        corners = points(drawn)
        for axis, middle in enumerate((5, 7)):
            values = [corner[axis] for corner in corners]
            assert (min(values) + max(values)) / 2 == middle
            assert max(values) - middle <= 2


def test_hollow_and_open_marks_have_an_outline():
    for mark in (Mark("circle", "#0072b2", 2, hollow=1), Mark("cross", "#0072b2", 2)):
        assert 'fill="none" stroke="#0072b2"' in mark.at([(1, 1)])
    assert Mark("circle", "#0072b2", 2).at([]) == ""


def test_a_line_goes_through_its_points():
    assert 'd="M0 1L2.25 3"' in Stroke("#0072b2", dash="4 2").through([(0, 1), (2.25, 3)])
    assert path([(0, 0)]) == "M0 0"
