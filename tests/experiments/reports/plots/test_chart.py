from __future__ import annotations

import pytest

from experiments.reports.plots.chart import Axis, Chart, stacked
from experiments.reports.plots.marks import Mark, Stroke
from experiments.reports.plots.svg import SIZE
from experiments.reports.plots.text_width import text_width
from experiments.reports.plots.ticks import number_ticks
from support.svg import circles, elements, place, points, words

X = Axis(0, 10, number_ticks(0, 10, 5), "epoch", "line")
Y = Axis(0.5, 1.0, number_ticks(0.5, 1.0, 5), "accuracy")
DOT = Mark("circle", "#0072b2", 2)


def _size(svg):
    left, top, width, height = map(float, svg.split('viewBox="')[1].split('"')[0].split())
    return left, top, left + width, top + height


def test_values_stand_at_their_ticks():
    chart = Chart(300, 100, X, Y)
    chart.marks([(0, 0.5), (10, 1.0), (4, 0.6)], DOT)
    svg = chart.svg()
    for (x, y), across, up in zip(circles(svg), ("0", "10", "4"), ("0.5", "1.0", "0.6"), strict=True):
        assert place(svg, across)[0] == pytest.approx(x)
        assert place(svg, up)[1] == pytest.approx(y + 0.35 * SIZE, abs=0.01)
    (low, *_), (high, *_) = sorted(circles(svg)), sorted(circles(svg), reverse=True)
    assert low < high


def test_an_axis_may_run_the_other_way():
    chart = Chart(300, 100, X, Axis(-0.1, -0.2))
    assert chart.up(-0.2) < chart.up(-0.1)
    assert Axis(-0.1, -0.2).at(0.25) == pytest.approx(-0.125)


def test_every_label_lies_inside_the_picture():
    wide = Axis(0, 1e6, number_ticks(0, 1e6, 2), "a title", "line")
    svg = Chart(200, 80, wide, wide).svg()
    left, top, right, bottom = _size(svg)
    for label in ("0", "500,000", "1,000,000"):
        for one in elements(svg, "text"):
            if one.text == label and one.get("text-anchor") == "middle":
                assert left <= float(one.get("x")) - text_width(label, SIZE) / 2
                assert float(one.get("x")) + text_width(label, SIZE) / 2 <= right
                assert top < float(one.get("y")) < bottom


def test_numbers_without_room_are_left_out_evenly():
    crowded = Axis(0, 1e6, number_ticks(0, 1e6, 10), "", "line")
    assert {"0", "300,000", "600,000", "900,000"} == words(Chart(200, 80, crowded, Axis(0, 1)).svg())


def test_names_without_room_are_turned_and_none_is_left_out():
    names = Axis(-0.5, 3.5, [(at, f"a long name {at}") for at in range(4)], "", "line", named=True)
    svg = Chart(200, 80, names, Axis(0, 1)).svg()
    turned = [one for one in elements(svg, "text") if "rotate(-90)" in one.get("transform", "")]
    assert [one.text for one in turned] == [f"a long name {at}" for at in range(4)]
    assert _size(svg)[3] > 80 + text_width("a long name 0", SIZE)


def test_a_square_chart_is_as_high_as_it_is_wide():
    chart = Chart(200, None, X, Y)
    assert chart.up(0.5) - chart.up(1.0) == pytest.approx(chart.across(10) - chart.across(0))


def test_what_lies_outside_a_clipped_chart_is_cut_off():
    chart = Chart(200, 80, X, Y, clip="curve")
    chart.line([(0, -3), (10, 0.9)], Stroke("#0072b2"), "a curve")
    svg = chart.svg()
    assert '<g clip-path="url(#curve)">' in svg
    (region,) = (one for one in elements(svg, "rect") if not one.get("fill"))
    assert float(region.get("y")) == pytest.approx(chart.up(1.0), abs=0.01)
    assert float(region.get("height")) == pytest.approx(80)


def test_the_legend_stands_above_the_chart():
    chart = Chart(200, 80, X, Y)
    bare = _size(chart.svg())
    chart.line([(0, 0.5), (10, 1.0)], Stroke("#0072b2"), "a curve")
    with_legend = _size(chart.svg())
    assert with_legend[1] < bare[1] == 0
    assert with_legend[3] == bare[3]
    assert place(chart.svg(), "a curve")[1] < 0


def test_a_grid_crosses_the_chart_at_each_tick():
    svg = Chart(200, 80, X, Y).svg()
    (grid,) = elements(svg, "path", stroke="#d5d9df")
    assert len({y for _, y in points(grid)}) == 6


def test_stacked_charts_do_not_overlap():
    above, below = Chart(200, 80, Axis(0, 10), Y), Chart(200, 40, X, Y)
    above.marks([(5, 0.5)], DOT, "a dot")
    svg = stacked(above, below)
    height = _size(above.svg())[3]
    assert f'transform="translate(0 {height:g})"' in svg
    assert _size(svg)[3] == pytest.approx(height + _size(below.svg())[3], abs=0.01)


def test_the_title_of_a_user_is_one_safe_line():
    svg = Chart(200, 80, Axis(0, 1, title="a\u202eb\n" + "n" * 99), Y).svg()
    assert any(said and said.startswith("a?b nn") and len(said) == 60 for said in words(svg))


def test_a_title_is_as_small_as_its_room_asks_for():
    (fits,) = [one for one in elements(Chart(200, 80, X, Y).svg(), "text") if one.text == "accuracy"]
    assert fits.get("font-size") is None
    long = Axis(0, 1, title="loss per row, target at variance 1")
    (shrunk,) = [one for one in elements(Chart(200, 80, X, long).svg(), "text") if one.text == long.title]
    assert text_width(long.title, float(shrunk.get("font-size"))) <= 80 + SIZE
