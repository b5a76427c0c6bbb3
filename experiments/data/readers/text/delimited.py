"""A text file as a raw table of texts, read by Arrow; errors name the line of the file."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from experiments.config.readable import count
from experiments.data.raw_table import RawTable, brief, check_size, column_names, shown, unnamed
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.survey_header import survey_header
from experiments.data.readers.text.header import above_target, is_header
from experiments.data.readers.text.layout import Layout, layout_of, records
from experiments.data.readers.text.sparse_rows import refuse_sparse_rows
from experiments.data.readers.text.text_file import NotOfEncoding, TextFile, checked, decoded, has_empty_line
from experiments.errors import DataError

BLOCK = 1 << 22  # bytes read at a time
BY_TABS = (".tsv", ".tab")
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars", " ": "white space"}


def text_table(file: TextFile, keys: FileKeys) -> RawTable:
    """Read the columns of an opened file; what nobody said about it follows from its bytes.

    Raises:
        DataError: the file is not a table; the message names the line.
    """
    try:
        return _tables(file, keys)
    except (UnicodeDecodeError, NotOfEncoding):
        return _tables(decoded(file), keys)


def _tables(file: TextFile, keys: FileKeys) -> RawTable:
    """Read a file as one table, or as several one below another that differ in width."""
    from experiments.data.readers.text.ragged import UnevenLines

    try:
        return _table(file, keys)
    except UnevenLines as uneven:
        if not has_empty_line(file):
            raise
        return _table(file, keys, uneven)


def _table(file: TextFile, keys: FileKeys, several: DataError | None = None) -> RawTable:
    """Read a file as one table.

    Args:
        several: error of a file whose lines are uneven, if they may be those of several tables.
    """
    from experiments.data.readers.further_tables import place_within, positions_among, read_as_one
    from experiments.data.readers.side_by_side import one_below_another, place_beside
    from experiments.data.readers.text.edges import without_empty_columns, without_last_rows, without_quotes
    from experiments.data.readers.text.ragged import read_widest, uneven_lines
    from experiments.data.readers.text.summary_rows import without_sums_of_parts

    refuse_sparse_rows(file)
    usual = "\t" if file.name.suffix.lower() in BY_TABS else ","
    layout = _layout(file, keys, usual)
    if several is not None:
        layout = replace(layout, width=len(layout.head[0][2]))
    check_size(str(file.path), 1, layout.width)
    given, skip, named, note, survey = _header(file, layout, keys)
    columns, short, uneven = (read_widest(file, layout, skip), [], ()) if several else _columns(file, layout, skip)
    place = _places(file, layout, skip)
    _refuse_open_quote(file, columns, place)
    full = len(columns[0]) - len(short)
    columns, kept, of_parts = without_sums_of_parts(columns, keys)
    at_end = len(short) if kept is None else int((kept >= full).sum())
    columns, left, below_it = without_last_rows(columns, at_end, keys.holds_row_in(column_names(given)[0]))
    if left:
        raise uneven_lines(file, layout, short[:left])
    if not len(columns[0]):
        raise DataError(f"{file.path}: a table needs rows, but this file has only a header.")
    check_size(str(file.path), len(columns[0]), layout.width)
    empty = _empty_lines(file, layout, skip, len(columns[0])) if keys.model else ()
    gaps = positions_among(kept, _after_gaps(file, layout, skip))
    given, columns, rows, below_another = read_as_one(given, columns, gaps, keys)
    if several is not None and rows is None:
        raise several
    place = place_within(place_within(place, kept), rows)
    given, columns, beside_it = without_empty_columns(given, columns)
    given, columns, lengths, one_of_several = one_below_another(given, columns, keys)
    given, columns, quotes = without_quotes(given, columns)
    decided = {
        "separator": layout.separator if keys.separator is None and layout.separator != usual else None,
        "encoding": file.encoding if file.guessed else None,
        "skip": layout.skip if keys.skip is None and layout.skip else None,
        "header": named if note else None,
    }
    separated = f"separated by {NAMES.get(layout.separator, layout.separator)}" if decided["separator"] else ""
    return RawTable.of_file(
        file.path,
        given,
        columns,
        (
            *_said(file, layout),
            survey,
            *uneven,
            *empty,
            *of_parts,
            *below_it,
            *below_another,
            *beside_it,
            *one_of_several,
            *quotes,
        ),
        place=place_beside(place, lengths),
        unnamed=unnamed(given) if named else frozenset(),
        notes=tuple(filter(None, (separated, note))),
        layout={key: value for key, value in decided.items() if value is not None},
    )


def _header(file: TextFile, layout: Layout, keys: FileKeys) -> tuple[list[str], int, bool, str, str]:
    """Find the names of the columns, in the first line and in further ones of a survey tool.

    Returns:
        the names, which are empty without a header; the number of lines above the first row; whether there is a header;
        and a line about the doubts of that, and one about further lines, empty without any.
    """
    from experiments.data.readers.text.ragged import uneven_lines

    begins, _, first = layout.head[0]
    names = _aligned(first, layout)
    below = [cells for _, _, cells in layout.head[1:]]
    named, note = is_header([name.strip() for name in names], below, keys, begins + 1)
    if not named:
        return [""] * layout.width, layout.skip, False, note, ""
    if len(names) != layout.width:
        raise uneven_lines(file, layout, [(begins, first)])
    given, further, survey = survey_header(names, [cells[: layout.width] for cells in below], keys)
    return given, layout.head[further][1], True, note, survey


def _layout(file: TextFile, keys: FileKeys, usual: str) -> Layout:
    lines, whole = file.sample()
    try:
        layout = layout_of(lines, usual, keys.separator, keys.skip, whole)
    except csv.Error as error:
        raise DataError(f"{file.path}: the first lines cannot be read: {brief(error)}.") from None
    if layout is None:
        below = f" below line {keys.skip}" if keys.skip else ""
        raise DataError(f"{file.path}: a table needs a header and rows, but the file is empty{below}.")
    above = 0 if keys.skip is not None else above_target(layout.head, 0, keys)
    return layout if not above else _below(layout, above)


def _below(layout: Layout, above: int) -> Layout:
    """Count the first records to the lines above the table."""
    lines = (layout.separator.join(cells) for _, _, cells in layout.head[:above])
    head = layout.head[above:]
    return replace(layout, skip=head[0][0], head=head, above=(*layout.above, *lines))


def _said(file: TextFile, layout: Layout) -> tuple[str, ...]:
    """Say which encoding was guessed, and which lines of dashes and above the table are left out."""
    said = (*file.repairs, *(["lines of dashes left out"] if layout.ruled else []))
    if not layout.above:
        return said
    above = f"{count(len(layout.above), 'line')} above the table left out ({shown(layout.above[0])})"
    return (*said, f"{above}; --set data.skip=0 reads from line 1")


def _aligned(first: list[str], layout: Layout) -> list[str]:
    """Return a name for each column if the first line is a header.

    It may end in separators, or lack the name of the first column, as R writes row names, or of an empty last one.
    """
    width = layout.width
    if not any(map(str.strip, first[width:])):
        first = first[:width]
    if len(first) == width - 1:
        rows = [cells for _, _, cells in layout.head[1:] if len(cells) == width]
        return [*first, ""] if not any(cells[-1].strip() for cells in rows) else ["", *first]
    return first


def _columns(file: TextFile, layout: Layout, skip: int) -> tuple[list[Any], list[Any], tuple[str, ...]]:
    """Read the columns by Arrow, or line by line where Arrow takes them not; as `read_ragged` does."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    from experiments.data.readers.text.ragged import read_ragged

    names = [f"f{at}" for at in range(layout.width)]
    if layout.separator == " " or layout.spaced or layout.ruled:
        return read_ragged(file, layout, skip)

    def read(source: Any, encoding: str) -> Any:
        return arrow.read_csv(
            source,
            read_options=arrow.ReadOptions(
                column_names=names, use_threads=False, block_size=BLOCK, skip_rows=skip, encoding=encoding
            ),
            parse_options=arrow.ParseOptions(delimiter=layout.separator, newlines_in_values=True),
            convert_options=arrow.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )

    try:
        # a path would be unpacked by its ending
        with pa.OSFile(os.fsencode(file.path)) if file.plain else file.bytes() as source:
            table = read(source, "utf8" if file.encoding == "utf-8" else file.encoding)
    except pa.ArrowInvalid:  # uneven lines, a line that is longer than a block, or bytes that are not UTF-8
        checked(file)
        return read_ragged(file, layout, skip)
    return table.combine_chunks().columns, [], ()  # a wide file has thousands of small chunks a column


