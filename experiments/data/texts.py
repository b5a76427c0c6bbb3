"""The texts of missing values and of numbers."""

from __future__ import annotations

MISSING = ("", "?", "na", "n/a", "#n/a", "nan", "null", "none")  # in any case
NUMBER = r"^[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[iI][nN][fF]([iI][nN][iI][tT][yY])?)$"
