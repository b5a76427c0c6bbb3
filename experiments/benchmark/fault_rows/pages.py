"""Pages as a browser reads them: their elements, attributes and text."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

from experiments.benchmark.fault_rows.outcome import demand

MARK = "data-canary"  # an attribute that no page of ours has


class Page(HTMLParser):
    """The parts of a page.

    Attributes:
        text:    all that is shown or spoken: text, and the values of attributes.
        scripts: the content of each script.
        odd:     elements and attributes that would run or fetch something.
    """

    def __init__(self, path: Path):
        super().__init__(convert_charrefs=True)
        self.text, self.scripts, self.odd = "", list[str](), list[str]()
        self._inside = ""
        self.feed(path.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Take an element."""
        self._inside = tag
        if tag == "script":
            self.scripts.append("")
        for name, value in attrs:
            self.text += f"\n{value or ''}"
            runs = name.startswith("on") or name == MARK
            fetches = name in ("src", "href", "action", "data") and not (value or "").startswith(("#", "data:image/"))
            if runs or (fetches and not _is_ours(value or "")):
                self.odd.append(f"<{tag} {name}={value!r}>")
        if tag in ("iframe", "object", "embed", "form", "base", "marquee"):
            self.odd.append(f"<{tag}>")

    def handle_data(self, data: str) -> None:
        """Take text."""
        if self._inside == "script":
            self.scripts[-1] += data
        else:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        """Take the end of an element."""
        self._inside = ""


def check_page(path: Path, ours: Path, names: Sequence[str]) -> None:
    """Check that a page runs and fetches nothing but what another one does, and shows these names as text.

    Args:
        ours: the same kind of page without hostile names.

    Raises:
        Broken: it does not.
    """
    page = Page(path)
    demand(page.scripts == Page(ours).scripts, f"{path.name} has other scripts than a page with plain names")
    demand(not page.odd, f"{path.name} has {page.odd[:2]}")
    text = " ".join(page.text.split())
    missing = [name for name in names if " ".join(name.split()) not in text]
    demand(not missing, f"{path.name} does not show {missing[:2]} as text")


def _is_ours(address: str) -> bool:
    """Tell whether an address is one that pages of ours name: a file beside them, or a documentation."""
    return "javascript:" not in address.lower() and "<" not in address and not address.startswith("//")
