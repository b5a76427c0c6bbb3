"""The header of a table without types: whether its first row names the columns."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.config.same_column import same_column
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.survey_header import survey_header
from experiments.data.readers.text.layout import NUMBER, Record
from experiments.data.texts import MISSING, MISSING_NUMBERS

AS_HEADER = "line {} was read as the header; --set data.header=false reads it as data"
MOST_ABOVE = 10  # records above a header that names the target
FIRST_YEAR, LAST_YEAR, YEAR_DIGITS = 1800, 2200, 4  # of a header of years
SOME_YEARS = 3  # beside words, which are no row of data


def is_header(cells: Sequence[str], below: Sequence[Sequence[str]], keys: FileKeys, line: int = 1) -> tuple[bool, str]:
    """Return whether the first row names the columns, and a note where that could be doubted.

    It does if a cell is the target, also a number beyond all positions. It does if no cell is a number, unless every
    cell stands below itself again; if its numbers count the columns from 0, as pandas writes an array, or are years in
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
    if same_column(keys.target, list(cells)) or (not numbers and not _repeats(cells, below)):
        return True, ""
    second = below[0] if below else ()
    counted = len(numbers) > 1 and numbers == [str(at) for at in range(len(numbers))]
    whole = [int(cell) for cell in numbers if cell.isdecimal() and len(cell) == YEAR_DIGITS]
    many = len(cells) == len(numbers) > 1 or len(numbers) >= SOME_YEARS
    years = many and len(whole) == len(numbers) and all(FIRST_YEAR <= year <= LAST_YEAR for year in whole)
    if counted or _stand_above_numbers(cells, second) or (years and whole == sorted(set(whole))):
        return True, AS_HEADER.format(line)
    return False, f"line {line} was read as data; --set data.header=true reads it as the header"


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


def _repeats(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether every cell of a row stands in its place again below, as values do and names do not."""
    later = [{row[at].strip() for row in below if at < len(row)} for at in range(len(cells))]
    return len(cells) > 1 and all(cell in values for cell, values in zip(cells, later, strict=True))
