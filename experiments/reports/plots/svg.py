"""One style for every picture, and figures as SVG text: the same bytes for the same figure.

A file has its own white background. Inside the page a picture takes the page's colours and fonts, so that it follows
light and dark mode. Text stays text in both.
"""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Final

from markupsafe import Markup, escape
from matplotlib import style
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

# Blue, orange and green are from the palette of Okabe and Ito (2008), distinct in every common colour blindness.
# `inline` turns each into var(--name), a colour of the page that differs in dark mode.
COLOURS: Final = MappingProxyType(
    {
        "ink": "#22262b",
        "muted": "#6b7280",
        "rule": "#d5d9df",
        "faint": "#a9b0ba",
        "blue": "#0072b2",
        "orange": "#d55e00",
        "green": "#009e73",
        "ground": "#fefefe",
        "paper": "#fdfdfd",
    }
)
INK, MUTED, RULE, FAINT, BLUE, ORANGE, GREEN, GROUND, PAPER = COLOURS.values()

_STYLE: Final[dict[str, Any]] = {
    "axes.axisbelow": True,
    "axes.edgecolor": FAINT,
    "axes.facecolor": "none",
    "axes.formatter.use_mathtext": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": MUTED,
    "axes.linewidth": 0.7,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": GROUND,
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "legend.borderaxespad": 0.3,
    "legend.borderpad": 0.0,
    "legend.columnspacing": 1.4,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "legend.handletextpad": 0.5,
    "legend.labelcolor": MUTED,
    "lines.linewidth": 1.4,
    "svg.fonttype": "none",
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": FAINT,
    "xtick.labelcolor": MUTED,
    "xtick.major.size": 3.0,
    "xtick.major.width": 0.7,
    "ytick.color": FAINT,
    "ytick.labelcolor": MUTED,
    "ytick.major.size": 0.0,
}
_FONTS: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
_FACT: Final = "fact:"
_NO_METADATA: Final = {"Date": None, "Creator": None, "Format": None, "Type": None}


@contextmanager
def drawing(name: str, width: float, height: float) -> Iterator[Figure]:
    """Open a figure in the style of the report, and leave the user's own style alone.

    Args:
        name:   keeps the identifiers of several pictures on one page apart.
        width:  in inches.
        height: in inches.

    >>> with drawing("empty", 2, 1) as figure:
    ...     text = svg_text(figure)
    >>> text.startswith("<svg"), text.count("viewBox=\\"0 0 144 72\\"")
    (True, 1)
    """
    with style.context(["default", _STYLE | {"svg.hashsalt": name}]), warnings.catch_warnings():
        # the reader's fonts draw the text, and have glyphs that the measuring font lacks
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        yield Figure(figsize=(width, height), layout="constrained")


def svg_text(figure: Figure) -> str:
    """Return an open `drawing` as a stand-alone SVG document, without date, versions and unused identifiers."""
    out = io.StringIO()
    FigureCanvasSVG(figure)
    figure.savefig(out, format="svg", metadata=_NO_METADATA)
    text = out.getvalue()
    text = text[text.index("<svg") :]
    used = set(re.findall(r"#([\w.-]+)", text))
    text = text.replace(f' id="{_FACT}', ' data-fact="')
    text = re.sub(r' id="([^"]*)"', lambda match: match[0] if match[1] in used else "", text)
    text = re.sub(r"font-family: [^;\"]*", f"font-family: {_FONTS}", text)
    text = re.sub(r' transform="rotate\(-0 [^"]*\)"', "", text)
    # coordinates to a hundredth of a point: finer steps are invisible
    text = re.sub(r' (?:d|x|y|transform)="[^"]*"', lambda match: re.sub(r"(\.\d\d)\d+", r"\1", match[0]), text)
    text = re.sub(r"(<g[^>]*)>\s*((?:<use [^>]*/>\s*)+)</g>", _one_style, text)
    return re.sub(r"\n\s+", "\n", text)


def fact_id(key: str) -> str | None:
    """Return the `gid` that marks a text as the fact of a key; None for an empty key."""
    return f"{_FACT}{key}" if key else None


def _one_style(group: re.Match[str]) -> str:
    """Move the style that all marks of a group share to the group."""
    styles = set(re.findall(r' style="[^"]*"', group[2]))
    if len(styles) != 1:
        return group[0]
    shared = styles.pop()
    return f"{group[1]}{shared}>{group[2].replace(shared, '')}</g>"


def legend(figure: Figure, columns: int = 5) -> None:
    """Draw the legend above the axes, once everything else is drawn."""
    figure.legend(loc="outside upper left", ncols=columns, handlelength=1.4)


def drawable(name: str, most: int = 24) -> str:
    """Return a user's name that is safe in a picture: one line, not too long, without control characters.

    >>> drawable("setosa"), drawable("a\\u202eb\\n c"), drawable("iris " * 9)
    ('setosa', 'a?b c', 'iris iris iris iris iri…')
    """
    line = " ".join(name.split())
    plain = "".join("?" if unicodedata.category(letter)[0] == "C" else letter for letter in line)
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def inline(svg: str, label: str) -> Markup:
    """Return a picture for the inside of a page, with the colours and fonts of the page and the size of its place.

    Args:
        label: description for screen readers.

    >>> print(inline('<svg width="9pt" height="9pt" viewBox="0 0 9 9"><path style="fill: #0072b2"/></svg>', "a square"))
    <svg viewBox="0 0 9 9" role="img" aria-label="a square"><path style="fill: var(--blue)"/></svg>
    """
    head, body = svg.split(">", 1)
    view_box = re.findall(r'viewBox="[^"]*"', head)[0]
    body = re.sub(r"\s*<defs>\s*<style.*?</style>\s*</defs>", "", body, count=1, flags=re.DOTALL)
    body = re.sub(r"\s*font-family: [^;\"]*;", "", body)
    for name, colour in COLOURS.items():
        body = body.replace(colour, f"var(--{name})")
    return Markup(f'<svg {view_box} role="img" aria-label="{escape(label)}">{body.strip()}')  # noqa: S704
