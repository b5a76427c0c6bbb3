"""What differs between two JSON documents, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SHOWN = 3
MISSING = object()


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """The first differences by full key, one line.

    >>> changes({"cv": {"n_splits": 5, "metric": "accuracy"}}, {"cv": {"n_splits": 3, "metric": "accuracy"}})
    'cv.n_splits was 5 and is 3'
    """
    old, new = flat(before), flat(after)
    keys = [key for key in {**old, **new} if old.get(key, MISSING) != new.get(key, MISSING)]
    found = [f"{key} was {_shown(old, key)} and is {_shown(new, key)}" for key in keys[:SHOWN]]
    more = len(keys) - len(found)
    return "; ".join(found) + (f"; and {more} more" if more else "")


def flat(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The values of nested tables by full key.

    >>> flat({"cv": {"metric": "accuracy"}, "default": {}})
    {'cv.metric': 'accuracy', 'default': {}}
    """
    found: dict[str, Any] = {}
    for key, value in document.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) and value else {prefix + key: value}
    return found


def _shown(document: Mapping[str, Any], key: str) -> str:
    return repr(document[key]) if key in document else "absent"
