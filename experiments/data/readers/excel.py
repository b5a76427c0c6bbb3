"""A sheet of an .xlsx file as a raw table, read by openpyxl; the values of formulas are those that were saved."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from experiments.config.readable import count
from experiments.config.same_column import columns_in_part, same_column
from experiments.data.raw_table import RawTable, brief, check_size, column_names, listed, shown, unnamed
from experiments.data.readers.empty_rows import empty_between
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.further_tables import place_within, read_as_one
from experiments.data.readers.merged_cells import Merged, Row, columns_of, merged_cells, with_merged
from experiments.data.readers.side_by_side import one_below_another, place_beside
from experiments.data.readers.survey_header import survey_header
from experiments.data.readers.text.edges import without_last_rows
from experiments.data.readers.text.header import above_target, is_header
from experiments.data.readers.text.layout import NUMBER, Record, titles, width_of
from experiments.data.readers.text.summary_rows import without_sums_of_parts
from experiments.data.readers.text.values import arrow_values, joined
from experiments.data.readers.unsaved_formulas import unsaved_formulas
from experiments.errors import DataError
from nnet.near import did_you_mean, near

LARGEST = {"xl/worksheets/": 1 << 30, "xl/sharedstrings": 1 << 28, "": 1 << 26}  # start of a part's name -> bytes
MOST_ROWS = 1 << 20  # of a sheet, as Excel has
SAMPLE = 200  # rows from which the layout follows
CELLS = 1 << 20  # cells that are Python's at a time
ENCRYPTED = b"\xd0\xcf\x11\xe0"  # the first bytes of an .xls, and of an .xlsx with a password


@dataclass(frozen=True)
class _Header:
    """The header of a sheet.

    above:  the rows above it.
    begins: number of its first row.
    named:  whether it names the columns; if not, the table begins there.
    given:  the names.
    start:  number of the first row below it.
    width:  number of cells of the widest row.
    note:   a line about what was doubtful in it.
    survey: a line about further rows of a survey tool.
    """

    above: Sequence[Record]
    begins: int
    named: bool
    given: list[str]
    start: int
    width: int
    note: str
    survey: str


def read_excel(path: Path, keys: FileKeys) -> RawTable:
    """Read the columns of a sheet: the named one, the first with the target or a model's columns, or the first table.

    Raises:
        DataError: openpyxl is not installed, or the file cannot be read or has no such sheet or no table.
    """
    _check_parts(path)
    try:
        with _opened(path) as book:
            return _table(path, book, keys)
    except DataError:
        raise
    except Exception as error:  # whatever openpyxl meets in a damaged file
        raise DataError(f"{path}: cannot be read as .xlsx: {brief(error) or type(error).__name__}.") from None


def _check_parts(path: Path) -> None:
    """Refuse a file whose parts announce more bytes than a table may have."""
    with path.open("rb") as file:
        start = file.read(4)
    if start == ENCRYPTED:
        raise DataError(f"{path}: has a password, or is an old .xls; save it as .xlsx without a password.")
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [part for part in archive.infolist() if part.filename.lower().endswith((".xml", ".rels"))]
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError) as error:
        raise DataError(f"{path}: cannot be read as .xlsx: {brief(error)}.") from None
    for part in parts:
        limit = next(most for start, most in LARGEST.items() if part.filename.lower().startswith(start))
        if part.file_size > limit:
            raise DataError(
                f"{path}: its part {shown(part.filename)} must unpack to at most {limit} bytes, but announces "
                f"{part.file_size}; save the sheet as .csv."
            )


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        import openpyxl
    except ImportError:
        raise DataError(f"{path}: to read .xlsx files, type pip install openpyxl; or save it as .csv.") from None
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that it does not know
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            yield book
        finally:
            book.close()


def _table(path: Path, book: Any, keys: FileKeys) -> RawTable:
    sheet, others = _sheet(path, book, keys)
    where = f"{path}: sheet {shown(sheet.title)}"
    merged = merged_cells(path, sheet._worksheet_path)  # a sheet that is read row by row has no other name of its part
    header = _header(sheet, merged, keys, where)
    columns, numbers, left_out = _body(sheet, merged, header, keys, where)
    if not columns or not len(columns[0]):
        raise DataError(f"{path}: a table needs rows, but sheet {shown(sheet.title)} has only a header.")
    after_gaps = (np.flatnonzero(np.diff(numbers) > 1) + 1).tolist()
    given, columns, rows, below_another = read_as_one(*_of_one_width(header.given, columns), after_gaps, keys)
    given, columns, lengths, one_of_several = one_below_another(given, columns, keys)
    inside, given, columns = _named_or_filled(given, columns)
    spanned = frozenset() if lengths else columns_of(one for one in merged if one.top >= header.start)
    filled = [name for at, name in zip(inside, column_names(given), strict=True) if at in spanned]
    span = f"every row of merged cells read with their value ({listed(filled)})" if filled else ""
    empty = [
        (at, name)
        for at, name, column in zip(inside, column_names(given), columns, strict=True)
        if column.null_count == len(column)
    ]
    unsaved = () if lengths else unsaved_formulas(path, sheet.title, header.start, empty)
    skip = header.begins if header.above and keys.skip is None else None
    decided = {"sheet": sheet.title if others else None, "skip": skip, "header": header.named if header.note else None}
    chosen = f"sheet {shown(sheet.title)} was read, not {listed(others)}; --set data.sheet=NAME reads another"
    title = next((cell for _, _, cells in header.above for cell in cells if cell), "")
    over = f"{count(len(header.above), 'row')} above the table left out ({shown(title)}); --set data.skip=0 reads them"
    return RawTable.of_file(
        path,
        given,
        columns,
        (over if skip is not None else "", header.survey, span, *left_out, *below_another, *one_of_several),
        place=place_beside(place_within(_place_of(numbers), rows), lengths),
        unnamed=unnamed(given) if header.named else frozenset(),
        notes=tuple(filter(None, (chosen if others else "", header.note, *unsaved))),
        layout={key: value for key, value in decided.items() if value is not None},
    )


def _header(sheet: Any, merged: Sequence[Merged], keys: FileKeys, where: str) -> _Header:
    """Find the header of a sheet among its first rows."""
    in_columns = [one for one in merged if one.left == one.right]  # others above the table are titles
    records = _records(with_merged(_rows(sheet), in_columns))
    if keys.skip is not None:
        above = sum(number < keys.skip for number, _, _ in records)
    else:
        above = above_target(records, _last_of_header(records, _titles(records), in_columns), keys)
    rows: Sequence[Record] = records[above:]
    if not rows:
        raise DataError(f"{where} has no table below its row {keys.skip}.")
    begins, _, first = rows[0]
    below = [cells for _, _, cells in rows[1:]]
    named, note = is_header([cell.strip() for cell in first], below, keys, begins + 1)
    given, further, survey = survey_header(first, below, keys) if named else ([], 0, "")
    width = max(len(cells) for _, _, cells in rows)
    return _Header(records[:above], begins, named, given, rows[further][0] + named, width, note, survey)


def _body(
    sheet: Any, merged: Sequence[Merged], header: _Header, keys: FileKeys, where: str
) -> tuple[list[pa.ChunkedArray], list[int], tuple[str, ...]]:
    """Read the columns below the header; return them, the number of each row, and lines about others left out."""
    numbers: list[int] = []
    rows = (row for row in with_merged(_rows(sheet), merged, header.width) if row[0] >= header.start)
    holds_row = keys.holds_row_in(column_names(header.given)[0] if header.named else "0")
    columns, kept, of_parts = without_sums_of_parts(_columns(_numbered(rows, numbers), where), keys)
    numbers = numbers if kept is None else [numbers[row] for row in kept]
    columns, _, below_it = without_last_rows(columns, holds_row=holds_row)
    numbers = numbers[: len(columns[0]) if columns else 0]
    empty = empty_between(((number, number + 1) for number in numbers), "row") if keys.model else ()
    return columns, numbers, (*empty, *of_parts, *below_it)


def _of_one_width(given: Sequence[str], columns: Sequence[pa.ChunkedArray]) -> tuple[list[str], list[pa.ChunkedArray]]:
    """Return a name, perhaps an empty one, for each column, and a column, perhaps an empty one, for each name."""
    nothing = pa.chunked_array([pa.nulls(len(columns[0]))])
    columns = [*columns, *[nothing] * (len(given) - len(columns))]
    return [*given, *[""] * (len(columns) - len(given))], columns


def _named_or_filled(
    given: Sequence[str], columns: Sequence[pa.ChunkedArray]
) -> tuple[list[int], list[str], list[pa.ChunkedArray]]:
    """Return the positions, names and values of the columns that have a name or a value."""
    inside = [at for at, column in enumerate(columns) if given[at].strip() or column.null_count < len(column)]
    return inside, [given[at] for at in inside], [columns[at] for at in inside]


def _sheet(path: Path, book: Any, keys: FileKeys) -> tuple[Any, list[str]]:
    """Return the sheet to read, and the names of others with a table if nobody named it."""
    sheets = list(book.worksheets)
    is_there = any(sheet.title == keys.usual_sheet for sheet in sheets)
    name = keys.usual_sheet if keys.sheet is None and is_there else keys.sheet
    if name is not None:
        if (found := next((sheet for sheet in sheets if sheet.title == name), None)) is None:
            known = [sheet.title for sheet in sheets]
            meant = did_you_mean([shown(one) for one in near(name, known)])
            raise DataError(f"data.sheet: {path} has no sheet {shown(name)}{meant}; it has {listed(known)}.")
        sheets = [found]
    filled = [one for one in sheets if (name or one.sheet_state == "visible") and len(list(islice(_rows(one), 2))) > 1]
    if not filled:
        which = "the sheet" if name else "every sheet"
        raise DataError(f"{path}: a table needs a header and rows, but {which} has fewer than 2 rows.")
    read = min(filled, key=lambda sheet: _rank(sheet, keys)) if len(filled) > 1 else filled[0]  # the first of equals
    return read, [sheet.title for sheet in filled if sheet is not read]


def _rank(sheet: Any, keys: FileKeys) -> int:
    """Return 0 for a sheet whose header has what is wanted, 1 where a row below it has the target, and 2 for others.

    Wanted are the columns of the model that new rows are for, or else the target.
    """
    records = _records(_rows(sheet))
    above = _titles(records)
    header, *below = [[cell.strip() for cell in cells] for _, _, cells in records[above:]]
    names, further, _ = survey_header(header, below, keys)
    if all(same_column(name, names) for name in keys.model or (keys.target,)):
        return 0
    in_part = further > 0 and isinstance(keys.target, str) and columns_in_part(keys.target, names)
    return 1 if in_part or above_target(records, above, keys) > above else 2


def _records(rows: Iterator[Row]) -> list[Record]:
    """Return the texts of the first rows."""
    return [(number, number + 1, list(map(_text, values))) for number, values in islice(rows, SAMPLE)]


def _titles(records: Sequence[Record]) -> int:
    return titles(records, width_of(records))


def _last_of_header(records: Sequence[Record], above: int, merged: Sequence[Merged]) -> int:
    """Return the number of records above the last row of a header, whose cells may be merged over several rows.

    No cell of such a header is a number.
    """
    begins = records[above][0]
    ends = max((one.bottom for one in merged if one.top == begins), default=begins)
    last = next((at for at, (number, _, _) in enumerate(records) if number == ends), above)
    cells = [cell for _, _, row in records[above : last + 1] for cell in row]
    return above if last + 1 == len(records) or any(map(NUMBER.fullmatch, cells)) else last


def _rows(sheet: Any) -> Iterator[Row]:
    """Yield the rows that are not empty, with all their cells: the size that a sheet declares may be wrong."""
    sheet.reset_dimensions()
    for number, values in enumerate(sheet.iter_rows(max_row=MOST_ROWS, values_only=True)):
        row = [None if isinstance(value, str) and not value.strip() else value for value in values]
        while row and row[-1] is None:
            row.pop()
        if row:
            yield number, row


def _numbered(rows: Iterator[Row], numbers: list[int]) -> Iterator[Row]:
    """Yield the rows, and note their numbers."""
    for row in rows:
        numbers.append(row[0])
        yield row


def _columns(rows: Iterator[Row], where: str) -> list[pa.ChunkedArray]:
    parts: list[list[pa.Array]] = []
    count = 0
    for block in _blocks(values for _, values in rows):
        width = max(len(parts), *map(len, block))
        check_size(where, count + len(block), width)
        parts += [[pa.nulls(count)] for _ in range(width - len(parts))]
        for at, part in enumerate(parts):
            part.append(arrow_values([row[at] if at < len(row) else None for row in block]))
        count += len(block)
    return [joined(part) for part in parts]


def _blocks(rows: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    """Yield the rows in lists of about so many cells as Python may have at a time."""
    block: list[list[Any]] = []
    size = 0
    for row in rows:
        block.append(row)
        size += len(row)
        if size >= CELLS:
            yield block
            block, size = [], 0
    if block:
        yield block


def _place_of(numbers: Sequence[int]) -> Callable[[int], str]:
    """Return a function that names the row of the sheet; numbers are those of the table's rows, from 0."""
    return lambda row: f"row {numbers[row] + 1} of the sheet" if row < len(numbers) else f"row {row} (from 0)"


def _text(value: Any) -> str:
    return "" if value is None else str(value)
