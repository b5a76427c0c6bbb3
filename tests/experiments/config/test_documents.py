"""One text for one value."""

from __future__ import annotations

import hashlib
import json
import math

import pytest

from experiments.config.documents import canonical_digest, canonical_json


def test_the_order_of_keys_does_not_matter_and_that_of_items_does() -> None:
    assert canonical_json({"b": {"d": 1, "c": 2}, "a": 3}) == '{"a":3,"b":{"c":2,"d":1}}'
    assert canonical_json([1, 2]) != canonical_json([2, 1])


def test_a_float_keeps_every_bit() -> None:
    neighbours = [0.1, math.nextafter(0.1, 1), 5e-324, 1.7976931348623157e308, -0.0]
    assert [value.hex() for value in json.loads(canonical_json(neighbours))] == [value.hex() for value in neighbours]


def test_text_stays_as_it_is() -> None:
    assert canonical_json({"é😀": 'a"b\n'}) == '{"é😀":"a\\"b\\n"}'


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_json_cannot_say_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"a": [value]})


def test_the_digest_is_of_the_text_in_utf_8() -> None:
    value = {"name": "é", "scores": [0.5, None, True]}
    assert canonical_digest(value) == hashlib.sha256(canonical_json(value).encode("utf-8")).hexdigest()
    assert canonical_digest({**value, "name": "e"}) != canonical_digest(value)
