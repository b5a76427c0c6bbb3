"""Sections and blocks, of which a page is made. The HTML and the Markdown page write the same blocks.

Every string here is plain text: each page escapes it in its own syntax.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Layout = Literal["one", "square", "broad", "pair", "small"]
RowKind = Literal["", "winner", "partial", "open"]


@dataclass(frozen=True)
class Code:
    """Text to be typed or compared letter by letter; short is the abbreviation that a page may show for it."""

    text: str
    short: str = ""


@dataclass(frozen=True)
class Fact:
    """A value of the study as the page writes it, with the key by which anyone can check it.

    key: path in results.json, such as `test.ci95` or `trials[3].value`; or the name of something derived from it.
    """

    key: str
    text: str | Code


@dataclass(frozen=True)
class Strong:
    """Emphasized words."""

    words: Words


Part = str | Code | Strong | Fact
Parts = tuple[Part, ...]
Words = Part | Parts


@dataclass(frozen=True)
class Heading:
    """A heading inside a section."""

    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph; a note explains how to read the block beside it."""

    parts: Parts
    note: bool = False


@dataclass(frozen=True)
class Column:
    """The title of a table's column; numbers are aligned to the right."""

    title: Words
    number: bool = True


@dataclass(frozen=True, init=False)
class Row:
    """The cells of a row, of which the first is its heading."""

    cells: tuple[Words, ...]
    kind: RowKind

    def __init__(self, *cells: Words, kind: RowKind = ""):
        object.__setattr__(self, "cells", cells)
        object.__setattr__(self, "kind", kind)


@dataclass(frozen=True)
class Table:
    """Rows under titled columns.

    title: name of the table for screen readers.
    wide:  the table may be wider than the text.
    prose: cells hold sentences, which narrow screens show below each other.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    wide: bool = False
    prose: bool = False


@dataclass(frozen=True)
class Facts:
    """A list of names with their values."""

    rows: tuple[tuple[Words, Words], ...]


@dataclass(frozen=True)
class Picture:
    """A picture with its caption.

    name: file name without ending; what may lead elsewhere becomes _, as a metric may be a stranger's word.
    svg:  stand-alone document.
    alt:  description for those who cannot see the picture.
    """

    name: str
    svg: str
    alt: str
    caption: Words = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", re.sub(r"[^A-Za-z0-9_-]", "_", self.name))


@dataclass(frozen=True)
class Figures:
    """Pictures in one of the layouts of the page."""

    pictures: tuple[Picture, ...]
    layout: Layout = "one"


@dataclass(frozen=True)
class Thumbnail:
    """A small image with the lines of text below it.

    png: the file, as base64.
    """

    png: str
    alt: str
    width: int
    height: int
    lines: tuple[Words, ...]


@dataclass(frozen=True)
class Gallery:
    """Thumbnails side by side; instead is the table that Markdown shows in their place."""

    thumbnails: tuple[Thumbnail, ...]
    instead: Table


@dataclass(frozen=True)
class Listing:
    """Lines of code that are a fact of this key; wrap breaks long lines."""

    key: str
    text: str
    language: str = ""
    wrap: bool = True


@dataclass(frozen=True)
class Folded:
    """Blocks that a click on their title opens; Markdown shows them under a heading."""

    title: Words
    blocks: tuple[Block, ...]


Block = Heading | Text | Table | Facts | Figures | Gallery | Listing | Folded


@dataclass(frozen=True)
class Section:
    """Blocks under a heading; short names the section in the links at the top of the page."""

    title: str
    short: str
    blocks: tuple[Block, ...]

    @property
    def anchor(self) -> str:
        """The target of links to the section.

        >>> Section("Learning curves", "learning", ()).anchor
        'learning-curves'
        """
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")


def unfolded(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks, and those of a folded one in its place.

    >>> list(unfolded([Folded("Timing", (Heading("a"),)), Heading("b")]))
    [Heading(text='a'), Heading(text='b')]
    """
    for block in blocks:
        if isinstance(block, Folded):
            yield from unfolded(block.blocks)
        else:
            yield block


def note(template: str, *words: Words) -> Text:
    """Make a paragraph that explains how to read the block beside it; words take the places of {}."""
    return Text(sentence(template, *words), note=True)


def text(template: str, *words: Words) -> Text:
    """Make a paragraph; words take the places of {}."""
    return Text(sentence(template, *words))


def sentence(template: str, *words: Words) -> Parts:
    """Put words where the template has {}.

    >>> sentence("{} of {}.", Fact("test.rows", "9"), "them")
    (Fact(key='test.rows', text='9'), ' of ', 'them', '.')
    """
    if template.count("{}") != len(words):
        raise ValueError(f"the template has {template.count('{}')} places for {len(words)} words.")
    rest = iter(words)
    return joined([next(rest) if piece == "{}" else piece for piece in re.split(r"(\{\})", template)], "")


def filled(template: str, word: Callable[[str], Words]) -> Parts:
    """Put the words of a name where the template has {name}.

    >>> filled("{rows} of {limit}", lambda name: name.upper())
    ('ROWS', ' of ', 'LIMIT')
    """
    pieces = re.split(r"\{(\w+)\}", template)
    return joined([word(piece) if at % 2 else piece for at, piece in enumerate(pieces)], "")


def joined(words: Sequence[Words], separator: str = ", ") -> Parts:
    """Put a separator between words; empty words are left out."""
    parts: list[Part] = []
    for each in filter(None, words):
        if parts and separator:
            parts.append(separator)
        parts += each if isinstance(each, tuple) else (each,)
    return tuple(parts)


def plain(words: Words) -> str:
    """Return the text that a reader sees.

    >>> plain((Fact("test.rows", "9"), " rows of ", Strong(Fact("data.name", "iris"))))
    '9 rows of iris'
    """
    match words:
        case tuple():
            return "".join(map(plain, words))
        case Strong():
            return plain(words.words)
        case Fact():
            return plain(words.text)
        case Code():
            return words.short or words.text
    return words


def number(key: str, value: int) -> Fact:
    """Make a fact of a whole number."""
    return Fact(key, f"{value:,}")


def percent(key: str, share: float, in_column: bool = False) -> Fact:
    """Make a fact of a share, with three digits; in a column with one decimal, as all its cells.

    >>> percent("ledger.largest_overlap", 0.25).text, percent("analysis.roc.operating[0].named", 0.25, True).text
    ('25%', '25.0%')
    """
    return Fact(key, f"{100 * share:.1f}%" if in_column else f"{100 * share:.3g}%")


def counted(key: str, value: int, one: str, many: str = "") -> Parts:
    """Make a fact of a whole number, with the name of what it counts.

    >>> counted("test.rows", 1797, "row")
    (Fact(key='test.rows', text='1,797'), ' rows')
    """
    return number(key, value), f" {one if value == 1 else many or one + 's'}"
