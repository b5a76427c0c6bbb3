"""A page as a test reads it."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser


class Page(HTMLParser):
    """The tags, attributes and text of a page, whose tags must be closed in order.

    attributes: tag, name and value of each.
    """

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    @property
    def facts(self) -> list[str]:
        """The key of each fact."""
        return [value for _, name, value in self.attributes if name == "data-fact"]

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in ("meta", "br", "link", "img"):
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        self.text += " " if tag in ("p", "th", "td", "h2", "h3", "figure", "summary") else ""

    def handle_data(self, data: str) -> None:
        self.text += data
