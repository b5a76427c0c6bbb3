"""The contents of an SVG document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"

Element = ElementTree.Element
Point = tuple[float, float]


def words(svg: str) -> set[str | None]:
    """Return every text of a picture."""
    return {text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")}


def place(svg: str, said: str, which: int = 0) -> Point:
    """Return the place of a text with these words: the first or another."""
    text = [text for text in ElementTree.fromstring(svg).iter(f"{SVG}text") if text.text == said][which]
    return float(text.get("x", "nan")), float(text.get("y", "nan"))


def elements(svg: str, tag: str, **looks: str) -> list[Element]:
    """Return the elements that have these looks, their own or those of a group around them."""
    return [
        one for one, look in _looking(ElementTree.fromstring(svg), {}) if one.tag == SVG + tag and _has(look, looks)
    ]


def circles(svg: str, **looks: str) -> list[Point]:
    """Return the middles of circles."""
    return [(float(one.get("cx", "nan")), float(one.get("cy", "nan"))) for one in elements(svg, "circle", **looks)]


def points(path: Element) -> list[Point]:
    """Return the points of a path of straight lines."""
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", path.get("d", ""))]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _looking(element: Element, above: dict[str, str]) -> Iterator[tuple[Element, dict[str, str]]]:
    look = above | dict(element.attrib)
    yield element, look
    for inside in element:
        yield from _looking(inside, look)


def _has(look: dict[str, str], wanted: dict[str, str]) -> bool:
    return all(look.get(name.replace("_", "-")) == value for name, value in wanted.items())
