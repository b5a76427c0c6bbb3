"""The keys of [data] that say how a file is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial


@dataclass(frozen=True)
class FileKeys:
    """The keys that were given; None where the answer follows from the file.

    target: the column to predict, by which a header is known.
    words:  classes and missing words that the study file names, or a model's categories: a row with one is no header.
    model:  the names of a model's columns, by which the header of new rows is known.
    usual_encoding: encoding of the model's own file, tried before one is guessed.
    usual_sheet: sheet of the model's own file, which is read where there is one of that name.
    holds_row: function of the first column's name, the only text of a last line of new rows, and whether that line was
               short, that returns whether the line is a row for the model; None of rows to learn from.
    """

    header: bool | None = None
    separator: str | None = None
    encoding: str | None = None
    skip: int | None = None
    sheet: str | None = None
    fill_down: tuple[str, ...] | None = None
    target: str | int | None = None
    words: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    usual_encoding: str | None = None
    usual_sheet: str | None = None
    holds_row: Callable[[str, str, bool], bool] | None = None

    def holds_row_in(self, first: str) -> Callable[[str, bool], bool] | None:
        """Return the function of a last line of new rows in a file whose first column has that name."""
        return None if self.holds_row is None else partial(self.holds_row, first)
