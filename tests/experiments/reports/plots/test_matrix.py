from __future__ import annotations

import pytest

from experiments.reports.plots.matrix import confusion, heat_map
from support.svg import paths, words

pytestmark = pytest.mark.slow


def _cells(svg, colour):
    return paths(svg, f"fill: {colour}")


def test_correct_predictions_and_errors_have_their_own_colours():
    svg = confusion("c", "key", ((5, 0, 1), (0, 7, 0), (2, 0, 3)), ("a", "b", "c"))
    assert (len(_cells(svg, "#0072b2")), len(_cells(svg, "#d55e00"))) == (3, 2)
    assert {"5", "7", "3", "1", "2", "a", "b", "c"} <= words(svg)
    assert "0" not in words(svg)


def test_a_class_without_rows_and_a_matrix_without_errors_can_be_drawn():
    assert len(_cells(confusion("c", "key", ((0, 0), (0, 9)), ("a", "b")), "#0072b2")) == 1


def test_many_classes_have_numbers_in_place_of_names():
    counts = tuple(tuple(int(here == there) for there in range(40)) for here in range(40))
    said = words(confusion("c", "key", counts, tuple(f"name {one}" for one in range(40))))
    assert "name 3" not in said
    assert "number of the predicted class" in said


def test_long_names_are_cut():
    assert "a very long…" in words(confusion("c", "key", ((1, 0), (0, 1)), ("a very long name", "b")))


def test_a_heat_map_has_a_colour_for_each_sign_and_leaves_out_the_smallest_values():
    svg = heat_map("h", {(0, 0): 0.1, (0, 1): -0.05, (1, 0): 0.001, (1, 1): 0.0}, 2, 2)
    assert (len(_cells(svg, "#0072b2")), len(_cells(svg, "#d55e00"))) == (1, 1)


def test_any_shape_and_no_importance_at_all_can_be_drawn():
    for width, height in ((1, 1), (1, 9), (9, 1)):
        assert words(heat_map("h", {(height - 1, width - 1): 0.0}, width, height)) == set()
