"""The layout of a text table, found from its first lines: the separator, the lines above the table, its width."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

SEPARATORS = (",", ";", "\t", "|", " ")  # " " stands for any white space
DECLARED = re.compile(r'"?sep=([^"\r\n])"?', re.IGNORECASE)  # the first line that Excel knows
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
NUMBER_OR_COMMA = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?")
COMMENTS = ("#", "%")
RULE = re.compile(r"(?=.*(-{4}|={4}))[\s|+:=-]+")  # a line below a header that a program drew, as `----+-----`
RULED = ("|", " ", "\t")  # separators of tables that have such lines
REGULAR = 0.5  # share of lines with the same number of cells, from which a separator is one
WORDS_REGULAR = 0.9  # the same for white space, which stands in texts, too

Record = tuple[int, int, list[str]]  # its first line and the one after its last line, both from 0; its cells


@dataclass(frozen=True)
class Layout:
    """The layout of a text table.

    separator: the character between cells; " " stands for any white space.
    skip:      number of lines above the table.
    width:     number of cells of a row.
    head:      the first records of the table, with or without a header.
    above:     the lines above the table that say something.
    spaced:    whether quotes follow a space after the separator.
    ruled:     whether lines of dashes stand in it.
    """

    separator: str
    skip: int
    width: int
    head: tuple[Record, ...]
    above: tuple[str, ...] = ()
    spaced: bool = False
    ruled: bool = False


def layout_of(
    lines: Sequence[str], usual: str = ",", separator: str | None = None, skip: int | None = None, whole: bool = True
) -> Layout | None:
    """Find the layout of a table; None if it has no rows.

    A separator is one that gives most lines the same number of cells; of equals it is the one with the larger share of
    numbers. Comments, and titles of fewer cells than the table below, stand above it.

    Args:
        lines:     the first lines of the file, with their ends.
        usual:     the separator of two that fit equally well.
        separator: the separator if it is known.
        skip:      number of lines above the table if it is known.
        whole:     whether the lines are the whole file.

    Raises:
        csv.Error: a cell is too long.

    >>> layout = layout_of(["Report", "a;b;c", "1;2,5;3", "2;3,5;3"])
    >>> layout.separator, layout.skip, layout.width, layout.above
    (';', 1, 3, ('Report',))
    """
    declared = DECLARED.fullmatch(lines[0].strip()) if lines else None
    if declared is not None and separator is None:
        separator = declared[1]
    start = int(declared is not None) if skip is None else skip
    if skip is None:
        start += _comments(lines[start:])
    every = (usual, *(one for one in SEPARATORS if one != usual)) if separator is None else (separator,)
    chosen, spaced, rows = _best(lines, start, every, whole)
    if not rows:
        return None
    width = width_of(rows)
    ruled = chosen in RULED and any(RULE.fullmatch(line) for line in lines[start:])
    if skip is not None:
        return Layout(chosen, skip, width, tuple(rows), (), spaced, ruled)
    header = _commented_header(lines, start, chosen, rows, width)
    rows = rows[titles(rows, width) :] if header is None else [header, *rows]
    said = tuple(line for line in map(str.strip, lines[: rows[0][0]]) if line)
    above = said[1:] if declared is not None else said
    return Layout(chosen, rows[0][0] if said else 0, width, tuple(rows), above, spaced, ruled)


def records(lines: Iterable[str], separator: str, spaced: bool = False, skip: int = 0) -> Iterator[Record]:
    """Yield the records of a file that are not empty, and no lines of dashes.

    Args:
        lines:  its lines, with their ends.
        spaced: whether quotes follow a space after the separator.
        skip:   number of lines above the first record.

    Raises:
        csv.Error: a cell is too long.
    """
    rest: Iterable[str] = islice(lines, skip, None)
    if separator == " ":
        rest = (line.strip().replace("\t", " ") for line in rest)
    reader = csv.reader(rest, delimiter=separator, skipinitialspace=spaced or separator == " ")
    begins = 0
    for cells in reader:
        drawn = separator in RULED and cells and RULE.fullmatch(separator.join(cells))
        if cells and not drawn:
            yield skip + begins, skip + reader.line_num, cells
        begins = reader.line_num


def _best(lines: Sequence[str], start: int, separators: Sequence[str], whole: bool) -> tuple[str, bool, list[Record]]:
    """Return the separator that fits best, whether quotes follow a space, and the records with it."""
    tables, errors = [], []
    for separator in separators:
        try:
            rows, spaced = list(records(lines, separator, skip=start)), False
            if any(cell[:1] == " " and cell.lstrip()[:1] == '"' for _, _, cells in rows for cell in cells):
                rows, spaced = list(records(lines, separator, True, start)), True
        except csv.Error as error:
            errors.append(error)
            continue
        rows = rows if whole or len(rows) < 2 else rows[:-1]  # the last one may be cut
        rows = [row for row in rows if len(row[2]) > 1 or row[2][0].strip()] or rows
        tables.append((_fit(separator, rows), separator, spaced, rows))
    if not tables:
        raise errors[0]
    # white space stands in cells, too, and must make more lines equal than a mark does
    most = max((fit[0] for fit, separator, *_ in tables if separator in ",;|"), default=0.0)
    tables = [table for table in tables if table[1] != " " or table[0][0] > most] or tables
    return max(tables, key=lambda table: table[0])[1:]  # the first of equals


def width_of(rows: Sequence[Record]) -> int:
    """Return the most frequent number of cells, of equals that of the earliest row."""
    return Counter(len(cells) for _, _, cells in rows).most_common(1)[0][0]


def _fit(separator: str, rows: Sequence[Record]) -> tuple[float, float]:
    """Return the share of rows of the same width, and the share of numbers in them; 0 where these are no cells."""
    if not rows or (width := width_of(rows)) < 2:
        return 0.0, 0.0
    same = [cells for _, _, cells in rows if len(cells) == width]
    header = len(rows[titles(rows, width)][2])
    fewer = 2 <= header == width - 1  # without a name for the first column
    if header < width and not fewer:
        return 0.0, 0.0
    share = (len(same) + fewer) / len(rows)
    numbers = sum(NUMBER_OR_COMMA.fullmatch(cell.strip()) is not None for cells in same for cell in cells)
    if separator == " ":
        words = width == 2 and numbers < width * (len(same) - 1)  # two words in one cell are frequent
        marked = any(cell[-1:] in (",", ";", "|") for cells in same for cell in cells if cell)
        return (0.0, 0.0) if share < WORDS_REGULAR or words or marked else (share, numbers / (len(same) * width))
    return (0.0, 0.0) if share < REGULAR else (share, numbers / (len(same) * width))


def _is_number(cell: str) -> bool:
    return NUMBER.fullmatch(cell.strip()) is not None


def _comments(lines: Sequence[str]) -> int:
    """Return the number of lines above the first one that is no comment; 0 if all are comments."""
    return next((at for at, line in enumerate(lines) if line.strip() and not line.lstrip().startswith(COMMENTS)), 0)


def _commented_header(
    lines: Sequence[str], start: int, separator: str, rows: Sequence[Record], width: int
) -> Record | None:
    """Return the header in a comment right above the rows, as NumPy writes it; None without one.

    It has a name for each column, and a number below it where a space follows its sign. The sign belongs to the first
    name, for it may mean "number of", but it is no name between white space.
    """
    above = next((at for at in range(start - 1, -1, -1) if lines[at].strip()), None)
    line = "" if above is None else lines[above].lstrip()
    if above is None or not line.startswith(COMMENTS):
        return None
    is_apart = line[1:2] == " "
    found = list(records([line[1:] if is_apart and separator == " " else line], separator))
    names = found[0][2] if found else []
    if not 2 <= len(names) == width or any(map(_is_number, names)):
        return None
    return None if is_apart and not any(map(_is_number, rows[0][2])) else (above, above + 1, names)


def titles(rows: Sequence[Record], width: int) -> int:
    """Return the number of rows above the header; 0 if no row as wide as the table follows them."""
    at = 0
    while at < len(rows) - 1 and _is_title(rows[at], _filled(rows[at + 1 :]), width):
        at += 1
    return at if len(rows[at][2]) >= width - 1 else 0


def _filled(rows: Sequence[Record]) -> Record:
    """Return the first row with a value, or the first one if none has."""
    return next((row for row in rows if any(map(str.strip, row[2]))), rows[0])


def _is_title(row: Record, below: Record, width: int) -> bool:
    """Return whether a row is a title: empty, of fewer cells than the table, or one text alone above a full header."""
    _, end, cells = row
    filled = [cell for cell in cells if cell.strip()]
    is_text = bool(filled) and not _is_number(filled[0])
    if not filled:
        return True
    if len(cells) < width:
        alone = len(filled) == 1 and (width > 2 or below[0] > end)  # an empty line follows
        return alone or (is_text and len(cells) < width - 1)
    names = below[2]
    full = len(names) == width and all(name.strip() and not _is_number(name) for name in names)
    return width > 2 and len(cells) == width and len(filled) == 1 and bool(cells[0].strip()) and is_text and full
