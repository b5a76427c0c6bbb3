"""The names of the twelve kinds of studies."""

from __future__ import annotations

from typing import Final

NAMES: Final = (
    *("resumed", "extended", "fresh", "default wins", "tied", "no default", "no look"),
    *("groups", "time", "regression", "pictures", "own test"),
)
