"""The further rows of a header: questions and ids of Qualtrics, answers of SurveyMonkey, names of pandas, units."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from experiments.data.raw_table import column_names, listed
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.header_levels import header_levels
from experiments.data.readers.text.layout import NUMBER_OR_COMMA
from experiments.data.texts import MISSING, MISSING_NUMBERS

IMPORT_ID = '{"ImportId"'  # begins every cell of Qualtrics' last row of a header
START = "startdate"  # Qualtrics' first column, above `Start Date` in a workbook, which has no row of ids
RESPONDENT = "respondentid"  # SurveyMonkey's first column
MOST_POINTS = (  # names the second row of a list of marks, which no pupil has
    r"(?i)(points? possible|possible points|max(imum|imal)?\.?[ _-]*(points?|score|marks?|punkte(zahl)?)|out of"
    r"|höchstpunktzahl):?"
)
PLAIN = ("", "response", "open-ended response")  # cells that name no part of their question


def survey_header(
    first: Sequence[str], below: Sequence[Sequence[str]], keys: FileKeys, units: bool = True
) -> tuple[list[str], int, str]:
    """Find the further rows of a header by a survey tool or a device.

    A column of SurveyMonkey that is a part of a question is called by that part, as its question stands above the first
    part alone. A study that leaves these rows out as classes or missing answers has them as rows, and a model may have
    the names of the first row.

    Args:
        first: the cells of the first row of the header.
        below: those of the rows that follow, or of the first ones.
        units: whether to look for rows of units, too.

    Returns:
        the columns' names, the number of further rows, and a line about them; none of another header.

    >>> survey_header(["Q1"], [["What is your age?"], ['{"ImportId":"QID1"}'], ["34"]], FileKeys())
    (['Q1'], 2, '2 rows below the header left out, as Qualtrics writes them')
    >>> survey_header(["Respondent ID", "Rate:", "", "Age"], [["", "Pay", "Team", "Response"]], FileKeys())[0]
    ['Respondent ID', 'Pay', 'Team', 'Age']
    """
    names, further, said = _found(first, below)
    if not further and (levels := header_levels(first, below, keys)) is not None:
        (names, further), said = levels, f"{levels[1] + 1} rows of names read as one header"
    if units and not further:
        further, said = _units(below)
    cells = {cell.strip() for row in below[:further] for cell in row}
    plain = [*first, *[""] * (len(names) - len(first))]
    of_first = not set(keys.model) <= set(column_names(names)) and set(keys.model) <= set(column_names(plain))
    return (list(first), 0, "") if of_first or cells & set(keys.words) else (names, further, said)


def _found(first: Sequence[str], below: Sequence[Sequence[str]]) -> tuple[list[str], int, str]:
    """Find the further rows by what stands in them."""
    for at, cells in reversed([*enumerate(below[:2], 1)]):
        filled = [cell for cell in map(str.strip, cells) if cell]
        of_qualtrics = bool(filled) and all(cell.startswith(IMPORT_ID) for cell in filled)
        if of_qualtrics or (at == 1 and _joined(first[:1]) == START == _joined(cells[:1])):
            return list(first), at, f"{at} row{'s' * (at > 1)} below the header left out, as Qualtrics writes them"
    parts = [cell.strip() for cell in below[0]] if below else []
    if (label := next(filter(None, parts), "")) and re.fullmatch(MOST_POINTS, label) and len(below) > 1:
        return list(first), 1, f"the row {label!r} below the header left out"
    if _joined(first[:1]) == RESPONDENT and any(parts) and not parts[0]:
        both = zip_longest(first, parts, fillvalue="")
        names = [name if part.lower() in PLAIN and name.strip() else part for name, part in both]
        return names, 1, "the second row of the header names parts of questions, as SurveyMonkey writes it"
    return list(first), 0, ""


def _units(below: Sequence[Sequence[str]]) -> tuple[int, str]:
    """Return the number of rows of units below a header, and a line about them; none of other rows."""
    if not (further := _rows_of_units(below)):
        return 0, ""
    rows = "the row" if further == 1 else f"{further} rows"
    words = listed([cell.strip() for cell in below[0] if cell.strip()])
    return further, f"{rows} below the header left out, without a number where others have one ({words})"


def _rows_of_units(below: Sequence[Sequence[str]]) -> int:
    """Return the number of rows, two at most, that have no number in columns of numbers, but words in two or more.

    A word that stands again below is a value, such as a class, of a row without any number.
    """
    for count in (2, 1):
        rows, rest = below[:count], below[count:]
        columns = [at for at, cells in enumerate(zip_longest(*rest, fillvalue="")) if _are_numbers(cells)]
        if rows and all(_has_words(row, columns) and not _has_value(row, rest) for row in rows):
            return count
    return 0


def _has_words(row: Sequence[str], columns: Sequence[int]) -> bool:
    """Return whether a row has no number in some columns, but two words or more."""
    cells = [row[at].strip() for at in columns if at < len(row)]
    return not any(map(_is_value, cells)) and sum(map(_is_filled, cells)) > 1


def _is_value(cell: str) -> bool:
    """Return whether a cell is a number, or has digits and no letter, as `$5`, `<0.1` and `1,234,567` have.

    >>> [_is_value(cell) for cell in ("2e-3", "$5", "%", "m2", "10^9/L")]
    [True, True, False, False, False]
    """
    digits, letters = (any(map(test, cell)) for test in (str.isdecimal, str.isalpha))
    return (digits and not letters) or NUMBER_OR_COMMA.fullmatch(cell) is not None


def _has_value(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether a word of a row stands in its place again below."""
    words = [(at, cell.strip()) for at, cell in enumerate(row) if _is_filled(cell.strip())]
    return any(at < len(cells) and cells[at].strip() == word for cells in below for at, word in words)


def _are_numbers(cells: Sequence[str]) -> bool:
    filled = [cell for cell in map(str.strip, cells) if _is_filled(cell)]
    return bool(filled) and all(map(NUMBER_OR_COMMA.fullmatch, filled))


def _is_filled(cell: str) -> bool:
    return cell.lower() not in (*MISSING, *MISSING_NUMBERS)


def _joined(cells: Sequence[str]) -> str:
    """Return the letters of cells in lower case, without what stands between words."""
    return "".join(cells).lower().replace(" ", "").replace("_", "")
