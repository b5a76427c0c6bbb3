"""Texts that are numbers, and texts that say that a value is missing."""

from __future__ import annotations

import re

import pytest

from experiments.data.texts import MISSING, NUMBER


@pytest.mark.parametrize("text", ["1", "+1", "-1.5", "1.", ".5", "1e5", "-2.5E-10", "inf", "-Infinity"])
def test_a_number_is_one(text: str) -> None:
    assert re.match(NUMBER, text)
    float(text)


@pytest.mark.parametrize("text", ["", "1e", "1,5", "0x10", "1_000", "nan", "infinit", "1 000", "--1", "1.5.2"])
def test_another_text_is_none(text: str) -> None:
    assert not re.match(NUMBER, text)


def test_missing_texts_are_in_lower_case_and_no_numbers() -> None:
    for text in MISSING:
        assert text == text.lower().strip()
        assert not re.match(NUMBER, text)
