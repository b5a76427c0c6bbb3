"""The one script of the report, and its hash, by which the page's policy allows it and no other."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from markupsafe import Markup


@dataclass(frozen=True)
class Script:
    """A script as it stands in the page, and the source that a Content-Security-Policy names for it."""

    text: Markup
    source: str


@cache
def page_script() -> Script:
    """Read the script; the page needs it for nothing but sorting tables and hovering over marks."""
    text = files("experiments.reports").joinpath("templates", "page.js.jinja").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Script(Markup(text), f"sha256-{digest}")  # noqa: S704
