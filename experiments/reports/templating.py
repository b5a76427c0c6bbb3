"""The templates of all pages, with the filters that they use, and the one script of the report."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from experiments.reports import markdown
from experiments.reports.blocks import plain
from experiments.reports.plots.svg import inline


@dataclass(frozen=True)
class Script:
    """A script as it stands in the page, and the source that a Content-Security-Policy names for it."""

    text: Markup
    source: str


@cache
def page_script() -> Script:
    """Read the script; the page needs it for nothing but sorting tables, hovering over marks, and copying numbers."""
    text = files("experiments.reports").joinpath("templates", "page.js.jinja").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Script(Markup(text), f"sha256-{digest}")  # noqa: S704


@lru_cache(maxsize=8)  # compiling them takes as long as all the rest of a page
def open_templates(
    fact: Callable[[Markup, str], Markup], escape: Callable[[object], Markup] | None = None
) -> Environment:
    """Open the templates, which escape every value they print and refuse unknown names.

    Args:
        escape: replaces the escaping for HTML.
    """
    templates = Environment(
        autoescape=True,
        finalize=escape,
        loader=PackageLoader("experiments.reports"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters |= {
        "inline": inline,
        "code": markdown.code,
        "code_block": markdown.code_block,
        "escaped": markdown.escape,
        "fact": fact,
        "kind": lambda part: type(part).__name__,
        "plain": plain,
        "link": markdown.link,
    }
    return templates
