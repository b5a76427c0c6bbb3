"""The header of a table without types: whether its first row names the columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from experiments.config.same_column import same_column
from experiments.data.raw_table import shown
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.survey_header import survey_header
from experiments.data.readers.text.layout import NUMBER, Record
from experiments.data.texts import MISSING, MISSING_NUMBERS

AS_HEADER = "line {} was read as the header; --set data.header=false reads it as data"
AS_DATA = "line {} was read as data{}; --set data.header=true reads it as the header"
MOST_ABOVE = 10  # records above a header that names the target
FIRST_YEAR, LAST_YEAR, YEAR_DIGITS = 1800, 2200, 4  # of a header of years
SOME_YEARS = 3  # beside words, which are no row of data
OFTEN = 2  # rows below that have a cell of a first row of words, from which on it is a row of data
NEARLY = 0.75  # share of the cells of a first row, from which on a row is that row once more
MOSTLY = 0.9  # share of the cells of a column that are numbers, or written like the first one


def is_header(cells: Sequence[str], below: Sequence[Sequence[str]], keys: FileKeys, line: int = 1) -> tuple[bool, str]:
    """Return whether the first row names the columns, and a note where that could be doubted.

    It does if a cell is the target, also a number beyond all positions. It does if no cell is a number, unless the row
    holds values like those below; if its numbers count the columns from 0, as pandas writes an array, or are years in
    ascending order, alone or three and more beside words; or if each of its words stands above a number. New rows have
    a header if it names the model's columns, positions in ascending order; if not all of these are positions; or if it
    is different words above numbers alone.

    Args:
        cells: stripped cells of the first row.
        below: the cells of the rows that follow, or of the first ones.
        line:  the place of the first row, for the note.
    """
    if keys.header is not None:
        return keys.header, ""
    if keys.model and not all(name.isdecimal() for name in keys.model):
        return True, ""
    if keys.model:
        counts = [int(cell) for cell in cells if cell.isdecimal()]
        named = set(keys.model) <= set(cells) and counts == sorted(set(counts))
        named = named or _name_numbers(cells, below)
        return named, AS_HEADER.format(line) if named else ""
    numbers = [cell for cell in cells if NUMBER.fullmatch(cell)]
    if isinstance(keys.target, int) and keys.target > len(cells) and str(keys.target) in cells:  # such as 2015
        return True, AS_HEADER.format(line)
    if same_column(keys.target, list(cells)):
        return True, ""
    if not numbers:
        value = _value(cells, below)
        return value is None, "" if value is None else AS_DATA.format(line, f", as {shown(value)} is a value below")
    second = below[0] if below else ()
    counted = len(numbers) > 1 and numbers == [str(at) for at in range(len(numbers))]
    whole = [int(cell) for cell in numbers if cell.isdecimal() and len(cell) == YEAR_DIGITS]
    many = len(cells) == len(numbers) > 1 or len(numbers) >= SOME_YEARS
    years = many and len(whole) == len(numbers) and all(FIRST_YEAR <= year <= LAST_YEAR for year in whole)
    if counted or _stand_above_numbers(cells, second) or (years and whole == sorted(set(whole))):
        return True, AS_HEADER.format(line)
    return False, AS_DATA.format(line, "")


def _stand_above_numbers(cells: Sequence[str], second: Sequence[str]) -> bool:
    """Return whether there are words in a row, and each of them stands above a number."""
    words = [at for at, cell in enumerate(cells) if _is_word(cell)]
    return bool(words) and all(at < len(second) and NUMBER.fullmatch(second[at].strip()) is not None for at in words)


def _name_numbers(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether a row is different words, and the rows below it have no word, as a row of categories may have."""
    words = len(set(cells)) == len(cells) and not any(map(NUMBER.fullmatch, cells))
    if not (words and below and _stand_above_numbers(cells, below[0])):
        return False
    return not any(_is_word(cell.strip()) for row in below if len(row) == len(cells) for cell in row)


def _is_word(cell: str) -> bool:
    return not NUMBER.fullmatch(cell) and cell.lower() not in (*MISSING, *MISSING_NUMBERS)


def above_target(records: Sequence[Record], above: int, keys: FileKeys) -> int:
    """Return the number of records above the header, which may stand below a first row of names.

    A later one of the first records is the header if it alone has the target's name, and all its cells are words, that
    differ or do not stand below again: below merged cells, names may stand twice.

    Args:
        above: number of records above the first row of names.
    """
    first = [cell.strip() for cell in records[above][2]]
    next_ones = [cells for _, _, cells in records[above + 1 : above + MOST_ABOVE]]
    of_survey = survey_header(first, next_ones, keys, units=False)[1] > 0
    if keys.header is False or of_survey or same_column(keys.target, first):
        return above
    for at, (_, _, cells) in enumerate(records[above + 1 : above + MOST_ABOVE], above + 1):
        names = [cell.strip() for cell in cells if cell.strip()]
        words = len(set(names)) > 1 and not any(map(NUMBER.fullmatch, names))
        targets = same_column(keys.target, names)
        if words and targets and at + 1 < len(records):
            below = [row for _, _, row in records[at + 1 :]]
            if len(names) == len(set(names)) or (len(targets) == 1 and not _stand_below(cells, below)):
                return at
    return above


def _stand_below(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether a cell of a row stands in its place again below."""
    return any(at < len(row) and cell.strip() and cell == row[at] for row in below for at, cell in enumerate(cells))


def _value(cells: Sequence[str], below: Sequence[Sequence[str]]) -> str | None:
    """Return a cell of a row of words that is a value of its column; None if the row may name the columns.

    A name stands above numbers, or not below itself. A value stands again in its column beside others, or is a date, an
    amount or the like that is written as most cells below are. Rows that are nearly the first one are it once more.
    """
    if len(cells) == 1:
        return None
    later = [row for row in below if sum(map(_same, cells, row)) < NEARLY * len(cells)]
    columns = [[row[at].strip() for row in later if at < len(row) and row[at].strip()] for at in range(len(cells))]
    pairs = [*zip(cells, columns, strict=True)]
    if any(_is_word(cell) and _most(map(NUMBER.fullmatch, column)) for cell, column in pairs):
        return None
    # an answer that may be ticked names its column
    several = [one for one in pairs if one[0] and (len(set(one[1])) > 1 or len(one[1]) == len(later))]
    repeated = Counter({cell: column.count(cell) for cell, column in several})
    if repeated.total() >= OFTEN:
        return repeated.most_common(1)[0][0]
    return next((cell for cell, column in pairs if len(column) >= OFTEN and _is_written_so(cell, column)), None)


def _is_written_so(cell: str, column: Sequence[str]) -> bool:
    """Return whether a cell has several numbers, as a date has, and is written like nearly all of its column."""
    several = len(re.findall(r"\d+", cell)) > 1
    return several and _most(_shape(other) == _shape(cell) for other in column)


def _same(cell: str, other: str) -> bool:
    return cell == other.strip()


def _most(cells: Iterable[object]) -> bool:
    """Return whether nearly all of some answers are true, of which there is one or more."""
    answers = [bool(cell) for cell in cells]
    return sum(answers) >= max(1, MOSTLY * len(answers))


def _shape(cell: str) -> str:
    """Return a text with a 9 for each of its numbers."""
    return re.sub(r"\d+([.,]\d+)*", "9", cell)
