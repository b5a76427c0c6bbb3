"""The problems of a study file: from the faults that pydantic finds to one line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from experiments.config.documents import in_one_line, readable
from experiments.config.keys import nearest_keys
from experiments.config.near import did_you_mean, near
from experiments.config.space import CHOICES_RULE, SEARCHABLE, not_searchable

UNION_MEMBER = re.compile(r"(Range|Choices|int|float|str|bool|constrained-\w+|(tuple|function-\w+)\[.*)$")


def one_line(error: ValidationError, space: object = None) -> str:
    """Describe what is wrong: of each key its rule and its value; of [space] also the keys that cannot be searched."""
    problems: dict[str, str] = {}
    for fault in error.errors(include_url=False):
        key, problem = _problem(fault)
        told = any(f"{key}.".startswith(f"{other}.") or other.startswith(f"{key}.") for other in problems)
        if not told:
            problems[key] = problem  # the further ones of a key are of other types that its value might have had
    shown = [f"{key}: {problem}" for key, problem in problems.items()]
    shown += not_searchable(map(str, space)) if isinstance(space, Mapping) else []
    return f"{in_one_line(shown)}."


def _problem(fault: Any) -> tuple[str, str]:
    """Return the key of pydantic's fault, and its rule and value in words."""
    kind, given, rule = fault["type"], fault["input"], fault["msg"]
    given = list(given) if isinstance(given, tuple) else given
    parts = [str(part) for part in fault["loc"]]
    if parts[:2] == ["search", "enqueue"] and len(parts) > 2:
        parts[1:3] = [f"enqueue[{parts[2]}]"]
    depth = {"space": 2, "default": 2, "training": 2, "data": 2, "search": 3}.get(parts[0], len(parts))
    # where a value may be of several types, pydantic names the type that it tried after the key's own names
    parts = [part for at, part in enumerate(parts) if at < depth or not UNION_MEMBER.match(part)]
    key = readable(".".join(parts), 120)
    if kind == "extra_forbidden":
        return key, f"there is no such key{did_you_mean(nearest_keys(parts))}"
    if kind == "missing" and isinstance(fault["loc"][-1], int):  # of a list of so many values
        return readable(".".join(parts[:-1]), 120), f"must have more values, but got {readable(repr(given), 120)}"
    if kind == "missing":
        return key, "this key is required"
    if kind == "value_error":
        return key, readable(rule.removeprefix("Value error, ").rstrip("."), 300)
    if kind in ("int_type", "float_type", "finite_number") and parts[0] == "space":
        rule = CHOICES_RULE if SEARCHABLE.get(parts[1]) in (str, bool) else "must be a number"
    rule = re.sub(r"^Input should be a valid dictionary or instance of \w+", "must be a table", rule)
    if kind in ("too_short", "string_too_short"):
        least = fault["ctx"]["min_length"]
        rule = "must not be empty" if least == 1 else f"must have at least {least} values"
    rule = rule.replace("a valid tuple", "a list").replace("Input should", "must")
    meant = near(given, re.findall(r"'([^']+)'", fault["ctx"]["expected"])) if kind == "literal_error" else []
    return key, f"{rule[:1].lower()}{rule[1:]}, but got {readable(repr(given), 120)}{did_you_mean(meant)}"
