from __future__ import annotations

from experiments.reports.plots.legend import ROW, Entry, legend
from experiments.reports.plots.marks import Mark, Stroke
from experiments.reports.plots.svg import document
from support.svg import circles, elements, place

NAMES = ["complete", "pruned, last score", "winner", "diverged or failed", "default"]
ENTRIES = [Entry(name, mark=Mark("circle", "#0072b2", 2)) for name in NAMES]


def _places(width):
    drawn, height = legend(ENTRIES, width)
    svg = document(width, height, drawn, top=-height)
    return [place(svg, name) for name in NAMES], circles(svg), height


def test_all_stand_in_a_row_where_there_is_room():
    names, marks, height = _places(600)
    assert len({y for _, y in names}) == 1
    assert sorted(names) == names
    assert height == ROW + 5
    assert all(-height < y < 0 for _, y in marks)


def test_rows_have_common_columns_and_stay_inside():
    names, marks, height = _places(302)
    assert len({y for _, y in names}) == 2
    assert len({x for x, _ in names}) == 3
    assert names[0][0] == names[3][0]
    assert height == 2 * ROW + 5
    assert all(mark[0] < name[0] for mark, name in zip(marks, names, strict=True))


def test_one_column_is_the_least():
    names, _, height = _places(20)
    assert len({x for x, _ in names}) == 1
    assert height == 5 * ROW + 5


def test_lines_and_areas_look_as_they_do_below():
    dashed = Stroke("#d55e00", 1.8, "4 2")
    drawn, _ = legend([Entry("line", dashed), Entry("area", Stroke("#0072b2", opacity=0.18), area=True)], 200)
    svg = document(200, 20, drawn)
    assert len(elements(svg, "path", stroke="#d55e00", stroke_dasharray="4 2")) == 1
    assert len(elements(svg, "rect", fill="#0072b2", fill_opacity="0.18")) == 1
