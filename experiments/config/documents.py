"""JSON documents: their canonical text, its digest, and the differences between two documents."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import zip_longest
from typing import Any, Final, TypeVar, cast

from experiments.config.readable import in_one_line, readable

T = TypeVar("T")


def canonical_json(value: Any) -> str:
    """Write a value as JSON with sorted keys, without spaces, with the shortest floats and without NaN.

    >>> canonical_json({"b": 0.1, "a": [1, None]})
    '{"a":[1,null],"b":0.1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_digest(value: Any) -> str:
    """Compute the SHA-256 of the canonical text.

    >>> canonical_digest({})[:8]
    '44136fa3'
    """
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def without_trials(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a study file without the number of trials, which may grow."""
    search = document.get("search")
    if not isinstance(search, Mapping):
        return dict(document)
    return {**document, "search": {key: value for key, value in search.items() if key != "trials"}}


def rounded(value: T) -> T:
    """Round every float in a record, its records and containers to 9 significant digits.

    Statistics depend in their last bits on the mathematical library of the machine; what is written does not.

    >>> rounded({"p": 0.12345678912, "intervals": ((1 / 3, 2),)})
    {'p': 0.123456789, 'intervals': ((0.333333333, 2),)}
    """
    result: Any = value
    if isinstance(value, float):
        result = float(f"{value:.9g}")
    elif isinstance(value, Mapping):
        result = {key: rounded(item) for key, item in value.items()}
    elif isinstance(value, list | tuple):
        result = type(value)(map(rounded, value))
    elif is_dataclass(value) and not isinstance(value, type):
        result = replace(value, **{field.name: rounded(getattr(value, field.name)) for field in fields(value)})
    return cast("T", result)


SHOWN: Final = 3  # changes in a message
LONGEST: Final = 80  # characters of a value in a message
ABSENT: Final = object()
# the parameters of a trial come before their result
OF_A_TRIAL: Final = ("number", "params", "state", "reason", "epochs", "fold_scores", "value", "last")


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Describe the first differences by full key, in one line.

    >>> changes({"cv": {"n_splits": 5, "metric": "accuracy"}}, {"cv": {"n_splits": 3, "metric": "accuracy"}})
    'cv.n_splits was 5 and is 3'
    """
    every = differences(before, after)
    return in_one_line([f"{one.where} was {one.recorded} and is {one.found}" for one in every], SHOWN)


def flat(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the values of nested tables by full key.

    >>> flat({"cv": {"metric": "accuracy"}, "default": {}})
    {'cv.metric': 'accuracy', 'default': {}}
    """
    values: dict[str, Any] = {}
    for key, value in document.items():
        values |= flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) and value else {prefix + key: value}
    return values


@dataclass(frozen=True)
class Difference:
    """A value that differs between two documents.

    where:    the value's full name, such as `trial 7: params.l2`.
    recorded: the first document's value, as JSON.
    found:    the second document's value, as JSON.
    """

    where: str
    recorded: str
    found: str


def differences(recorded: Mapping[str, Any], found: Mapping[str, Any]) -> list[Difference]:
    """List all differences of two JSON documents, trial by trial; 1 and 1.0 differ.

    >>> differences({"spec": {"seed": 0}, "trials": [{"value": 1.0}]}, {"spec": {"seed": 0}, "trials": [{"value": 1}]})
    [Difference(where='trial 0: value', recorded='1.0', found='1')]
    """
    return list(_differences("", recorded, found))


def _differences(where: str, recorded: Any, found: Any) -> Iterator[Difference]:
    if isinstance(recorded, Mapping) and isinstance(found, Mapping):
        for key in _keys(where, recorded, found):
            yield from _differences(_below(where, key), recorded.get(key, ABSENT), found.get(key, ABSENT))
    elif isinstance(recorded, list | tuple) and isinstance(found, list | tuple):
        for at, (old, new) in enumerate(zip_longest(recorded, found, fillvalue=ABSENT)):
            yield from _differences(f"trial {at}" if where == "trials" else f"{where}[{at}]", old, new)
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


def _json_text(value: Any) -> str:
    return "absent" if value is ABSENT else readable(canonical_json(value), LONGEST)
