"""The TOML of study files: a resolved study as text, and the document of a text that may be a stranger's."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final

_SECTIONS: Final = ("study", "data", "cv", "preprocessing", "training", "search", "space", "default")
_FIRST: Final = ("name", "source", "low", "high")
_OPTIONS: Final = ("sampler_options", "pruner_options")  # tables of [search] that get a heading of their own
DEEPEST = 32  # dots of a key; the parser takes the square of their number in memory
_KEY = r"(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')"
_TOO_DEEP = re.compile(
    rf"(?:^|[{{,\[])[ \t]*+{_KEY}(?:[ \t]*+\.[ \t]*+{_KEY}){{{DEEPEST + 1},}}+[ \t]*+[=\]]", re.MULTILINE
)
# what TOML forbids, controls that a terminal obeys, and marks that turn the rest of a line around
_STEERING: Final = re.compile(r"[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def study_file(spec: Mapping[str, Any]) -> str:
    """Write a study file that resolves to this study again, with every setting.

    The order of the lines depends on the names alone.

    >>> print(study_file({"study": {"seed": 0, "name": "a"}, "training": {"epochs": 9},
    ...                   "space": {"l2": {"low": 1e-06, "high": 0.1, "log": True}}}), end="")
    [study]
    name = "a"
    seed = 0
    <BLANKLINE>
    [training]
    epochs = 9
    <BLANKLINE>
    [space]
    l2 = { low = 1e-06, high = 0.1, log = true }
    """
    lines: list[str] = []
    for section in [*_SECTIONS, *sorted(set(spec) - set(_SECTIONS))]:
        if settings := dict(spec.get(section) or {}):
            options = {name: settings.pop(name) for name in _OPTIONS if name in settings}
            lines += ["", f"[{_key(section)}]", *_lines(settings)]
            for name, table in options.items():
                lines += ["", f"[{_key(section)}.{name}]", *_lines(table)] if table else []
    return "\n".join(lines[1:]) + "\n"


def _lines(settings: Mapping[str, Any]) -> list[str]:
    first = [key for key in _FIRST if key in settings]
    keys = [*first, *sorted(set(settings) - set(first))]
    return [f"{_key(key)} = {toml_value(settings[key])}" for key in keys if settings[key] is not None]


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "a").replace("-", "a").isalnum()
    return name if bare else _text(name)


def _text(text: str | bool) -> str:
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def toml_value(value: Any) -> str:
    """Write a TOML value in one line."""
    if isinstance(value, bool | str):
        return _text(value)
    if isinstance(value, Mapping):
        return f"{{ {', '.join(_lines(value))} }}" if value else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(toml_value, value))}]"
    return repr(value)


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
