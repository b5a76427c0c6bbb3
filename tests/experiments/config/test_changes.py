"""Differences in words."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.config.documents import changes


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 1}}, ""),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": "1"}}}, "a.b.c was 1 and is '1'"),
        ({"a": 1}, {}, "a was 1 and is absent"),
        ({}, {"a": {"b": [1, 2]}}, "a.b was absent and is [1, 2]"),
        ({"a": {"b": 1}}, {"a": 2}, "a.b was 1 and is absent; a was absent and is 2"),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, ""),
        ({"a": "x\ny"}, {"a": "z"}, r"a was 'x\ny' and is 'z'"),
    ],
)
def test_each_difference_has_its_full_key(before: dict[str, Any], after: dict[str, Any], words: str) -> None:
    assert changes(before, after) == words


def test_three_are_shown_and_the_rest_counted() -> None:
    before, after = dict.fromkeys("abcde", 1), dict.fromkeys("abcde", 2)
    assert changes(before, after) == "a was 1 and is 2; b was 1 and is 2; c was 1 and is 2; and 2 more"
    assert "more" not in changes(dict.fromkeys("abc", 1), dict.fromkeys("abc", 2))
