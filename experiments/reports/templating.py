"""The templates of all pages, with the filters that they use."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from experiments.reports import markdown
from experiments.reports.blocks import plain
from experiments.reports.plots.svg import inline


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
