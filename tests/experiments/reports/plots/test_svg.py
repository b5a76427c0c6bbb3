from __future__ import annotations

import re
from xml.etree import ElementTree

import matplotlib as mpl
import pytest

from experiments.reports.plots import search
from experiments.reports.plots.svg import drawing, inline, svg_text

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pictures(pages):
    return pages.pictures


def test_the_settings_of_the_user_do_not_matter_and_stay(full, pictures):
    with mpl.rc_context({"font.size": 30, "axes.grid": False, "svg.fonttype": "path", "lines.linewidth": 9}):
        assert search.history(full[0]) == pictures["history"]
        assert mpl.rcParams["font.size"] == 30


def test_pictures_are_valid_xml_with_text_and_without_date_or_version(pictures):
    for name, svg in pictures.items():
        ElementTree.fromstring(svg)
        assert "<text" in svg or name == "permutation"
        assert "metadata" not in svg
        assert mpl.__version__ not in svg


def test_identifiers_are_unique_on_a_page_and_references_have_targets(pictures):
    seen = set()
    for svg in pictures.values():
        own = {element.get("id") for element in ElementTree.fromstring(svg).iter() if element.get("id")}
        assert set(re.findall(r'(?:href="|url\()#([\w.-]+)', svg)) <= own
        assert not own & seen
        seen |= own


def test_equal_marks_say_their_style_once():
    with drawing("marks", 2, 1) as figure:
        figure.add_subplot().plot([1, 2, 3], linestyle="none", marker="o", color="#0072b2")
        svg = svg_text(figure)
    marks = re.findall(r"<use [^>]*>", svg)
    assert marks
    assert not [mark for mark in marks if "style" in mark]
    assert re.search(r'<g [^>]*style="fill: #0072b2[^>]*>\s*<use', svg)


def test_texts_keep_every_digit_and_glyphs_that_the_measuring_font_lacks():
    for text in ("0.123456", "a🎈漢"):
        with drawing("text", 2, 1) as figure:
            figure.text(0.5, 0.5, text)
            assert f">{text}<" in svg_text(figure)


def test_inside_a_page_a_picture_takes_its_colours_and_fonts(study):
    svg = inline(search.history(study[0]), 'a "label" & more')
    assert "var(--blue)" in svg
    assert "#0072b2" not in svg
    assert "font-family" not in svg
    assert "http:" not in svg
    assert 'aria-label="a &#34;label&#34; &amp; more"' in svg
    assert '<rect x="' in svg
    assert ' width="' in svg.split("<clipPath", 1)[1]
