"""The contents of an SVG document."""

from __future__ import annotations

from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"


def words(svg: str) -> set[str | None]:
    """Return every text of a picture."""
    return {text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")}


def paths(svg: str, style: str) -> list[ElementTree.Element]:
    """Return the paths whose style has these words."""
    return [path for path in ElementTree.fromstring(svg).iter(f"{SVG}path") if style in (path.get("style") or "")]
