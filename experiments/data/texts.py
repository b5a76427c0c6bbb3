"""The texts of missing values and of numbers, and the names of columns that number the rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from experiments.errors import DataError

MISSING = ("", "?", "na", "n/a", "#n/a", "nan", "null", "none")  # in any case
# further words, in any case, that are missing values among numbers; in a column of words they may be a category;
# MySQL and PostgreSQL write \N
MISSING_NUMBERS = (
    *("-", "--", "---", ".", "..", "*", "nil", "n.a.", "n.a", "missing", "unknown", "not available", "undefined"),
    *("<na>", "nat", r"\n", "#div/0!", "#value!", "#ref!", "#num!", "#name?"),
)
# names of row numbers and identifiers; a column of that name whose whole numbers all differ is one
INDEX_NAME = (
    r"(?i:index|row_?names?|row_?n(r|um|umber)|unnamed: 0|__index_level_0__|id|.*[_ .-](id|key)|id_.+|.*[a-z]nummer)"
    r"|.*[a-z](I[dD]|Nr\.?)|id[A-Z].*"
)
NUMBER = r"^[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[iI][nN][fF]([iI][nN][iI][tT][yY])?)$"


def words_among_numbers(texts: Iterable[str]) -> str:
    """Return the setting that leaves out the rows of the words among some texts, if most of these are numbers.

    >>> words_among_numbers(["1", "2", "6", "Indef."]), words_among_numbers(["a", "1"]), words_among_numbers(["1", "2"])
    ('data.missing = ["Indef."]', '', '')
    """
    different = set(texts)
    words = sorted(text for text in different if not re.match(NUMBER, text))
    return f"data.missing = {json.dumps(words, ensure_ascii=False)}" if 0 < 2 * len(words) < len(different) else ""


def words_present(words: Iterable[str]) -> frozenset[str]:
    """Return in lower case the words that are values although they look like missing ones.

    Raises:
        DataError: a word does not look like a missing value.

    >>> sorted(words_present(["None", "NA"]))
    ['na', 'none']
    """
    for word in words:
        if word.lower() not in MISSING:
            known = ", ".join(filter(None, MISSING))
            raise DataError(f"data.present: {word!r} is never taken for missing, as {known} are; remove it here.")
    return frozenset(word.lower() for word in words)
