from __future__ import annotations

from xml.etree import ElementTree

import pytest

from experiments.reports.plots.matrix import confusion, heat_map


def _words(svg):
    return {text.text for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")}


def _cells(svg, colour):
    paths = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}path")
    return [path for path in paths if f"fill: {colour}" in (path.get("style") or "")]


def test_right_ones_and_errors_have_colours_of_their_own_and_nothing_has_none():
    svg = confusion("c", "key", ((5, 0, 1), (0, 7, 0), (2, 0, 3)), ("a", "b", "c"))
    assert (len(_cells(svg, "#0072b2")), len(_cells(svg, "#d55e00"))) == (3, 2)
    assert {"5", "7", "3", "1", "2", "a", "b", "c"} <= _words(svg)
    assert "0" not in _words(svg)


def test_a_class_without_rows_and_a_matrix_without_errors_can_be_drawn():
    assert len(_cells(confusion("c", "key", ((0, 0), (0, 9)), ("a", "b")), "#0072b2")) == 1


def test_many_classes_have_numbers_in_place_of_names():
    counts = tuple(tuple(int(here == there) for there in range(40)) for here in range(40))
    words = _words(confusion("c", "key", counts, tuple(f"name {one}" for one in range(40))))
    assert "name 3" not in words
    assert "predicted class, by its number" in words


def test_long_names_are_cut():
    assert "a very long…" in _words(confusion("c", "key", ((1, 0), (0, 1)), ("a very long name", "b")))


def test_a_heat_map_tells_falls_from_rises_and_leaves_out_what_is_next_to_nothing():
    svg = heat_map("h", {(0, 0): 0.1, (0, 1): -0.05, (1, 0): 0.001, (1, 1): 0.0}, 2, 2)
    assert (len(_cells(svg, "#0072b2")), len(_cells(svg, "#d55e00"))) == (1, 1)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 9), (9, 1)])
def test_any_shape_and_no_fall_at_all_can_be_drawn(width, height):
    ElementTree.fromstring(heat_map("h", {(height - 1, width - 1): 0.0}, width, height))
