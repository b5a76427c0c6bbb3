"""Keys that joined the study file after studies had been recorded without them.

A recorded study goes on under every later version. So a key that is absent means what it meant before the key existed,
and a key at that value is left out of the study's document, of which identity and digest are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

# full key -> its default, which is what a study file without the key means. A key whose default is None needs no entry:
# None is never written. Entries stay for good.
LATER_KEYS: Final[Mapping[str, Any]] = {"final.choice": "best"}


def without_later_keys(document: Mapping[str, Any], later: Mapping[str, Any] = LATER_KEYS) -> dict[str, Any]:
    """Return a study's document without the later keys that have the value of a study file without them.

    >>> without_later_keys({"final": {"members": 5, "choice": "best"}})
    {'final': {'members': 5}}
    >>> without_later_keys({"final": {"members": 5, "choice": "smallest"}})
    {'final': {'members': 5, 'choice': 'smallest'}}
    """
    return _without(document, "", later)


def _without(table: Mapping[str, Any], prefix: str, later: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _without(value, f"{prefix}{key}.", later) if isinstance(value, Mapping) else value
        for key, value in table.items()
        if prefix + key not in later or type(value) is not type(later[prefix + key]) or value != later[prefix + key]
    }
