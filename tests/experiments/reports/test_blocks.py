from __future__ import annotations

import pytest

from experiments.reports.blocks import Code, Fact, Names, Strong, counted, joined, plain, sentence

NAME = Fact("data.name", "iris")


def test_a_sentence_has_as_many_places_as_words():
    assert sentence("no place") == ("no place",)
    assert sentence("{}{}", (), NAME) == (NAME,)
    with pytest.raises(ValueError, match="2 places for 1 words"):
        sentence("{} and {}", NAME)


def test_empty_words_are_not_joined():
    assert joined([(), NAME, "", ("a", "b")]) == (NAME, ", ", "a", "b")
    assert joined([]) == ()


def test_what_a_reader_sees():
    words = (Strong(NAME), " ", Fact("digest", Code("abcdef", "abc…")), Names((NAME, NAME), (" and ", "2", " more")))
    assert plain(words) == "iris abc…iris, iris and 2 more"


def test_one_is_no_plural():
    assert [plain(counted("a", n, "class", "classes")) for n in (1, 2, 1000)] == [
        "1 class",
        "2 classes",
        "1,000 classes",
    ]
