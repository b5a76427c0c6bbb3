from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from experiments.reports.blocks import Fact
from experiments.reports.plots import search
from experiments.reports.plots.svg import distinct, document, element, inline, line, rectangle, text


@pytest.fixture(scope="module")
def pictures(pages):
    return pages.pictures


def test_pictures_are_valid_xml_with_text(pictures):
    for name, svg in pictures.items():
        ElementTree.fromstring(svg)
        assert "<text" in svg or name == "permutation"


def test_no_coordinate_is_missing_or_finer_than_can_be_seen(pictures):
    for svg in pictures.values():
        assert not re.search(r'="[^"]*(nan|inf|None)\b', svg)
        numbers = [number for value in re.findall(r' (?:d|[cxy12r]+|width|height|transform)="([^"]*)"', svg)
                   for number in re.findall(r"\d+\.\d+", value)]  # fmt: skip
        assert max(len(number.split(".")[1]) for number in numbers) <= 2


def test_identifiers_are_unique_on_a_page_and_references_have_targets(pictures):
    seen = set()
    for svg in pictures.values():
        own = {element.get("id") for element in ElementTree.fromstring(svg).iter() if element.get("id")}
        assert set(re.findall(r'(?:href="|url\()#([\w.-]+)', svg)) <= own
        assert not own & seen
        seen |= own
    assert seen == {"scores", "losses", "history", "sizes"}


def test_a_user_cannot_write_elements_or_attributes():
    hostile = '"><script>&'
    svg = document(9, 9, text(1, 2, Fact(hostile, hostile)) + element("path", d=hostile))
    tree = ElementTree.fromstring(svg)
    assert [one.tag.rpartition("}")[2] for one in tree.iter()] == ["svg", "rect", "text", "path"]
    assert (tree[1].text, tree[1].get("data-fact"), tree[2].get("d")) == (hostile, hostile, hostile)


def test_a_document_has_its_size_in_points_and_a_white_ground():
    svg = document(9.5, 12, line(0, 0, 1, 1), top=-3)
    assert 'width="9.5pt" height="12pt" viewBox="0 -3 9.5 12"' in svg
    assert rectangle(0, -3, 9.5, 12, fill="#fefefe") in svg


def test_inside_a_page_a_picture_takes_its_colours_and_fonts(study):
    svg = inline(search.history(study[0]), 'a "label" & more')
    assert 'fill="var(--blue)"' in svg
    assert not re.search("#[0-9a-f]{6}", svg)
    assert "font-family" not in svg
    assert "http:" not in svg
    assert 'aria-label="a &#34;label&#34; &amp; more"' in svg


def test_words_that_name_a_colour_stay():
    svg = inline(document(9, 9, text(0, 0, "#0072b2")), "label")
    assert ">#0072b2</text>" in svg


def test_names_that_begin_alike_are_told_apart():
    names = [f"measured average concentration of substance {one} in sample {two}" for one in "ab" for two in (1, 2)]
    shown = distinct([*names, "pH"], 24)
    assert len(set(shown)) == 5
    assert max(map(len, shown)) <= 24
    assert [one[-1] for one in shown[:4]] == ["1", "2", "1", "2"]
    assert distinct(["the same name of two columns"] * 2, 9) == ["the same…"] * 2
