from __future__ import annotations

from experiments.reports.plots.matrix import confusion, heat_map
from experiments.reports.plots.text_width import text_width
from support.svg import elements, words


def _cells(svg, colour):
    return elements(svg, "rect", fill=colour)


def test_correct_predictions_and_errors_have_their_own_colours():
    svg = confusion("key", ((5, 0, 1), (0, 7, 0), (2, 0, 3)), ("a", "b", "c"))
    assert (len(_cells(svg, "#0072b2")), len(_cells(svg, "#d55e00"))) == (3, 2)
    assert {"5", "7", "3", "1", "2", "a", "b", "c"} <= words(svg)
    assert "0" not in words(svg)
    assert {one.get("data-fact"): one.text for one in elements(svg, "text") if one.get("data-fact")} == {
        "key[0][0]": "5", "key[0][2]": "1", "key[1][1]": "7", "key[2][0]": "2", "key[2][2]": "3",
    }  # fmt: skip


def test_opacity_is_the_share_of_the_true_class_and_errors_have_a_stronger_scale():
    svg = confusion("key", ((3, 1, 0), (0, 4, 0), (1, 15, 0)), ("a", "b", "c"))
    assert [one.get("fill-opacity") for one in _cells(svg, "#0072b2")] == ["0.45", "0.6"]
    assert [one.get("fill-opacity") for one in _cells(svg, "#d55e00")] == ["0.31", "0.15", "0.6"]


def test_a_class_without_rows_and_a_matrix_without_errors_can_be_drawn():
    assert len(_cells(confusion("key", ((0, 0), (0, 9)), ("a", "b")), "#0072b2")) == 1


def test_many_classes_have_numbers_in_place_of_names():
    counts = tuple(tuple(int(here == there) for there in range(40)) for here in range(40))
    said = words(confusion("key", counts, tuple(f"name {one}" for one in range(40))))
    assert "name 3" not in said
    assert "number of the predicted class" in said


def test_long_names_are_cut():
    assert "a very long…" in words(confusion("key", ((1, 0), (0, 1)), ("a very long name", "b")))


def test_a_heat_map_has_a_colour_for_each_sign_and_leaves_out_the_smallest_values():
    svg = heat_map({(0, 0): 0.1, (0, 1): -0.05, (1, 0): 0.001, (1, 1): 0.0}, 2, 2)
    (worse,), (better,) = _cells(svg, "#0072b2"), _cells(svg, "#d55e00")
    assert (worse.get("fill-opacity"), better.get("fill-opacity")) == ("0.95", "0.47")
    assert float(better.get("x")) == float(worse.get("x")) + float(worse.get("width"))
    assert better.get("y") == worse.get("y")


def test_any_shape_and_no_importance_at_all_can_be_drawn():
    for width, height in ((1, 1), (1, 9), (9, 1)):
        assert words(heat_map({(height - 1, width - 1): 0.0}, width, height)) == set()


def test_numbers_are_as_small_as_their_cells_ask_for():
    for size, most, least in ((3, 8.0, 8.0), (12, 6.0, 2.0)):
        counts = tuple(tuple(1000 * (here == there) for there in range(size)) for here in range(size))
        svg = confusion("key", counts, tuple(f"class {one}" for one in range(size)))
        (font,) = {float(one.get("font-size")) for one in elements(svg, "text") if one.text == "1,000"}
        assert least <= font <= most
        assert text_width("1,000", font) <= float(_cells(svg, "#0072b2")[0].get("width"))
