"""Readable lines: texts without control characters, lists that are cut short, and numbers with their noun."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from string import ascii_lowercase

PLAIN = {  # characters that nobody sees or types -> what is shown of them
    **dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " "),
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff")),
}


def typeable(text: str) -> str:
    """Return a text with plain spaces, and without characters that nobody sees; a column is found by either.

    >>> typeable("Blood\u00a0pressure\u200b")
    'Blood pressure'
    """
    return text.translate(PLAIN)


def readable(text: str, longest: int) -> str:
    """Return a user's or a library's text as a readable line of at most that many characters, or cut there.

    >>> readable("a\\nb", 80), readable("abc", 2)
    ('a\\\\nb', 'ab...')
    """
    text = printable(text)
    return text if len(text) <= longest else f"{text[:longest]}..."


def printable(text: str) -> str:
    """Return a text with what steers a terminal, or ends a line, written as an escape.

    >>> print(printable("größe" + chr(27) + "[2J" + chr(10)))
    größe\\x1b[2J\\n
    """
    if text.isprintable():
        return text
    text = typeable(text)
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def first_few(words: Sequence[str], most: int) -> str:
    """Join the first words, and count the others.

    >>> first_few(["a", "b", "c", "d"], 2), first_few(["a", "b"], 2)
    ('a, b and 2 more', 'a, b')
    """
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def in_one_line(problems: Sequence[str], most: int = 5) -> str:
    """Join the first problems, and count the others.

    >>> in_one_line(["a", "b", "c"], 2)
    'a; b; and 1 more'
    """
    more = [f"and {len(problems) - most} more"] if len(problems) > most else []
    return "; ".join([*problems[:most], *more])


def count(number: int, one: str, many: str = "") -> str:
    """Write a whole number with the name of what it counts.

    >>> count(1, "trial"), count(40, "trial"), count(2, "class", "classes"), count(1797, "row")
    ('1 trial', '40 trials', '2 classes', '1,797 rows')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def times(number: int) -> str:
    """Write how often.

    >>> times(0), times(1), times(2), times(3)
    ('0 times', 'once', 'twice', '3 times')
    """
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


def letters(groups: Sequence[object]) -> list[str]:
    """Name each group that several have by a letter, or by two beyond the twenty-sixth; None is no group.

    >>> letters(["x", "y", None, "x", None]), letters([*range(28), *range(28)])[-3:]
    (['a', '', '', 'a', ''], ['z', 'aa', 'ab'])
    """
    shared = [one for one, members in Counter(groups).items() if one is not None and members > 1]
    names = [*ascii_lowercase, *(first + second for first in ascii_lowercase for second in ascii_lowercase)]
    named = dict(zip(shared, names, strict=False))
    return [named.get(one, "") for one in groups]
