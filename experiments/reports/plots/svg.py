"""Elements of SVG documents, and the colours and fonts of every picture.

A file has its own white background. Inside the page a picture takes the page's colours and fonts, so that it follows
light and dark mode. Text stays text in both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import takewhile
from types import MappingProxyType
from typing import Final, Literal

from markupsafe import Markup, escape

from experiments.reports.blocks import Fact, plain

# Blue, orange and green are from the palette of Okabe and Ito (2008), distinct in every common colour blindness.
# `inline` turns each into var(--name), a colour of the page that differs in dark mode.
COLOURS: Final = MappingProxyType(
    {
        "ink": "#22262b",
        "muted": "#6b7280",
        "rule": "#d5d9df",
        "faint": "#888f9a",
        "blue": "#0072b2",
        "orange": "#d55e00",
        "green": "#009e73",
        "ground": "#fefefe",
        "paper": "#fdfdfd",
    }
)
INK, MUTED, RULE, FAINT, BLUE, ORANGE, GREEN, GROUND, PAPER = COLOURS.values()
SIZE: Final = 9.0  # points, of the letters
SHORTEST: Final = 5  # letters of a name from whose middle none are left out
_FONTS: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"

Anchor = Literal["start", "middle", "end"]
Attribute = str | float | None


def number(value: float) -> str:
    """Write a coordinate to a hundredth of a point; finer steps are invisible.

    >>> number(12.3456), number(40.0), number(-0.001)
    ('12.35', '40', '0')
    """
    return f"{value:z.2f}".rstrip("0").rstrip(".")


def element(name: str, content: str = "", /, **attributes: Attribute) -> str:
    """Write an element around content that is SVG already; attributes without a value are left out.

    >>> element("path", d="M0 0h9", stroke_width=1.5, fill=None)
    '<path d="M0 0h9" stroke-width="1.5"/>'
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def text(x: float, y: float, words: str | Fact, anchor: Anchor = "start", **attributes: Attribute) -> str:
    """Write words whose middle is at the height y; a fact with its key.

    >>> text(4, 9, Fact("test.score", "< 1"), "end", font_size=10)
    '<text x="4" y="12.5" text-anchor="end" font-size="10" data-fact="test.score">&lt; 1</text>'
    """
    size = attributes.get("font_size")
    middle = y + 0.35 * (size if isinstance(size, float | int) else SIZE)
    key = words.key if isinstance(words, Fact) and words.key else None
    placed: dict[str, Attribute] = {"x": x, "y": middle, "text_anchor": None if anchor == "start" else anchor}
    return element("text", str(escape(plain(words))), **placed, **attributes, data_fact=key)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: Attribute) -> str:
    """Write a straight line."""
    return element("path", d=f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}", **attributes)


def rectangle(x: float, y: float, width: float, height: float, **attributes: Attribute) -> str:
    """Write a rectangle by its upper left corner."""
    return element("rect", x=x, y=y, width=width, height=height, **attributes)


def document(width: float, height: float, content: str, top: float = 0.0) -> str:
    """Write a stand-alone picture.

    Args:
        top: height of the upper edge, below zero where content stands above the origin.
    """
    ground = rectangle(0, top, width, height, fill=GROUND)
    return element(
        "svg",
        "\n".join(["", ground, content, ""]),
        xmlns="http://www.w3.org/2000/svg",
        width=f"{number(width)}pt",
        height=f"{number(height)}pt",
        viewBox=f"0 {number(top)} {number(width)} {number(height)}",
        font_family=_FONTS,
        font_size=SIZE,
    )


def drawable(name: str, most: int) -> str:
    """Return a user's name that is safe in a picture: one line, not too long, without control characters.

    >>> drawable("setosa", 24), drawable("a\\u202eb\\n c", 24), drawable("iris " * 9, 24)
    ('setosa', 'a?b c', 'iris iris iris iris iri…')
    """
    shown = " ".join(name.split())
    safe = "".join("?" if unicodedata.category(letter)[0] == "C" else letter for letter in shown)
    return safe if len(safe) <= most else f"{safe[: most - 1]}…"


def distinct(names: Sequence[str], most: int = 24) -> list[str]:
    """Return users' names that are safe in a picture; names that would be cut to the same lack what they share.

    >>> distinct(["iris", "Department of Law", "Department of Music"], 12)
    ['iris', 'Depart…Law', 'Depart…Music']
    """
    cut = [drawable(name, most) for name in names]
    whole = [drawable(name, len(name) + 1) for name in names]
    for shown in {one for one in cut if cut.count(one) > 1}:
        alike = [at for at, one in enumerate(cut) if one == shown]
        letters = zip(*(whole[at] for at in alike), strict=False)
        shared, head = len(list(takewhile(lambda same: len(set(same)) == 1, letters))), most // 4
        if len({whole[at] for at in alike}) > 1 and most > SHORTEST:
            ends = distinct([whole[at][shared:] for at in alike], most - head - 1)
            head = min(shared, most - 1 - max(map(len, ends)))
            for at, end in zip(alike, ends, strict=True):
                cut[at] = f"{whole[at][:head]}…{end}"
    return cut


def inline(svg: str, label: str) -> Markup:
    """Return a picture for the inside of a page, with the colours and fonts of the page and the size of its place.

    Args:
        label: description for screen readers.

    >>> print(inline('<svg width="9pt" height="9pt" viewBox="0 0 9 9"><path fill="#0072b2"/></svg>', "a square"))
    <svg viewBox="0 0 9 9" font-size="9" role="img" aria-label="a square"><path fill="var(--blue)"/></svg>
    """
    head, body = svg.split(">", 1)
    view_box = re.findall(r'viewBox="[^"]*"', head)[0]
    for name, colour in COLOURS.items():
        body = body.replace(f'"{colour}"', f'"var(--{name})"')
    size = f'font-size="{number(SIZE)}"'
    return Markup(f'<svg {view_box} {size} role="img" aria-label="{escape(label)}">{body.strip()}')  # noqa: S704
