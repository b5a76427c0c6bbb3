"""What the text of a cell says: that a value is missing, or a number."""

from __future__ import annotations

MISSING = ("", "?", "na", "n/a", "#n/a", "nan", "null", "none")  # texts of a missing value, in any case
NUMBER = r"^[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[iI][nN][fF]([iI][nN][iI][tT][yY])?)$"
