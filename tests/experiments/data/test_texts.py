"""Texts that are numbers, and texts that say that a value is missing."""

from __future__ import annotations

import re

from experiments.data.texts import MISSING, NUMBER


def test_a_number_is_one() -> None:
    for text in ["1", "+1", "-1.5", "1.", ".5", "1e5", "-2.5E-10", "inf", "-Infinity"]:
        assert re.match(NUMBER, text)
        float(text)


def test_another_text_is_none() -> None:
    for text in [*MISSING, "1e", "1,5", "0x10", "1_000", "infinit", "1 000", "--1", "1.5.2"]:
        assert not re.match(NUMBER, text)
