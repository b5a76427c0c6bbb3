"""The known words that are nearest to one that a user typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

LONGEST = 100  # characters that are compared


def composed(text: str) -> str:
    """Return a text whose letters and accents are one character each, as keyboards type them.

    >>> composed("e\u0301") == "\u00e9"
    True
    """
    return unicodedata.normalize("NFC", text)


def folded(word: str, apart: str = r"[\s_-]+") -> str:
    """Return a word without its case and without the characters between its parts.

    >>> folded("Leaky-ReLU"), folded(" leaky relu") == folded("leaky_relu")
    ('leakyrelu', True)
    """
    return re.sub(apart, "", composed(word)).casefold()


def near(word: object, known: Iterable[str], most: int = 1) -> list[str]:
    """List the known words that are nearest to a word, the nearest first; none where none is near.

    >>> near("batchsize", ["epochs", "batch_size"]), near("bogus", ["epochs", "batch_size"])
    (['batch_size'], [])
    """
    words: dict[str, list[str]] = {}
    for one in known:
        words.setdefault(folded(one)[:LONGEST], []).append(one)
    return [one for match in get_close_matches(folded(str(word))[:LONGEST], words, most) for one in words[match]][:most]


def did_you_mean(words: Sequence[str]) -> str:
    """Ask for the words that were found, as the end of a clause; nothing where there is none.

    >>> did_you_mean(["a", "b", "c"]), did_you_mean([])
    (' (did you mean a, b or c?)', '')
    """
    return f" (did you mean {enumerated(words, 'or')}?)" if words else ""


def enumerated(words: Sequence[str], last: str = "and") -> str:
    """Join words as a sentence does.

    >>> enumerated(["a", "b", "c"]), enumerated(["a", "b"], "or"), enumerated(["a"])
    ('a, b and c', 'a or b', 'a')
    """
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1])))
