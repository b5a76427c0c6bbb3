"""The override of a key of a study file, `--set KEY=VALUE`: it has the last word."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from experiments.config.conflicts import LAYERS
from experiments.config.data_options import LISTS, NAMING, TWO_ROLES
from experiments.config.keys import whole_key
from experiments.config.marked_rows import column_and_values
from experiments.config.same_column import same_column
from experiments.config.toml import parse_toml
from experiments.config.words import sizes_of
from experiments.errors import SpecError

FIXED = ("training", "preprocessing")  # sections of what is the same in every trial


def with_override(document: Mapping[str, Any], override: str) -> dict[str, Any]:
    """Return a document with a key set; the value is TOML, or else a string.

    The section of a key may be left out where no other section has such a key. The sizes of layers replace those that
    the document gives. A setting that is set is no longer searched, and one that is searched no longer set. A column
    that gets a role leaves the other lists of [data], which the program may have written.

    >>> with_override({"search": {"trials": 40}}, "search.trials=20")
    {'search': {'trials': 20}}
    >>> with_override({}, "cv.metric=accuracy")
    {'cv': {'metric': 'accuracy'}}
    >>> with_override({"space": {"l2": {"low": 0, "high": 1}, "dropout": {"low": 0, "high": 0.5}}}, "dropout=0")
    {'space': {'l2': {'low': 0, 'high': 1}}, 'training': {'dropout': 0}}
    """
    key, separator, text = override.partition("=")
    key = key.strip()
    if not separator or not all(key.split(".")) or key.count(".") > 9 or not override.isprintable():
        raise SpecError(f"--set needs key=value, as in search.trials=20, but got {override!r}.")
    try:
        value = parse_toml(f"value = {text}")["value"]
    except (RecursionError, ValueError):
        value = text.strip()
    parts = whole_key(key)
    changed = copy.deepcopy(dict(document))
    table: Any = changed
    for part in parts[:-1]:
        table = table.setdefault(part, {})
        if not isinstance(table, dict):
            raise SpecError(f"--set {override}: {part} is not a table.")
    if parts[-1] == "hidden_layers" and (sizes := sizes_of(value)):
        table.pop("hidden_units", None)
        value = list(sizes)
    table[parts[-1]] = value
    _leave_out_overridden(changed, parts, value)
    _leave_out_of_lists(changed, parts, value)
    return changed


def _leave_out_overridden(document: dict[str, Any], parts: Sequence[str], value: Any) -> None:
    """Take what a new value contradicts out of the space and the default, or out of what is fixed."""
    section, *key = parts
    given = {key[0]: value} if key else value
    if section not in (*FIXED, "space") or not isinstance(given, Mapping):
        return
    keys = set(given)
    if section != "space" and (
        given.get("hidden_layers") == 0 or any(isinstance(given.get(name), list) for name in LAYERS)
    ):
        keys |= set(LAYERS)
    for place in FIXED if section == "space" else ("space", "default"):
        if isinstance(held := document.get(place), dict):
            document[place] = {name: one for name, one in held.items() if name not in keys}


def _leave_out_of_lists(document: dict[str, Any], parts: Sequence[str], value: Any) -> None:
    """Take columns that get a role out of the lists of [data] that would give them another one."""
    section, key, *below = parts if len(parts) > 1 else (*parts, "")
    if section != "data" or key not in (*NAMING, *LISTS) or below:
        return
    named = value if isinstance(value, list) else [value]
    if key == "test_rows":
        with suppress(ValueError):  # which is refused where the document is read
            named = [*column_and_values(str(value))[:1]]
    table = document["data"]
    for other in LISTS:
        held = table.get(other)
        if other == key or not held or {key, other} in TWO_ROLES:
            continue
        columns = held if isinstance(held, list | tuple) else [held]
        texts = [name for name in named if isinstance(name, str)]
        kept = [name for name in columns if name not in named and not same_column(name, texts)]
        if not kept:
            del table[other]
        elif len(kept) < len(columns):
            table[other] = kept
