"""The problems of a study file: from the faults that pydantic finds to lines that say what to type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from pydantic import ValidationError

from experiments.config.common_names import meant_words
from experiments.config.keys import nearest_keys
from experiments.config.readable import in_one_line, readable
from experiments.config.searchable import CHOICES_RULE, SEARCHABLE
from experiments.config.toml import toml_value
from nnet.near import did_you_mean

UNION_MEMBER = re.compile(r"(Range|Choices|int|float|str|bool|constrained-\w+|(tuple|function-\w+)\[.*)$")
SIZES = (["hidden_layers", "choices"], ["hidden_units", "choices"])
MOST = 20  # problems in a line
RANGE = "{ low = 0.001, high = 0.1, log = true }"
REQUIRED = {  # required section or key -> an example of it
    "study": '[study] with name = "mine"',
    "study.name": 'name = "mine"',
    "data": '[data] with source = "mine.csv" and target = "price"',
    "data.source": 'source = "mine.csv"',
    "space": f"[space] with learning_rate = {RANGE}",
}


def one_line(error: ValidationError) -> str:
    """Describe what is wrong in one line: of each key its rule and its value."""
    return f"{in_one_line(list(problems_of(error).values()), MOST)}."


def problems_of(error: ValidationError) -> dict[tuple[str, ...], str]:
    """Return the place of each wrong key, and what is wrong with it."""
    faults = error.errors(include_url=False)
    problems: dict[str, str] = {}
    places: dict[tuple[str, ...], str] = {}
    # a list in the place of an integer or a list: what is wrong within it says more than that it is no integer
    of_a_list = [fault["type"] == "int_type" and isinstance(fault["input"], tuple) for fault in faults]
    for _, fault in sorted(zip(of_a_list, faults, strict=True), key=itemgetter(0)):
        key, problem = _problem(fault)
        told = any(f"{key}.".startswith(f"{other}.") or other.startswith(f"{key}.") for other in problems)
        if not told:
            problems[key] = problem  # the further ones of a key are of other types that its value might have had
            places[tuple(map(str, fault["loc"]))] = f"{key}: {problem}"
    return places


def _problem(fault: Any) -> tuple[str, str]:
    """Return the key of pydantic's fault, and its rule and value in words."""
    kind, given, rule = fault["type"], fault["input"], fault["msg"]
    given = list(given) if isinstance(given, tuple) else given
    parts = [str(part) for part in fault["loc"]]
    if parts[:2] == ["search", "enqueue"] and len(parts) > 2:
        parts[1:3] = [f"enqueue[{parts[2]}]"]
    depth = 3 if parts[0] == "search" and parts[1:2] != ["budget_minutes"] else 2
    # where a value may be of several types, pydantic names the type that it tried after the key's own names
    parts = [part for at, part in enumerate(parts) if at < depth or not UNION_MEMBER.match(part)]
    key = readable(".".join(parts), 120)
    if kind == "extra_forbidden":
        return key, f"there is no such key{did_you_mean(nearest_keys(parts))}"
    if kind == "missing" and isinstance(fault["loc"][-1], int):  # of a list of so many values
        return readable(".".join(parts[:-1]), 120), f"must have more values, but got {readable(repr(given), 120)}"
    if kind == "missing":
        return key, _required(parts, given)
    if kind == "value_error":
        return key, readable(rule.removeprefix("Value error, ").rstrip("."), 600)
    if parts[0] == "space" and parts[1:3] in SIZES and isinstance(given, list):
        key = ".".join(parts[:3])  # of all lists of sizes together
    if (instead := _of_the_space(parts, given) or _fixed_range(parts, given)) is not None:
        return key, instead
    if kind == "int_type" and fault["loc"][-1] == "int":  # or a float
        rule = "must be a number"
    if kind in ("int_type", "float_type", "finite_number") and parts[0] == "space":
        rule = CHOICES_RULE if SEARCHABLE.get(parts[1]) in (str, bool) else "must be a number"
    rule = re.sub(r"^Input should be a valid dictionary( or instance of \w+)?", "must be a table", rule)
    if kind in ("too_short", "string_too_short"):
        least = fault["ctx"]["min_length"]
        rule = "must not be empty" if least == 1 else f"must have at least {least} values"
    if kind == "too_long":
        rule = f"must have at most {fault['ctx']['max_length']} values"
    if kind == "bool_type" or (kind == "literal_error" and fault["ctx"]["expected"] == "True"):
        rule = "must be true or false"
    rule = rule.replace("a valid tuple", "a list").replace("Input should", "must")
    expected = re.findall(r"'([^']+)'", fault["ctx"]["expected"]) if kind == "literal_error" else []
    meant = ["cv.n_splits"] if key == "cv" else meant_words(given, expected)
    return key, f"{rule[:1].lower()}{rule[1:]}, but got {readable(repr(given), 120)}{did_you_mean(meant)}"


def _required(parts: list[str], given: object) -> str:
    """Say that a key is required, with an example; of a range what else it may be."""
    if parts[0] == "space" and len(parts) > 2 and isinstance(given, Mapping) and "step" not in given:
        return f"this key is required, as in {RANGE}; or choices = [...] lists the values"
    example = REQUIRED.get(".".join(parts))
    what = "section" if len(parts) == 1 else "key"
    return "this key is required" if example is None else f"this {what} is required, as in {example}"


def _of_the_space(parts: list[str], given: object) -> str | None:
    """Say how a key is searched whose value is no table, or whose choices are no values; None for another fault."""
    if parts[0] != "space" or len(parts) < 2 or parts[1] not in SEARCHABLE:
        return None
    key, got = parts[1], readable(repr(given), 120)
    if len(parts) == 2 and not isinstance(given, Mapping):
        values = given if isinstance(given, list) and given else [given] if given not in ([], None) else ["..."]
        choices = f"{{ choices = {readable(toml_value(values), 80)} }}"
        searched = choices if SEARCHABLE[key] in (str, bool) else f"{RANGE} or {choices}"
        return f"is searched as a table, as in {key} = {searched}, but got {got}"
    if parts[2:3] == ["choices"] and isinstance(given, list) and len(parts) > 3:
        if parts[1:3] not in SIZES:
            return f"each choice must be a single value, but got {got}"
        return (
            "lists of sizes cannot be searched, but numbers of layers and their sizes can, as in hidden_layers = "
            f"{{ choices = [1, 2] }} and hidden_units = {{ choices = [32, 64] }}; but {got} is a list"
        )
    return None


def _fixed_range(parts: list[str], given: object) -> str | None:
    """Say where a range or choices belong that stand in a section of fixed values; None for another fault."""
    if parts[0] not in ("training", "preprocessing") or len(parts) != 2 or not isinstance(given, Mapping):
        return None
    table, key = readable(toml_value(given), 120), parts[1]
    if not {"low", "high", "choices"} & set(given):
        return None
    if key not in SEARCHABLE:
        return f"cannot be searched and must be a single value, but got {table}"
    return f"must be a single value here; write {key} = {table} in [space] to search it"
