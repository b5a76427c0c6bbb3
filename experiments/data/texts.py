"""The texts of missing values and of numbers."""

from __future__ import annotations

MISSING = ("", "?", "na", "n/a", "#n/a", "nan", "null", "none")  # in any case
# further words, in any case, that are missing values among numbers; in a column of words they may be a category
MISSING_NUMBERS = (
    *("-", "--", "---", ".", "..", "*", "nil", "n.a.", "n.a", "missing", "unknown", "not available", "undefined"),
    *("<na>", "nat", "#div/0!", "#value!", "#ref!", "#num!", "#name?"),
)
NUMBER = r"^[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[iI][nN][fF]([iI][nN][iI][tT][yY])?)$"
