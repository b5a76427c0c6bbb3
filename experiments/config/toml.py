"""A resolved study as the text of a study file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

_SECTIONS: Final = ("study", "data", "cv", "preprocessing", "training", "search", "space", "default")
_FIRST: Final = ("name", "source", "low", "high")
_OPTIONS: Final = ("sampler_options", "pruner_options")  # tables of [search] that get a heading of their own
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
