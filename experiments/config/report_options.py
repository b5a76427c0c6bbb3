"""[report] of a study file: what only its author can say of the study, in plain texts."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Annotated, Final

from pydantic import AfterValidator

from experiments.config.section import Section

MOST_OF_A_NAME: Final = 200  # letters
MOST_OF_A_TEXT: Final = 2000
_NO_TEXT: Final = ("Cc", "Cs")  # Unicode's categories of control characters and of half characters


def _at_most(most: int) -> Callable[[str], str]:
    def plain(text: str) -> str:
        text = " ".join(text.split())
        if len(text) > most:
            raise ValueError(f"it must have at most {most} letters, but got {len(text)}; shorten it")
        if odd := next((letter for letter in text if unicodedata.category(letter) in _NO_TEXT), None):
            raise ValueError(f"it must be plain text, but holds the character {odd!r}; remove it")
        return text

    return plain


Name = Annotated[str, AfterValidator(_at_most(MOST_OF_A_NAME))]
Text = Annotated[str, AfterValidator(_at_most(MOST_OF_A_TEXT))]


class ReportSection(Section):
    """[report]: texts for the report, which decide nothing: a study with others is the same study.

    author:       who answers for the study.
    purpose:      the population that the result is about, and why.
    source:       the origin of rows and labels: by whom, when and how; and what was left out beforehand.
    intended_use: the reason for a learning method, and the use of its predictions.
    limits:       cases in which the result should not be expected to hold.

    White space in a text is one space; an empty text answers nothing.
    """

    author: Name = ""
    purpose: Text = ""
    source: Text = ""
    intended_use: Text = ""
    limits: Text = ""
