"""The errors of the network, in one tree.

NNetError          a ValueError
├── SettingError   an option outside its range, or an unknown name
├── ShapeError     arrays whose shapes disagree
└── SavingError    files without a network, or an object that cannot be saved
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from nnet.common_names import meant
from nnet.near import did_you_mean

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
        SettingError: there is no such entry; the message lists the names there are, and asks for the one that is meant.
    """
    if not isinstance(name, str) or name not in table:
        asked = did_you_mean(meant(name, sorted(table)))
        raise SettingError(f"{what} must be one of {', '.join(sorted(table))}, but got {name!r}{asked}.")
    return table[name]
