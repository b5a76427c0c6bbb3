"""What a page is made of: sections of blocks. The HTML and the Markdown page are two ways to write the same blocks.

Every string here is text: each page escapes it in its own way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal

Layout = Literal["one", "square", "broad", "pair", "small"]
RowKind = Literal["", "winner", "partial", "open"]


@dataclass(frozen=True)
class Code:
    """Text to be typed or compared letter by letter; short stands for it where it would only be looked at."""

    text: str
    short: str = ""


@dataclass(frozen=True)
class Strong:
    """Text that must not be missed."""

    text: str


@dataclass(frozen=True)
class Names:
    """Names that a user gave, one after the other, and how many more there are."""

    names: tuple[str, ...]
    more: int = 0


Part = str | Code | Strong | Names


@dataclass(frozen=True)
class Heading:
    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph; a note says how to read what stands beside it."""

    kind: ClassVar[str] = "text"
    parts: tuple[Part, ...]
    note: bool = False


@dataclass(frozen=True)
class Column:
    """A column by its title; what is a number stands right."""

    title: str
    number: bool = True


@dataclass(frozen=True)
class Row:
    """The cells of a row; the first names it."""

    cells: tuple[Part, ...]
    kind: RowKind = ""


@dataclass(frozen=True)
class Table:
    """Rows under titled columns; title says what it is to those who cannot see it.

    wide:  may be wider than the text.
    prose: has sentences in its cells, which on a narrow screen stand below each other.
    """

    kind: ClassVar[str] = "table"
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    wide: bool = False
    prose: bool = False


@dataclass(frozen=True)
class Facts:
    """Names with what they are."""

    kind: ClassVar[str] = "facts"
    rows: tuple[tuple[str, Part], ...]


@dataclass(frozen=True)
class Picture:
    """A picture with what it shows: in a sentence for all, and in a few words for those who cannot see it.

    name: safe as the name of a file.
    svg:  a stand-alone document.
    """

    name: str
    svg: str
    alt: str
    caption: str = ""


@dataclass(frozen=True)
class Figures:
    """Pictures one by one, square or broad ones, in pairs, or many small ones."""

    kind: ClassVar[str] = "figures"
    pictures: tuple[Picture, ...]
    layout: Layout = "one"


@dataclass(frozen=True)
class Thumbnail:
    """A small picture of pixels with the words beneath it.

    png: the file, as base64.
    """

    png: str
    alt: str
    width: int
    height: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Gallery:
    """Thumbnails side by side; instead is the table that says the same where there are no pictures of pixels."""

    kind: ClassVar[str] = "gallery"
    thumbnails: tuple[Thumbnail, ...]
    instead: Table


@dataclass(frozen=True)
class Listing:
    """Lines as they are; wrap breaks long ones."""

    kind: ClassVar[str] = "listing"
    text: str
    language: str = ""
    wrap: bool = True


Block = Heading | Text | Table | Facts | Figures | Gallery | Listing


@dataclass(frozen=True)
class Section:
    """Blocks under a heading; short is its name among the links at the top of the page."""

    title: str
    short: str
    blocks: tuple[Block, ...] = field(default=())

    @property
    def anchor(self) -> str:
        """
        >>> Section("How the winner learned", "learning").anchor
        'how-the-winner-learned'
        """
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")


NAME: Final = Column("", number=False)


def note(*parts: Part) -> Text:
    """A paragraph that says how to read what stands beside it."""
    return Text(parts, note=True)


def text(*parts: Part) -> Text:
    return Text(parts)


def columns(*titles: str) -> tuple[Column, ...]:
    """A column of names, and columns of numbers under these titles."""
    return (NAME, *map(Column, titles))


def pictures(blocks: Sequence[Block]) -> list[Picture]:
    """Every picture, in the order of the page."""
    return [one for block in blocks if isinstance(block, Figures) for one in block.pictures]
