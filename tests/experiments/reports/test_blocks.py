from __future__ import annotations

import pytest

from experiments.reports.blocks import Code, Fact, Strong, counted, filled, joined, plain, sentence

NAME = Fact("data.name", "iris")


def test_a_sentence_has_as_many_places_as_words():
    assert sentence("no place") == ("no place",)
    assert sentence("{}{}", (), NAME) == (NAME,)
    with pytest.raises(ValueError, match="2 places for 1 words"):
        sentence("{} and {}", NAME)


def test_names_in_braces_are_replaced():
    assert filled("{a} of {b}", lambda name: Fact(name, "1")) == (Fact("a", "1"), " of ", Fact("b", "1"))


def test_empty_words_are_not_joined():
    assert joined([(), NAME, "", ("a", "b")]) == (NAME, ", ", "a", "b")
    assert joined([]) == ()


def test_plain_text_is_what_a_reader_sees():
    assert plain((Strong(NAME), " ", Fact("digest", Code("abcdef", "abc…")), (" and ", NAME))) == "iris abc… and iris"


def test_a_single_thing_has_no_plural():
    said = [plain(counted("a", n, "class", "classes")) for n in (1, 2, 1000)]
    assert said == ["1 class", "2 classes", "1,000 classes"]
