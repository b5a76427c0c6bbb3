"""Markdown: whatever a template prints is escaped, unless it is Markdown already.

Markdown has the class Markup, which jinja's macros pass on unchanged.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

from markupsafe import Markup

_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}
_MARKS: Final = re.compile(r"[\\`*_\[\]#|~@]|(?<=:)/(?=/)|(?<=[wW]{3})\.")
_TURNING: Final = ("R", "AL", "RLE", "RLO", "LRE", "LRO", "RLI", "AN")
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"


def escape(value: object) -> Markup:
    """Escape text for a sentence or a table cell: one line, in which nothing is Markdown or HTML.

    Text that runs from right to left, or that overrides the direction, is isolated from the text around it.

    >>> print(escape("a|b `c` <script>\\n_d_ www.e.org"))
    a\\|b \\`c\\` &lt;script&gt; \\_d\\_ www\\.e.org
    """
    if isinstance(value, Markup):
        return value
    text = " ".join(str(value).split())
    text = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)
    text = _MARKS.sub(lambda match: "\\" + match[0], text)
    text = "".join(_ENTITIES.get(letter, letter) for letter in text)
    if any(unicodedata.bidirectional(letter) in _TURNING for letter in text):
        text = f"{_ISOLATE}{text}{_END_OF_ISOLATE}"
    return Markup(text)  # noqa: S704


def code(text: str) -> Markup:
    """Write text as inline code, also for table cells, in which a bar must be escaped.

    >>> print(code("a"), code("a`b"))
    `a` `` a`b ``
    """
    fence = _fence(text, 1)
    space = " " if text.startswith("`") or text.endswith("`") or len(fence) > 1 else ""
    return Markup(f"{fence}{space}{text}{space}{fence}".replace("|", "\\|"))  # noqa: S704


def code_block(text: str, language: str = "") -> Markup:
    """Write lines as a code block, with a fence longer than any in them.

    >>> print(code_block("a = 1\\n", "toml"))
    ```toml
    a = 1
    ```
    """
    fence = _fence(text, 3)
    return Markup(f"{fence}{language}\n{text.rstrip()}\n{fence}")  # noqa: S704


def fact(text: Markup, key: str) -> Markup:
    """Return a fact's text without its key."""
    return text


def marked_fact(text: Markup, key: str) -> Markup:
    """Write a fact with its key, for a page that is checked.

    >>> print(marked_fact(Markup("0.97"), "test.score"))
    ⟦test.score|0.97⟧
    """
    return Markup(f"⟦{key}|{text}⟧")  # noqa: S704


def link(path: str) -> Markup:
    """Write a path as the target of a link.

    >>> print(link("report_files/a b(1).svg"))
    report_files/a%20b%281%29.svg
    """
    return Markup(quote(path))  # noqa: S704


def _fence(text: str, shortest: int) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    return "`" * max(shortest, longest + 1)