def _refuse_open_quote(file: TextFile, columns: Sequence[Any], place: Callable[[int], str]) -> None:
    """Refuse a quote that is open at the end of the file: the last cell with several lines holds the rest of it.

    Args:
        place: function that names the line of a row.
    """
    last = [column[-1].as_py() for column in columns if len(column)]
    open_cell = next((cell for cell in last if "\n" in cell or "\r" in cell), None)
    if open_cell is not None and sum(line.count('"') for line in file.lines()) % 2:
        where = place(len(columns[0]) - 1)
        raise DataError(f"{file.path}: every quote must be closed, but on {where} that of {shown(open_cell)} is open.")


def _empty_lines(file: TextFile, layout: Layout, skip: int, rows: int) -> tuple[str, ...]:
    """Say how many empty lines stand between the rows."""
    from experiments.data.readers.empty_rows import empty_between

    if all(line.strip() for line in islice(file.lines(), skip, None)):
        return ()
    try:
        return empty_between(islice(_lines_of_rows(file, layout, skip), rows), "line")
    except csv.Error:  # a cell that is too long for Python's reader
        return ()


def _after_gaps(file: TextFile, layout: Layout, skip: int) -> Iterator[int]:
    """Yield the positions of the rows above which a line is empty."""
    if not has_empty_line(file):
        return
    after = None
    try:
        for at, (begins, ends) in enumerate(_lines_of_rows(file, layout, skip)):
            if after is not None and begins > after:
                yield at
            after = ends
    except csv.Error:  # a cell that is too long for Python's reader
        return


def _lines_of_rows(file: TextFile, layout: Layout, skip: int) -> Iterator[tuple[int, int]]:
    """Yield the number (from 0) of the first line of each row, and of the line after its last."""
    for begins, ends, cells in records(file.lines(), layout.separator, layout.spaced, skip):
        if layout.width == 1 or len(cells) > 1 or cells[0].strip():
            yield begins, ends


def _places(file: TextFile, layout: Layout, skip: int) -> Callable[[int], str]:
    """Return a function that names the line on which a row begins; it reads the file again, for a message."""

    def place(row: int) -> str:
        try:
            lines = _lines_of_rows(file, layout, skip)
            return next(f"line {begins + 1}" for at, (begins, _) in enumerate(lines) if at == row)
        except (StopIteration, csv.Error, OSError, DataError):
            return f"row {row + 1}"

    return place
