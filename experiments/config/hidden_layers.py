"""The parameters of hidden layers: those that act on them alone, and the size of each."""

from __future__ import annotations

from typing import Final

# without an effect in a network without hidden layers
OF_HIDDEN_LAYERS: Final = frozenset({"activation", "batch_norm", "dropout", "noise"})
UNITS: Final = "hidden_units_"  # the name of a layer's size, before its number


def layer_of(name: str) -> int:
    """Return the number, from 1, of the layer whose units a parameter sets; 0 for any other parameter.

    >>> layer_of("hidden_units_2"), layer_of("dropout")
    (2, 0)
    """
    number = name.removeprefix(UNITS)
    return int(number) if number != name and number.isascii() and number.isdigit() else 0
