"""The refusal of columns that are named for two roles."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from experiments.config.data_options import LISTS, TWO_ROLES
from experiments.config.readable import in_one_line
from experiments.data.raw_table import SHOWN, shown
from experiments.errors import DataError


def refuse_two_roles(roles: Mapping[str, Sequence[str]]) -> None:
    """Refuse columns that two keys name which exclude each other, all of them in one line.

    Args:
        roles: key of [data] -> the names of its columns.

    Raises:
        DataError: the message says what to set.
    """
    names = dict.fromkeys(name for of_key in roles.values() for name in of_key)
    keys_of = {name: [key for key, of_key in roles.items() if name in of_key] for name in names}
    twice = [
        f"data: column {shown(name)} is named in {' and in '.join(keys)}; {_one_role(roles, name, keys)}"
        for name, keys in keys_of.items()
        if len(keys) > 1 and set(keys) not in TWO_ROLES
    ]
    if twice:
        raise DataError(f"{in_one_line(twice)}.")


def _one_role(roles: Mapping[str, Sequence[str]], name: str, keys: Sequence[str]) -> str:
    """Say how a column keeps one role: out of a list that says no more than its kind, or else out of another one."""
    lists = sorted((key for key in keys if key in LISTS), key=lambda key: key == "drop")
    if not lists:
        return "leave only one of them"
    left = [other for other in roles[lists[0]] if other != name]
    if not left:
        out = f"remove data.{lists[0]}"
    elif len(left) <= SHOWN:
        out = f"set data.{lists[0]} = {json.dumps(left, ensure_ascii=False)}"
    else:
        out = f"take it out of data.{lists[0]}"
    others = " and ".join(f"data.{key}" for key in keys if key != lists[0])
    return f"{out} for {others} to hold"
