"""A near miss is named, and nothing is named where nothing is near."""

from __future__ import annotations

import pytest

from nnet.near import near


@pytest.mark.parametrize(
    ("typed", "known", "found"),
    [
        ("BATCH SIZE", ["epochs", "batch_size"], ["batch_size"]),
        ("trails", ["trials", "training"], ["trials"]),
        ("x", ["trials", "training"], []),
        ("", ["trials"], []),
        (7, ["70", "trials"], ["70"]),
        ("age", ["page", "AGE", "Age", "city"], ["AGE", "Age", "page"]),
    ],
)
def test_the_nearest_come_first(typed: object, known: list[str], found: list[str]) -> None:
    assert near(typed, known, len(found) or 1) == found


def test_a_long_word_takes_no_time() -> None:
    assert near("a" * 1_000_000, ["a" * 500_000, "b"]) == ["a" * 500_000]
