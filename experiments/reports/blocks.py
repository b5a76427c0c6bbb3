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
class Fact:
    """A value of the study as the page writes it, with the key by which anyone can look it up.

    key: path in results.json, such as `test.ci95` or `trials[3].value`; or the name of something derived from it.
    """

    key: str
    text: str | Code


@dataclass(frozen=True)
class Strong:
    """Words that must not be missed."""

    words: Words


@dataclass(frozen=True)
class Names:
    """Names that a user gave, one after the other, and what is said of those that are not shown."""

    names: tuple[Fact, ...]
    more: Words = ""


Part = str | Code | Strong | Names | Fact
Parts = tuple[Part, ...]
Words = Part | Parts


@dataclass(frozen=True)
class Heading:
    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph; a note says how to read what stands beside it."""

    kind: ClassVar[str] = "text"
    parts: Parts
    note: bool = False


@dataclass(frozen=True)
class Column:
    """A column by its title; what is a number stands right."""

    title: Words
    number: bool = True


@dataclass(frozen=True)
class Row:
    """The cells of a row; the first names it."""

    cells: tuple[Words, ...]
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
    rows: tuple[tuple[Words, Words], ...]


@dataclass(frozen=True)
class Picture:
    """A picture with what it shows: in a sentence for all, and in a few words for those who cannot see it.

    name: safe as the name of a file.
    svg:  a stand-alone document.
    """

    name: str
    svg: str
    alt: str
    caption: Words = ""


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
    lines: tuple[Words, ...]


@dataclass(frozen=True)
class Gallery:
    """Thumbnails side by side; instead is the table that says the same where there are no pictures of pixels."""

    kind: ClassVar[str] = "gallery"
    thumbnails: tuple[Thumbnail, ...]
    instead: Table


@dataclass(frozen=True)
class Listing:
    """Lines as they are, which are a fact; wrap breaks long ones."""

    kind: ClassVar[str] = "listing"
    key: str
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


def sentence(template: str, *words: Words) -> Parts:
    """Put words where the template has {}.

    >>> sentence("{} of {}.", Fact("test.rows", "9"), "them")
    (Fact(key='test.rows', text='9'), ' of ', 'them', '.')
    """
    if template.count("{}") != len(words):
        raise ValueError(f"the template has {template.count('{}')} places for {len(words)} words.")
    parts: list[Part] = []
    for at, piece in enumerate(template.split("{}")):
        parts += flat(words[at - 1]) if at else ()
        parts += [piece] if piece else ()
    return tuple(parts)


def joined(words: Sequence[Words], separator: str = ", ") -> Parts:
    """Put a separator between words, of which empty ones are left out."""
    parts: list[Part] = []
    for one in words:
        if one:
            parts += [separator, *flat(one)] if parts else flat(one)
    return tuple(parts)


def flat(words: Words) -> Parts:
    """Return words as parts."""
    return words if isinstance(words, tuple) else (words,)


def plain(words: Words) -> str:
    """Return the text that a reader sees.

    >>> plain((Fact("test.rows", "9"), " rows of ", Strong(Names((Fact("data.name", "iris"),)))))
    '9 rows of iris'
    """
    match words:
        case tuple():
            return "".join(map(plain, words))
        case Strong():
            return plain(words.words)
        case Names():
            return ", ".join(plain(one.text) for one in words.names) + plain(words.more)
        case Fact():
            return plain(words.text)
        case Code():
            return words.short or words.text
    return words


def number(key: str, value: int) -> Fact:
    """Make a fact of a whole number."""
    return Fact(key, f"{value:,}")


def counted(key: str, value: int, one: str, many: str = "") -> Parts:
    """Make a fact of a whole number, with what is counted after it.

    >>> counted("test.rows", 1797, "row")
    (Fact(key='test.rows', text='1,797'), ' rows')
    """
    return number(key, value), f" {one if value == 1 else many or one + 's'}"


def columns(*titles: Words) -> tuple[Column, ...]:
    """A column of names, and columns of numbers under these titles."""
    return (NAME, *map(Column, titles))


def pictures(blocks: Sequence[Block]) -> list[Picture]:
    """Every picture, in the order of the page."""
    return [one for block in blocks if isinstance(block, Figures) for one in block.pictures]
