"""JSON documents: their one canonical text, its digest, and what differs between two of them, in words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final


def canonical_json(value: Any) -> str:
    """Sorted keys, no spaces, shortest floats, no NaN.

    >>> canonical_json({"b": 0.1, "a": [1, None]})
    '{"a":[1,null],"b":0.1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_digest(value: Any) -> str:
    """sha256 of the canonical text.

    >>> canonical_digest({})[:8]
    '44136fa3'
    """
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


SHOWN: Final = 3  # changes named one by one
# of a trial: what was asked for comes before what it came to
OF_A_TRIAL: Final = ("number", "params", "state", "reason", "epochs", "fold_scores", "value", "last")
LONGEST: Final = 80  # characters of a value that is shown
ABSENT: Final = object()


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """The first differences by full key, one line.

    >>> changes({"cv": {"n_splits": 5, "metric": "accuracy"}}, {"cv": {"n_splits": 3, "metric": "accuracy"}})
    'cv.n_splits was 5 and is 3'
    """
    old, new = flat(before), flat(after)
    keys = [key for key in {**old, **new} if old.get(key, ABSENT) != new.get(key, ABSENT)]
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


@dataclass(frozen=True)
class Difference:
    """One value that is not the same.

    where:    its full name, such as `trial 7: params.l2`.
    recorded: the value on record, as JSON.
    found:    the other.
    """

    where: str
    recorded: str
    found: str


def differences(recorded: Mapping[str, Any], found: Mapping[str, Any]) -> list[Difference]:
    """All differences of two JSON documents, trials number by number; 1 and 1.0 are not the same.

    >>> differences({"spec": {"seed": 0}, "trials": [{"value": 1.0}]}, {"spec": {"seed": 0}, "trials": [{"value": 1}]})
    [Difference(where='trial 0: value', recorded='1.0', found='1')]
    """
    return list(_differences("", recorded, found))


def _differences(where: str, recorded: Any, found: Any) -> Iterator[Difference]:
    if isinstance(recorded, Mapping) and isinstance(found, Mapping):
        for key in _keys(where, recorded, found):
            yield from _differences(_below(where, key), recorded.get(key, ABSENT), found.get(key, ABSENT))
    elif _is_list(recorded) and _is_list(found):
        for at in range(max(len(recorded), len(found))):
            name = f"trial {at}" if where == "trials" else f"{where}[{at}]"
            yield from _differences(name, _item(recorded, at), _item(found, at))
    elif ABSENT in (recorded, found) or canonical_json(recorded) != canonical_json(found):
        yield Difference(where, _json_text(recorded), _json_text(found))


def _keys(where: str, recorded: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    keys = [*found, *(key for key in recorded if key not in found)]
    if not where.startswith("trial "):
        return keys
    return sorted(keys, key=lambda key: OF_A_TRIAL.index(key) if key in OF_A_TRIAL else len(OF_A_TRIAL))


def _below(where: str, key: str) -> str:
    if not where:
        return key
    is_trial = where.startswith("trial ") and ":" not in where
    return f"{where}: {key}" if is_trial else f"{where}.{key}"


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _item(values: Sequence[Any], at: int) -> Any:
    return values[at] if at < len(values) else ABSENT


def _json_text(value: Any) -> str:
    if value is ABSENT:
        return "absent"
    text = canonical_json(value)
    text = text if text.isprintable() else text.encode("unicode_escape", "backslashreplace").decode()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
