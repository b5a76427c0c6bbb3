"""The document of a TOML text that may be a stranger's."""

from __future__ import annotations

import re
import tomllib
from typing import Any

DEEPEST = 32  # dots of a key; the parser takes the square of their number in memory
_KEY = r"(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')"
_TOO_DEEP = re.compile(
    rf"(?:^|[{{,\[])[ \t]*+{_KEY}(?:[ \t]*+\.[ \t]*+{_KEY}){{{DEEPEST + 1},}}+[ \t]*+[=\]]", re.MULTILINE
)


def parse_toml(text: str) -> dict[str, Any]:
    """Return the document of a TOML text.

    >>> parse_toml("[search]\\ntrials = 3")
    {'search': {'trials': 3}}

    Raises:
        ValueError: it is no TOML (TOMLDecodeError), or one of its keys has too many dots.
        RecursionError: its lists are nested too deeply.
    """
    if (found := _TOO_DEEP.search(text)) is not None:
        line = 1 + text.count("\n", 0, found.start())
        raise ValueError(f"line {line} has a key with more than {DEEPEST} dots")
    return tomllib.loads(text)
