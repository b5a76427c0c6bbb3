"""The width of a text without its font: an upper bound, so that the pictures need no font to be laid out."""

from __future__ import annotations

import unicodedata
from typing import Final

# advance widths of DejaVu Sans, which is wider than the other fonts of the pictures, in em
_WIDTHS: Final = {
    letter: width
    for width, letters in {
        0.30: "'ijlIJ",
        0.35: " ,./:;\\|f",
        0.41: "()[]t-!²r",
        0.53: "\"*_`–sz?",
        0.60: "cLFkPvxy",
        0.64: "TYaoeESbdghnpqu$0123456789{}",
        0.70: "KAVBRXZC",
        0.79: "UHNDG&OQ",
        0.86: "wM#+<=>^~−←→",
        1.00: "%mW@…",
    }.items()
    for letter in letters
}  # fmt: skip
_OTHER: Final = 0.7  # most letters of other alphabets
_WIDE: Final = 1.1  # Chinese, Japanese and Korean letters, and symbols


def text_width(text: str, size: float) -> float:
    """Return a width in points that hardly any font exceeds.

    Args:
        size: height of the font in points.

    >>> text_width("0.97", 10), text_width("漢", 10)
    (22.7, 11.0)
    """
    return round(size * sum(_WIDTHS.get(letter) or _width_of(letter) for letter in text), 6)


def _width_of(letter: str) -> float:
    """Return the width in em of a letter that the table lacks."""
    if unicodedata.combining(letter):
        return 0.0
    wide = unicodedata.east_asian_width(letter) in "FW" or unicodedata.category(letter) == "So"
    return _WIDE if wide else _OTHER
