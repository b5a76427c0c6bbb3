"""One text for one value."""

from __future__ import annotations

import copy
import hashlib
import json
import math
from typing import Any

import pytest

from experiments.config.documents import LONGEST, Difference, canonical_digest, canonical_json, changes, differences
from support.results import made_up


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


def test_each_difference_has_its_full_key() -> None:
    for before, after, words in [
        ({"a": {"b": 1}}, {"a": {"b": 1}}, ""),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": "1"}}}, 'a.b.c was 1 and is "1"'),
        ({"a": 1}, {}, "a was 1 and is absent"),
        ({"a": {}}, {"a": {"b": [1, 2]}}, "a.b was absent and is [1,2]"),
        ({"a": [1, 2]}, {"a": [1, 3]}, "a[1] was 2 and is 3"),
        ({"a": {"b": 1}}, {"a": 2}, 'a was {"b":1} and is 2'),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, ""),
        ({"a": "x\ny"}, {"a": "z"}, r'a was "x\ny" and is "z"'),
    ]:
        assert changes(before, after) == words


def test_three_are_shown_and_the_rest_counted() -> None:
    before, after = dict.fromkeys("abcde", 1), dict.fromkeys("abcde", 2)
    assert changes(before, after) == "a was 1 and is 2; b was 1 and is 2; c was 1 and is 2; and 2 more"
    assert "more" not in changes(dict.fromkeys("abc", 1), dict.fromkeys("abc", 2))


def document() -> dict[str, Any]:
    return copy.deepcopy(made_up().document())


def test_equal_documents_have_none() -> None:
    assert differences(document(), document()) == []


def test_the_cause_comes_before_what_it_leads_to() -> None:
    found = document()
    found["best"]["cv_mean"] = 0.9
    found["trials"][1].update(value=0.9, fold_scores=[0.8, 1.0], params={"learning_rate": 0.03})
    found["trials"][0]["last"] = 0.25
    found["spec"]["study"]["seed"] = 1
    assert [one.where for one in differences(document(), found)] == [
        "spec.study.seed",
        "trial 0: last",
        "trial 1: params.learning_rate",
        "trial 1: fold_scores[0]",
        "trial 1: value",
        "best.cv_mean",
    ]
    first = differences(document(), found)[0]
    assert first == Difference("spec.study.seed", "0", "1")


def test_what_only_one_of_them_has_is_absent_in_the_other() -> None:
    found = document()
    del found["trials"][1]
    del found["split"]
    found["more"] = "x" * 200
    more, split, trial = sorted(differences(document(), found), key=lambda one: one.where)
    assert (split.where, split.found, trial.where, trial.found) == ("split", "absent", "trial 1", "absent")
    assert (more.where, more.recorded, len(more.found)) == ("more", "absent", LONGEST + 3)


def test_types_and_last_bits_count() -> None:
    pairs = [(1, 1.0), (1, True), (0.0, False), (None, 0), (0.1, 0.1 + 2**-56), ("a", "a "), ([], {})]
    assert all(differences({"x": a}, {"x": b}) for a, b in pairs)
    assert differences({"x": "\n\x1b"}, {"x": 0})[0].recorded.isprintable()
