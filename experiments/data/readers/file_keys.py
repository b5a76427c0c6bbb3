"""The keys of [data] that say how a file is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FileKeys:
    """The keys that were given; None where the answer follows from the file.

    target: the column to predict, by which a header is known.
    model:  the names of a model's columns, by which the header of new rows is known.
    usual_encoding: encoding of the model's own file, tried before one is guessed.
    usual_sheet: sheet of the model's own file, which is read where there is one of that name.
    """

    header: bool | None = None
    separator: str | None = None
    encoding: str | None = None
    skip: int | None = None
    sheet: str | None = None
    target: str | int | None = None
    model: tuple[str, ...] = ()
    usual_encoding: str | None = None
    usual_sheet: str | None = None
