"""Columns that a user means by a name in another case, with other white space, or cut short."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from nnet.near import folded

APART = "[\\s\u200b\u200c\u200d\u2060\ufeff]+"  # white space, and characters without a width
CUT = re.compile(r"(\.{2,3}|\u2026)$")  # ends a name that a message or a spreadsheet cut short
LONG, SOME = 4, 3  # letters, from which on a beginning may end within a word, and of an end


def same_column(name: object, columns: Iterable[str]) -> list[str]:
    """List the columns whose names differ from a name in case and white space alone.

    >>> same_column("survived", ["Survived", "Sur-vived", "Age"])
    ['Survived']
    """
    return [one for one in columns if isinstance(name, str) and folded(one, APART) == folded(name, APART)]


def columns_called(name: str, columns: Collection[str]) -> list[str]:
    """List the column of a name, or else those whose names differ from it in case and white space alone.

    >>> columns_called("age", ["age", "Age"]), columns_called("AGE", ["age", "Age"])
    (['age'], ['age', 'Age'])
    """
    return [name] if name in columns else same_column(name, columns)


def columns_in_part(name: str, columns: Iterable[str]) -> list[str]:
    """List the columns that begin with a name, which may end in dots where it was cut, and those that end with it.

    Those are preferred of which the beginning is whole words, as `Q5` is of `Q5. Age` but not of `Q50. Sex`. A short
    beginning must be whole words. An end must follow a space, and have some letters.

    >>> columns_in_part("q5", ["Q5. Age", "Q50. Sex"]), columns_in_part("How old are y..", ["How old are you?"])
    (['Q5. Age'], ['How old are you?'])
    >>> columns_in_part("y", ["year", "x y"]), columns_in_part("mean", ["sales mean", "sales_mean"])
    ([], ['sales mean'])
    """
    typed, cut = CUT.subn("", name.strip())
    part = folded(typed, APART)
    if not part:
        return []
    ends = re.compile(rf".*\s{re.escape(' '.join(typed.split()))}\s*", re.IGNORECASE | re.DOTALL)
    begun, ended = [], []
    for one in columns:
        if folded(one, APART).startswith(part):
            begun.append(one)
        elif not cut and len(part) >= SOME and ends.fullmatch(one):
            ended.append(one)
    whole = [] if cut else [one for one in begun if _ends_a_word(part, one)]
    return [*(whole or (begun if cut or len(part) >= LONG else [])), *ended]


def _ends_a_word(beginning: str, column: str) -> bool:
    """Return whether a word of a column ends where a folded beginning of it does."""
    ends = [at for at in range(1, len(column) + 1) if folded(column[:at], APART) == beginning]
    return bool(ends) and not (beginning[-1].isalnum() and column[ends[0] : ends[0] + 1].isalnum())
