"""The errors of the network, in one tree.

NNetError          a ValueError
├── SettingError   an option outside its range, or an unknown name
├── ShapeError     arrays whose shapes disagree
└── SavingError    files without a network, or an object that cannot be saved
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

T = TypeVar("T")


class NNetError(ValueError):
    """An error of the network, from which the others derive."""


class SettingError(NNetError):
    """An option outside its range, or an unknown name."""


class ShapeError(NNetError):
    """Arrays whose shapes disagree."""


class SavingError(NNetError):
    """A folder without a network as `save` writes it, or an object that cannot be saved."""


def lookup(table: Mapping[str, T], name: str, what: str) -> T:
    """Return the table's entry of that name.

    Raises:
        SettingError: there is no such entry; the message lists the names there are, and asks for the nearest.
    """
    if name not in table:
        near = "".join(f" (did you mean {one}?)" for one in get_close_matches(str(name).lower(), table, 1))
        raise SettingError(f"{what} must be one of {', '.join(sorted(table))}, but got {name!r}{near}.")
    return table[name]
